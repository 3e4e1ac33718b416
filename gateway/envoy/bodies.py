"""Tell edge.lua which fields the JSON body of each operation may have."""

import json
import re
from collections.abc import Iterable, Mapping

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from gateway.envoy.dialects import Dialect
from gateway.openapi.contract import Contract, Operation

# What a field holds: the shape of its message unless it is left to the transcoder, and whether it is a list.
Shapes = dict[str, dict[str, dict[str, "str | bool"]]]


def lua_tables(contract: Contract, dialects: Iterable[Dialect]) -> str:
    """Write the tables BODIES and SHAPES as Lua."""
    bodies: list[dict[str, str | dict[str, bool]]] = []
    shapes: Shapes = {}
    for dialect in dialects:
        for service in () if dialect.has_lenient_bodies else dialect.services:
            for operation in contract.operations(service):
                message = operation.body_message
                # What arrives raw is no JSON.
                if message is not None and message.full_name != "google.api.HttpBody":
                    pattern = lua_pattern(operation.path)
                    bodies.append(
                        {
                            "verb": operation.verb,
                            "path": pattern,
                            "shape": message.full_name,
                            "fields": dict.fromkeys(_body_fields(operation), True),
                            "given": dict.fromkeys(_path_fields(operation), True),
                        }
                    )
                    _add(message, shapes)
    return f"local BODIES = {_lua(bodies)}\nlocal SHAPES = {_lua(shapes)}\n"


def _body_fields(operation: Operation) -> list[str]:
    """Name the fields of the request that come from the body, in both spellings."""
    fields: Iterable[FieldDescriptor] = operation.method.input_type.fields
    return [name for field in fields if operation.body in ("*", field.name) for name in (field.json_name, field.name)]


def _path_fields(operation: Operation) -> list[str]:
    """Name the fields of the request that the path gives, in both spellings; the routes refuse them in the query."""
    names = operation.path_fields
    return [*names, *(re.sub("_([a-z])", lambda found: found[1].upper(), name) for name in names)]


def lua_pattern(path: str) -> str:
    """Turn the path of a binding into a Lua pattern; the transcoder also takes a trailing slash."""
    pieces = re.split(r"\{[^}]*\}", path)
    escaped = (re.sub(r"([^A-Za-z0-9/])", r"%\1", piece) for piece in pieces)
    return "^" + "[^/]+".join(escaped) + "/?$"


def _add(message: Descriptor, shapes: Shapes) -> None:
    if message.full_name in shapes:
        return
    shape: dict[str, dict[str, str | bool]] = {}
    shapes[message.full_name] = shape
    for field in message.fields:
        inner = _message_in(field)
        # The transcoder takes both spellings.
        for name in (field.json_name, field.name):
            shape[name] = ({"shape": inner.full_name} if inner else {}) | ({"list": True} if _is_list(field) else {})
        if inner:
            _add(inner, shapes)


def _message_in(field: FieldDescriptor) -> Descriptor | None:
    message: Descriptor | None = field.message_type
    # Maps have keys of their own; google.protobuf's types have JSON forms of their own.
    if message is None or message.GetOptions().map_entry or message.full_name.startswith("google.protobuf."):
        return None
    return message


def _is_list(field: FieldDescriptor) -> bool:
    return field.is_repeated and not (field.message_type and field.message_type.GetOptions().map_entry)


def _lua(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"[{_lua(key)}] = {_lua(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "{" + ", ".join(_lua(item) for item in value) + "}"
    # For ASCII text and for true, Lua reads what JSON writes.
    return json.dumps(value)
