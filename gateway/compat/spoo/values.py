"""Values of a JSON body: of any type until somebody has looked."""

from datetime import datetime
from typing import Final

from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Value

from gateway.compat.shared.json_values import is_null
from gateway.compat.spoo import moments
from gateway.compat.spoo.errors import invalid, unprocessable

_LARGEST_COUNT: Final = 2**32 - 1


def is_given(body: Message, field: str) -> bool:
    """Return whether a body has a field, be it null."""
    return body.HasField(field)


def text(value: Value, name: str) -> str:
    """Return a text, empty for null; raise Refusal, 422, for anything else."""
    if is_null(value):
        return ""
    if value.WhichOneof("kind") != "string_value":
        raise unprocessable(name, f"{name} must be a string")
    return value.string_value


def flag(value: Value, name: str) -> bool | None:
    """Return true or false, None for null; raise Refusal, 422, for anything else."""
    if is_null(value):
        return None
    if value.WhichOneof("kind") != "bool_value":
        raise unprocessable(name, f"{name} must be true or false")
    return value.bool_value


def whole_number(value: Value, name: str) -> int | None:
    """Return a whole number, also of a text, None for null; raise Refusal, 422, for anything else."""
    if is_null(value):
        return None
    kind = value.WhichOneof("kind")
    number = value.number_value if kind == "number_value" else _number_in(value.string_value)
    if kind not in {"number_value", "string_value"} or number is None or not number.is_integer():
        raise unprocessable(name, f"{name} must be a whole number")
    return int(number)


def moment(value: Value, name: str) -> datetime | None:
    """Return the moment of ISO 8601 or Unix seconds, None for null; raise Refusal, 422, for anything else."""
    if is_null(value):
        return None
    kind = value.WhichOneof("kind")
    read = None
    if kind == "number_value":
        read = moments.parse_number(value.number_value)
    elif kind == "string_value":
        read = moments.parse(value.string_value)
    if read is None:
        raise unprocessable(name, f"{name} must be ISO 8601 or Unix epoch seconds")
    return read


def future(value: Value, name: str, now: datetime) -> datetime | None:
    """Return a moment that has not passed, None for null; raise Refusal, 422 for no moment, 400 for a past one."""
    read = moment(value, name)
    if read is not None and read <= now:
        raise invalid(name, f"{name} must be in the future")
    return read


def texts(value: Value, name: str) -> list[str]:
    """Return a list of texts; raise Refusal, 422, for anything else."""
    items = value.list_value.values
    if value.WhichOneof("kind") != "list_value" or any(item.WhichOneof("kind") != "string_value" for item in items):
        raise unprocessable(name, f"{name} must be an array of strings")
    return [item.string_value for item in items]


def count(number: int) -> int:
    """Return a count as the contract has it: at most 2³² - 1."""
    return min(number, _LARGEST_COUNT)


def _number_in(text: str) -> float | None:
    try:
        return float(int(text))
    except (ValueError, OverflowError):
        return None
