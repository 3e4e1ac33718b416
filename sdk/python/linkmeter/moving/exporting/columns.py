"""The columns of exported links and clicks: the fields of the contract, so that a new field is exported as well."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any, Final, TypeAlias

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.analytics.v1 import clicks_pb2
from linkmeter.links.v1 import links_pb2

# What a cell holds; None where a field that may be unset is.
Value: TypeAlias = str | int | bool | datetime | tuple[str, ...] | None
Row: TypeAlias = tuple[Value, ...]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NANOSECONDS_IN_MICROSECOND: Final = 1000


class Kind(Enum):
    """What values a column has."""

    TEXT = auto()
    TEXTS = auto()  # several, for instance tags
    INTEGER = auto()
    BOOLEAN = auto()
    TIME = auto()  # aware, UTC


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a message as a column of an export."""

    name: str
    kind: Kind
    read: Callable[[Any], Value]
    is_optional: bool = False  # unset differs from empty, and is read as None


def columns_of(descriptor: Descriptor, *, without: Iterable[str] = ()) -> tuple[Column, ...]:
    """Return a message's columns in the order of its contract, without the fields of these names."""
    left_out = frozenset(without)
    fields = sorted(descriptor.fields, key=lambda field: field.number)
    return tuple(_column(field) for field in fields if field.name not in left_out)


def chosen(columns: tuple[Column, ...], names: Iterable[str]) -> tuple[Column, ...]:
    """Return the named columns, in the order of the names. Raise ValueError for a name that is none of theirs."""
    by_name = {column.name: column for column in columns}
    names = tuple(names)
    if unknown := [name for name in names if name not in by_name]:
        raise ValueError(f"no column {', '.join(unknown)}; there are {', '.join(by_name)}")
    return tuple(by_name[name] for name in names)


def row_of(columns: tuple[Column, ...], message: Message) -> Row:
    """Return a message as a row."""
    return tuple(column.read(message) for column in columns)


def moment_of(timestamp: Timestamp) -> datetime:
    """Return a timestamp as a time with microseconds."""
    return _EPOCH + timedelta(seconds=timestamp.seconds, microseconds=timestamp.nanos // _NANOSECONDS_IN_MICROSECOND)


def time_text(moment: datetime) -> str:
    """Return a time as RFC 3339 in UTC: microseconds are written where there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _column(field: FieldDescriptor) -> Column:
    name = field.name
    if field.is_repeated:
        return Column(name, Kind.TEXTS, lambda message: tuple(getattr(message, name)))
    if field.type == FieldDescriptor.TYPE_ENUM:
        return Column(name, Kind.TEXT, _label_reader(field))
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        return Column(name, Kind.TIME, _time_reader(name))
    kind = _KINDS[field.cpp_type]
    # Within a oneof, as every optional field is, unset differs from zero.
    if field.containing_oneof is not None:
        return Column(name, kind, _optional_reader(name), is_optional=True)
    return Column(name, kind, lambda message: getattr(message, name))


_KINDS: Final = {
    FieldDescriptor.CPPTYPE_STRING: Kind.TEXT,
    FieldDescriptor.CPPTYPE_BOOL: Kind.BOOLEAN,
    **dict.fromkeys(
        (
            FieldDescriptor.CPPTYPE_INT32,
            FieldDescriptor.CPPTYPE_INT64,
            FieldDescriptor.CPPTYPE_UINT32,
            FieldDescriptor.CPPTYPE_UINT64,
        ),
        Kind.INTEGER,
    ),
}


def _optional_reader(name: str) -> Callable[[Any], Value]:
    return lambda message: getattr(message, name) if message.HasField(name) else None


def _time_reader(name: str) -> Callable[[Any], Value]:
    return lambda message: moment_of(getattr(message, name)) if message.HasField(name) else None


def _label_reader(field: FieldDescriptor) -> Callable[[Any], Value]:
    """Return the reader of an enum's value as its name in lower case, without what all its names begin with."""
    assert field.enum_type is not None, "the type says so"  # noqa: S101
    values = field.enum_type.values_by_number
    zero = values[0].name
    prefix = zero.removesuffix("UNSPECIFIED")
    labels = {number: value.name.removeprefix(prefix).lower() for number, value in values.items()}
    labels[0] = ""
    # A value of a newer server is shown by its number.
    return lambda message: labels.get(number := getattr(message, field.name), str(number))


# Secrets are in no answer, and the etag is of no use to anybody else.
LINK_COLUMNS: Final = columns_of(
    links_pb2.Link.DESCRIPTOR,
    without=("owner_id", "password", "edit_token", "claim_token", "etag", "destination_audience"),
)
CLICK_COLUMNS: Final = columns_of(clicks_pb2.Click.DESCRIPTOR)
