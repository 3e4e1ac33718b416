"""Read fields that take anything: JSON values of bodies, and texts of query strings in their place."""

import math
import re
from collections.abc import Iterable
from typing import Final

from google.protobuf.struct_pb2 import Value

from services.common import errors

_LARGEST_WHOLE: Final = 2**53
_LARGEST_COUNT: Final = 2**32 - 1
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,16}(?:\.[0-9]{1,16})?")
_FLAGS: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def of_text(text: str) -> Value | None:
    """Return the value that stands for a query parameter; None for an empty one, which says nothing."""
    return Value(string_value=text) if text else None


def is_absent(value: Value) -> bool:
    """Return whether a field was left out, or is null, which says the same."""
    return value.WhichOneof("kind") in {None, "null_value"}


def text(value: Value, name: str) -> str:
    """Return a text, or a number as it is written, empty when absent; raise InvalidArgument for anything else."""
    if is_absent(value):
        return ""
    if value.WhichOneof("kind") == "string_value":
        return value.string_value
    if value.WhichOneof("kind") == "number_value" and value.number_value.is_integer():
        return str(int(value.number_value))
    raise errors.InvalidArgument(name, "must be a string")


def required_text(value: Value, name: str) -> str:
    """Return a text without blanks around it; raise InvalidArgument when it is missing or empty."""
    if written := text(value, name).strip():
        return written
    raise errors.InvalidArgument(name, "is required")


def flag(value: Value, name: str) -> bool:
    """Return a truth value, also written as text or number; False when absent.

    Raises InvalidArgument for anything else.
    """
    if is_absent(value):
        return False
    if value.WhichOneof("kind") == "bool_value":
        return value.bool_value
    if value.WhichOneof("kind") in {"string_value", "number_value"}:
        read = _FLAGS.get(text(value, name).strip().lower())
        if read is not None:
            return read
    raise errors.InvalidArgument(name, "must be true or false")


def number(value: Value, name: str) -> float | None:
    """Return a number, also written as text; None when absent or empty.

    Raises InvalidArgument for anything else.
    """
    kind = value.WhichOneof("kind")
    if is_absent(value) or (kind == "string_value" and not value.string_value.strip()):
        return None
    if kind == "number_value" and math.isfinite(value.number_value):
        return value.number_value
    if kind == "string_value" and _NUMBER.fullmatch(value.string_value.strip()):
        return float(value.string_value)
    raise errors.InvalidArgument(name, "must be a number")


def whole(value: Value, name: str, default: int, *, smallest: int = 1, largest: int = _LARGEST_WHOLE) -> int:
    """Return a whole number, default when absent; a larger one than the largest is the largest.

    Raises InvalidArgument for a smaller one than the smallest and for what is no whole number.
    """
    read = number(value, name)
    if read is None:
        return default
    if not read.is_integer() or read < smallest:
        raise errors.InvalidArgument(name, f"must be a whole number from {smallest}")
    return min(int(read), largest)


def texts(value: Value, name: str) -> tuple[str, ...]:
    """Return a list of texts without repetitions; one value stands for a list of it.

    An empty object is an empty list: that is how JavaScript writes the Set that an official client asks for.
    Raises InvalidArgument for items that are neither texts nor whole numbers.
    """
    kind = value.WhichOneof("kind")
    if is_absent(value) or (kind == "struct_value" and not value.struct_value.fields):
        return ()
    items: Iterable[Value] = value.list_value.values if kind == "list_value" else (value,)
    return tuple(dict.fromkeys(text(item, name) for item in items))


def count(number: int) -> int:
    """Return a count as the contract can hold it: at most 2³² - 1."""
    return min(number, _LARGEST_COUNT)
