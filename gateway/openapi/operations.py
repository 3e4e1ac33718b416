"""HTTP bindings as OpenAPI operations."""

import re
from collections.abc import Iterator
from typing import Any, Final

from google.api.field_behavior_pb2 import FieldBehavior
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from gateway.openapi.contract import Operation, behaviours
from gateway.openapi.examples import example_body
from gateway.openapi.schemas import Schemas, component_name

Json = dict[str, Any]

# Contracts say a status other than 200 in the method's comment.
_SUCCESS: Final = re.compile(r"\bAnswers (2\d\d)\b")
_RAW: Final = "google.api.HttpBody"
# A raw request is a form of an API that takes forms; a raw response has any type.
_RAW_REQUESTS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
_RAW_RESPONSE: Final = "*/*"
# One that comes bit by bit: Envoy's transcoder passes on what each message holds, and these are Server-Sent Events.
_EVENTS: Final = "text/event-stream"
_JSON: Final = "application/json"
_SCALAR_MESSAGES: Final = ("google.protobuf.Timestamp", "google.protobuf.FieldMask", "google.protobuf.Duration")


def openapi_path(operation: Operation) -> str:
    """Return the path with the JSON names of its fields, of nested ones the last part."""
    return re.sub(r"\{([^}=]*)[^}]*\}", lambda match: f"{{{_path_name(operation, match[1])}}}", operation.path)


def openapi_operation(operation: Operation, index: int, schemas: Schemas, error_response: str) -> Json:
    """Return the OpenAPI operation of a binding; index is its place among those of its method."""
    comment = schemas.comment(operation.method.full_name)
    service = component_name(operation.service)
    described: Json = {
        "operationId": f"{service}.{operation.method.name}" + (f".{index + 1}" if index else ""),
        "summary": re.split(r"(?<=[.])\s", comment, maxsplit=1)[0].rstrip("."),
        "description": comment,
        "parameters": [*_path_parameters(operation, schemas), *_query_parameters(operation, schemas)],
        "responses": {
            _success(comment): _success_response(operation, schemas),
            "default": {"$ref": f"#/components/responses/{error_response}"},
        },
    }
    body = _body_schema(operation, schemas)
    if body is not None:
        content: Json = {"schema": body}
        example = example_body(operation)
        if example is not None:
            content["example"] = example
        described["requestBody"] = {"required": True, "content": dict.fromkeys(_request_types(operation), content)}
    return described


def _success(comment: str) -> str:
    found = _SUCCESS.search(comment)
    return found[1] if found else "200"


def _success_response(operation: Operation, schemas: Schemas) -> Json:
    message = operation.method.output_type
    if message.full_name == _RAW and operation.method.server_streaming:
        return {"description": "Events, as they happen.", "content": {_EVENTS: {"schema": {"type": "string"}}}}
    schema = schemas.message(message)
    if operation.method.server_streaming:
        schema = {"type": "array", "items": schema}
    described = schemas.comment(message.full_name) or "Done."
    kind = _RAW_RESPONSE if message.full_name == _RAW else _JSON
    return {"description": described, "content": {kind: {"schema": schema}}}


def _request_types(operation: Operation) -> tuple[str, ...]:
    message = operation.body_message
    return _RAW_REQUESTS if message is not None and message.full_name == _RAW else (_JSON,)


def _body_schema(operation: Operation, schemas: Schemas) -> Json | None:
    message = operation.body_message
    if message is None:
        return None
    if operation.body != "*":
        return schemas.message(message, partial=operation.verb == "PATCH")
    if not operation.path_fields:
        return schemas.message(message)
    rest = schemas.object(message, without=operation.path_fields)
    return rest if rest["properties"] else None


def _path_parameters(operation: Operation, schemas: Schemas) -> Iterator[Json]:
    for dotted in operation.path_fields:
        field = _field(operation.method.input_type, dotted)
        yield {
            "name": field.json_name,
            "in": "path",
            "required": True,
            "description": schemas.comment(field.full_name),
            "schema": schemas.type_of(field),
        }


def _query_parameters(operation: Operation, schemas: Schemas) -> Iterator[Json]:
    """Yield the parameters of the fields that neither path nor body holds."""
    if operation.body == "*":
        return
    request: Descriptor = operation.method.input_type
    taken = {operation.body, *(dotted.partition(".")[0] for dotted in operation.path_fields)}
    for field in request.fields:
        if field.name not in taken:
            yield from _query_field(field, field.json_name, schemas, nested=False)


def _query_field(field: FieldDescriptor, name: str, schemas: Schemas, *, nested: bool) -> Iterator[Json]:
    message: Descriptor | None = field.message_type
    if message is None or message.full_name in _SCALAR_MESSAGES:
        parameter: Json = {
            "name": name,
            "in": "query",
            "description": schemas.comment(field.full_name),
            "schema": schemas.type_of(field),
        }
        if not nested and FieldBehavior.REQUIRED in behaviours(field):
            parameter["required"] = True
        yield parameter
    # A query cannot hold a list of messages.
    elif not field.is_repeated:
        for inner in message.fields:
            for parameter in _query_field(inner, f"{name}.{inner.json_name}", schemas, nested=True):
                yield parameter | {"description": f"{schemas.comment(field.full_name)} {parameter['description']}"}


def _path_name(operation: Operation, dotted: str) -> str:
    return str(_field(operation.method.input_type, dotted).json_name)


def _field(message: Descriptor, dotted: str) -> FieldDescriptor:
    first, _, rest = dotted.partition(".")
    field = message.fields_by_name[first]
    return _field(field.message_type, rest) if rest and field.message_type else field
