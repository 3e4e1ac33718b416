"""JSON schemas of messages and enums, as the gateway's JSON has them."""

from collections.abc import Collection
from typing import Any, Final

from google.api.field_behavior_pb2 import FieldBehavior
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from gateway.openapi.contract import Contract, behaviours

Json = dict[str, Any]

_REFERENCE: Final = "#/components/schemas/"
# 64 bits do not fit into a JSON number, so they are text.
_INT64: Final[Json] = {"type": "string", "format": "int64", "pattern": "^-?[0-9]+$"}
_UINT64: Final[Json] = {"type": "string", "format": "uint64", "pattern": "^[0-9]+$"}
_INT32: Final[Json] = {"type": "integer", "format": "int32"}
_UINT32: Final[Json] = {"type": "integer", "format": "int64", "minimum": 0, "maximum": 4294967295}
_SCALARS: Final[dict[int, Json]] = {
    FieldDescriptor.TYPE_DOUBLE: {"type": "number", "format": "double"},
    FieldDescriptor.TYPE_FLOAT: {"type": "number", "format": "float"},
    FieldDescriptor.TYPE_INT64: _INT64,
    FieldDescriptor.TYPE_SINT64: _INT64,
    FieldDescriptor.TYPE_SFIXED64: _INT64,
    FieldDescriptor.TYPE_UINT64: _UINT64,
    FieldDescriptor.TYPE_FIXED64: _UINT64,
    FieldDescriptor.TYPE_INT32: _INT32,
    FieldDescriptor.TYPE_SINT32: _INT32,
    FieldDescriptor.TYPE_SFIXED32: _INT32,
    FieldDescriptor.TYPE_UINT32: _UINT32,
    FieldDescriptor.TYPE_FIXED32: _UINT32,
    FieldDescriptor.TYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.TYPE_STRING: {"type": "string"},
    FieldDescriptor.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
}
_WELL_KNOWN: Final[dict[str, Json]] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?s$"},
    "google.protobuf.FieldMask": {"type": "string", "description": "Names of fields, joined by commas."},
    "google.protobuf.Empty": {"type": "object"},
    "google.protobuf.Struct": {"type": "object"},
    "google.protobuf.Value": {},
    "google.protobuf.ListValue": {"type": "array", "items": {}},
    "google.protobuf.Any": {"type": "object", "properties": {"@type": {"type": "string"}}, "required": ["@type"]},
    "google.api.HttpBody": {},
}
# What google's own types mean; Google has other comments.
_COMMENTS: Final = {
    "google.type.Interval": "A span of time: start included, end not.",
    "google.type.Interval.start_time": "Its start. Default: no bound.",
    "google.type.Interval.end_time": "Its end. Default: no bound.",
    "google.rpc.Status": "What went wrong.",
    "google.rpc.Status.code": "The google.rpc.Code, a number.",
    "google.rpc.Status.message": "Words for people.",
    "google.rpc.Status.details": "Facts for machines: google.rpc.ErrorInfo, BadRequest, RetryInfo.",
}


class Schemas:
    """Makes schemas, and collects those that others refer to as components."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._components: dict[str, Json] = {}

    def components(self) -> dict[str, Json]:
        """Return the schemas of everything that was referred to, by name."""
        return dict(sorted(self._components.items()))

    def message(self, message: Descriptor, *, partial: bool = False) -> Json:
        """Return a reference to a message's schema; partial is for updates, where nothing is required."""
        if message.full_name in _WELL_KNOWN:
            return dict(_WELL_KNOWN[message.full_name])
        name = component_name(message.full_name) + (".Update" if partial else "")
        if name not in self._components:
            self._components[name] = {}
            self._components[name] = self.object(message, partial=partial)
        return {"$ref": _REFERENCE + name}

    def object(self, message: Descriptor, *, without: Collection[str] = (), partial: bool = False) -> Json:
        """Return the schema of a message, without the fields that the path holds."""
        fields = [field for field in message.fields if field.name not in without]
        schema: Json = {"type": "object", "description": self.comment(message.full_name)}
        schema["properties"] = {field.json_name: self.field(field) for field in fields}
        required = [field.json_name for field in fields if FieldBehavior.REQUIRED in behaviours(field)]
        if required and not partial:
            schema["required"] = required
        return schema

    def field(self, field: FieldDescriptor) -> Json:
        """Return the schema of a field, with its comment."""
        schema = self.type_of(field)
        comment = self.comment(field.full_name)
        if comment:
            schema["description"] = comment
        kinds = behaviours(field)
        if FieldBehavior.OUTPUT_ONLY in kinds:
            schema["readOnly"] = True
        if FieldBehavior.INPUT_ONLY in kinds:
            schema["writeOnly"] = True
        return schema

    def type_of(self, field: FieldDescriptor) -> Json:
        """Return the schema of what a field holds."""
        message: Descriptor | None = field.message_type
        if message is not None and message.GetOptions().map_entry:
            return {"type": "object", "additionalProperties": self._single(message.fields_by_name["value"])}
        if field.is_repeated:
            return {"type": "array", "items": self._single(field)}
        return self._single(field)

    def comment(self, full_name: str) -> str:
        """Return the comment of the contract by full name; empty when there is none."""
        return _COMMENTS.get(full_name) or self._contract.comment(full_name)

    def _single(self, field: FieldDescriptor) -> Json:
        if field.message_type is not None:
            return self.message(field.message_type)
        if field.enum_type is not None:
            return self._enum(field.enum_type)
        return dict(_SCALARS[field.type])

    def _enum(self, enum: EnumDescriptor) -> Json:
        name = component_name(enum.full_name)
        if name not in self._components:
            values = [f"{value.name}: {self.comment(f'{enum.full_name}.{value.name}')}" for value in enum.values]
            self._components[name] = {
                "type": "string",
                "description": "\n".join([self.comment(enum.full_name), *values]),
                "enum": [value.name for value in enum.values],
            }
        return {"$ref": _REFERENCE + name}


def component_name(full_name: str) -> str:
    """Return a full name shortened: linkmeter.links.v1.Link is links.Link, google.type.Interval is Interval."""
    if full_name.startswith("google."):
        return full_name.rpartition(".")[2]
    parts = [part for part in full_name.split(".") if part not in ("linkmeter", "compat")]
    # Versions are in the path already.
    return ".".join(part for part in parts if not (part[0] == "v" and part[1:].isdigit()))
