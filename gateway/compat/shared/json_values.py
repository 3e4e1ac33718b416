"""JSON values of bodies, as messages hold what may be of any type."""

from typing import Final

from google.protobuf.struct_pb2 import NULL_VALUE, Value

NULL: Final = Value(null_value=NULL_VALUE)


def is_null(value: Value) -> bool:
    """Return whether a value is null or not there."""
    return value.WhichOneof("kind") in {None, "null_value"}


def text_or_null(text: str) -> Value:
    """Return a text; null when it is empty."""
    return Value(string_value=text) if text else NULL


def number_or_null(number: int) -> Value:
    """Return a number; null when it is 0."""
    return Value(number_value=number) if number else NULL
