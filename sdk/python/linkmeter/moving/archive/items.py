"""Links and clicks of an archive: what other origins tell, and what only Linkmeter knows of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from google.protobuf.descriptor import FieldDescriptor

from linkmeter.links.v1 import links_pb2
from linkmeter.moving.origin import OriginClick, OriginLink

_UTM: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
# What an import says beside the link itself, and what no link can be created with.
_NOT_OF_LINK: Final = frozenset({"create_time", "consumed_clicks", "disabled", "has_password", "clicks_before_import"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedLink(OriginLink):
    """A link of an archive, with all its settings but its password, which nobody can read."""

    message: links_pb2.Link
    consumed_clicks: int = 0
    had_password: bool = False
    is_deleted: bool = False  # only its clicks are left: it is brought back, and deleted once it has them


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedClick(OriginClick):
    """A click of an archive, with what no other origin records."""

    destination: str = ""
    http_status: int = 0
    method: str = ""
    scheme: str = ""
    query: str = ""
    purpose: str = ""
    variant: str = ""
    latency_us: int = 0  # microseconds


def link_of(row: Mapping[str, Any], place: str) -> ArchivedLink:
    """Return a link as its line has it. Raise ValueError, KeyError or TypeError when it is none."""
    message = links_pb2.Link()
    for name, value in row.items():
        field = links_pb2.Link.DESCRIPTOR.fields_by_name.get(name)
        # A field of a newer version is passed over.
        if field is not None and name not in _NOT_OF_LINK:
            _set(message, field, value)
    return ArchivedLink(
        place=place,
        domain=row["domain"],
        code=row["code"],
        destination=row["destination"],
        title=message.title,
        tags=tuple(message.tags),
        create_time=_moment(row["create_time"]) if "create_time" in row else None,
        is_enabled=not row.get("disabled", False),
        clicks_before=int(row.get("clicks_before_import", 0)),
        message=message,
        consumed_clicks=int(row.get("consumed_clicks", 0)),
        had_password=bool(row.get("has_password", False)),
    )


def deleted_link_of(row: Mapping[str, Any], place: str) -> ArchivedLink:
    """Return a link of which only its clicks were left. Raise KeyError or TypeError when it is none."""
    link = {"domain": row["domain"], "code": row["code"], "destination": row["destination"]}
    return ArchivedLink(place=place, message=links_pb2.Link(**link), is_deleted=True, **link)


def click_of(row: Mapping[str, Any], place: str) -> ArchivedClick:
    """Return a click as its line has it. Raise ValueError, KeyError or TypeError when it is none."""
    return ArchivedClick(
        place=place,
        domain=row["domain"],
        code=row["code"],
        time=_moment(row["time"]),
        referrer=row.get("referrer", ""),
        user_agent=row.get("user_agent", ""),
        ip=row.get("ip", ""),
        country=row.get("country", ""),
        accept_language=row.get("language", ""),
        destination=row.get("destination", ""),
        http_status=int(row.get("http_status", 0)),
        method=row.get("method", ""),
        scheme=row.get("scheme", ""),
        query=urlencode([(name, row[name]) for name in _UTM if row.get(name)]),
        purpose="prefetch" if row.get("click_class") == "prefetch" else "",
        variant=row.get("variant", ""),
        latency_us=int(row.get("latency_us", 0)),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _set(message: links_pb2.Link, field: FieldDescriptor, value: Any) -> None:
    """Give a field the value that an export wrote of it."""
    if field.is_repeated:
        getattr(message, field.name).extend(value)
    elif field.type == FieldDescriptor.TYPE_MESSAGE:
        getattr(message, field.name).FromDatetime(_moment(value))
    elif field.type == FieldDescriptor.TYPE_ENUM:
        assert field.enum_type is not None, "the type says so"  # noqa: S101
        prefix = field.enum_type.values_by_number[0].name.removesuffix("UNSPECIFIED")
        setattr(message, field.name, field.enum_type.values_by_name[prefix + value.upper()].number)
    else:
        setattr(message, field.name, value)
