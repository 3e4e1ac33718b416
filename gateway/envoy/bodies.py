"""Tables for edge.lua: which fields of each operation come from its path, and which from its JSON body."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from gateway.envoy.routed import RoutedSurface
from gateway.openapi.contract import Contract, Operation

# What the gateway holds of a body, whatever it is for.
MAX_BODY_BYTES: Final = 1024 * 1024
# The longest of everything that a link has, each letter of it escaped.
_MAX_PLAIN_BODY_BYTES: Final = 128 * 1024
# What a field holds: the shape of its message unless it is left to the transcoder, and whether it is a list.
Shapes = dict[str, dict[str, dict[str, "str | bool"]]]


def lua_tables(contract: Contract, surfaces: Iterable[RoutedSurface]) -> str:
    """Return Lua source that defines the tables OPERATIONS and SHAPES."""
    operations: list[dict[str, object]] = []
    shapes: Shapes = {}
    for routed in surfaces:
        for service in routed.services:
            for operation in contract.operations(service):
                body = None if routed.surface.has_lenient_bodies else _json_body(operation)
                # Bodies that are not looked into must be of a bearable size all the same.
                if operation.body or operation.path_fields or _lists(operation):
                    operations.append(_described(operation, body, has_shape=not routed.surface.allows_unknown_fields))
                if body and not routed.surface.allows_unknown_fields:
                    _add(body, shapes)
    return f"local OPERATIONS = {_lua(operations)}\nlocal SHAPES = {_lua(shapes)}\n"


def _described(operation: Operation, body: Descriptor | None, *, has_shape: bool) -> dict[str, object]:
    given = [name for field in operation.path_fields for name in (field, _json_path(operation, field))]
    described: dict[str, object] = {
        "verb": operation.verb,
        "path": lua_pattern(operation.path),
        "most_bytes": MAX_BODY_BYTES if _takes_many(operation) else _MAX_PLAIN_BODY_BYTES,
        "in_path": dict.fromkeys(given, True),
        "in_body": dict.fromkeys(_body_fields(operation) if body else (), True),
        "lists": dict.fromkeys(_lists(operation), True),
    }
    if not body:
        return described
    return described | {"is_json": True} | ({"shape": body.full_name} if has_shape else {})


def _takes_many(operation: Operation) -> bool:
    """Return whether one request asks for many things, each with fields of its own."""
    message = operation.body_message
    if message is None or message.full_name == "google.api.HttpBody":
        message = operation.method.input_type
    return any(_is_list(field) and field.message_type for field in message.fields)


def _json_body(operation: Operation) -> Descriptor | None:
    body = operation.body_message
    # What arrives raw is no JSON.
    return None if body is None or body.full_name == "google.api.HttpBody" else body


def _body_fields(operation: Operation) -> list[str]:
    """Return the names of the fields that come from the body, in both spellings."""
    fields: Iterable[FieldDescriptor] = operation.method.input_type.fields
    return [name for field in fields if operation.body in ("*", field.name) for name in (field.json_name, field.name)]


def _lists(operation: Operation) -> list[str]:
    """Return the names, in both spellings, of the lists of messages that only a query could fill, with the last."""
    fields: Iterable[FieldDescriptor] = operation.method.input_type.fields
    rest = [field for field in fields if operation.body not in ("*", field.name)]
    return [name for field in rest if _is_list(field) and field.message_type for name in (field.json_name, field.name)]


def _json_path(operation: Operation, dotted: str) -> str:
    """Return the name of a nested field as JSON spells it."""
    names = []
    message: Descriptor | None = operation.method.input_type
    for name in dotted.split("."):
        field = message.fields_by_name[name] if message else None
        names.append(field.json_name if field else name)
        message = field.message_type if field else None
    return ".".join(names)


def lua_pattern(path: str) -> str:
    """Return the Lua pattern of a binding's path; like the transcoder, it takes a trailing slash."""
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
