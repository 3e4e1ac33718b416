"""From the requests of Short.io's link API to ours."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from google.protobuf.struct_pb2 import Value

from gateway.compat.shortio import ids, moments, unsupported, values
from gateway.compat.shortio.intervals import Interval
from gateway.compat.shortio.links import fields
from linkmeter.compat.shortio.v2 import link_service_pb2, links_pb2
from linkmeter.links.v1 import links_pb2 as native
from services.common import errors
from services.common.qr_code import Look

MOST_LISTED: Final = 150
MOST_CREATED: Final = 1000
MOST_NAMED: Final = 150
LARGEST_OFFSET: Final = 10_000

_MILLISECOND: Final = timedelta(milliseconds=1)
_COLOR: Final = re.compile(r"#?([0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?)")
_DEFAULT_QR_SIZE: Final = 8
_LARGEST_QR_SIZE: Final = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """A link that a client wants."""

    host: str
    link: native.Link
    allows_duplicates: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """Links that a client wants in one call: what holds for all of them, and what each is to be."""

    host: str
    allows_duplicates: bool
    options: Sequence[links_pb2.LinkOptions]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which page of which links."""

    limit: int
    page_token: str
    created: Interval
    oldest_first: bool
    offset: int
    tag: str
    query: str


def new_link(options: links_pb2.LinkOptions, *, host: str = "", allows_duplicates: bool = False) -> NewLink:
    """Parse a link to create; host and allows_duplicates are those that hold for a whole bulk.

    Raises InvalidArgument for a field that is missing or of no use, Refusal for one that is not included.
    """
    unsupported.refuse_options(options)
    link = native.Link(destination=values.required_text(options.original_url, "originalURL"))
    fields.apply(options, link)
    link.code = ids.code_of(values.text(options.path, "path"))
    return NewLink(
        host=values.text(options.domain, "domain") or host or values.required_text(options.domain, "domain"),
        link=link,
        allows_duplicates=allows_duplicates or values.flag(options.allow_duplicates, "allowDuplicates"),
    )


def bulk(body: link_service_pb2.BulkBody) -> Bulk:
    """Parse what holds for all links of a bulk.

    Raises InvalidArgument without a domain and for none or more than MOST_CREATED links, Refusal for a folder.
    """
    host = values.required_text(body.domain, "domain")
    allows_duplicates = values.flag(body.allow_duplicates, "allowDuplicates")
    unsupported.refuse_folder(body)
    if not 1 <= len(body.links) <= MOST_CREATED:
        raise errors.InvalidArgument("links", f"must hold 1 to {MOST_CREATED} links")
    return Bulk(host=host, allows_duplicates=allows_duplicates, options=body.links)


def links_of(wanted: Bulk) -> list[NewLink]:
    """Parse each link of a bulk; raise as new_link does, for the first that cannot be read."""
    return [
        new_link(options, host=wanted.host, allows_duplicates=wanted.allows_duplicates) for options in wanted.options
    ]


def changes(options: links_pb2.LinkOptions, current: native.Link) -> tuple[native.Link, list[str]]:
    """Parse what changes of a link: new values, and our names of the fields.

    Raises InvalidArgument for what cannot be changed, Refusal for what is not included.
    """
    unsupported.refuse_options(options, current)
    path = ids.code_of(values.text(options.path, "path"))
    if path and path != current.code:
        raise errors.InvalidArgument("path", "cannot be changed; create a link with the new path instead")
    link = native.Link(link_id=current.link_id, destination=current.destination)
    if not values.is_absent(options.original_url):
        link.destination = values.required_text(options.original_url, "originalURL")
    mask = fields.apply(options, link)
    if link.destination != current.destination:
        mask.append("destination")
    return link, mask


def copy_path(options: links_pb2.LinkOptions) -> str:
    """Return the path of a copy, empty for a random one; raise InvalidArgument for whatever else is given."""
    unsupported.refuse_options_of_copy(options)
    return ids.code_of(values.text(options.path, "path"))


def listing(request: link_service_pb2.ListLinksRequest) -> Listing:
    """Parse which links are listed: at most MOST_LISTED. beforeDate and afterDate leave out the moment itself.

    Raises InvalidArgument for a parameter out of bounds, Refusal for a filter that is not included.
    """
    unsupported.refuse_filters(request)
    order = request.date_sort_order.strip().lower()
    if order not in {"", "asc", "desc"}:
        raise errors.InvalidArgument("dateSortOrder", "must be asc or desc")
    after = _date(request.after_date, "afterDate")
    limit = values.whole(_value(request.limit), "limit", MOST_LISTED)
    if limit > MOST_LISTED:
        raise errors.InvalidArgument("limit", f"must be from 1 to {MOST_LISTED}")
    return Listing(
        limit=limit,
        page_token=request.page_token,
        created=Interval(after + _MILLISECOND if after else None, _date(request.before_date, "beforeDate")),
        oldest_first=order == "asc",
        offset=values.whole(_value(request.offset), "offset", 0, smallest=0, largest=LARGEST_OFFSET),
        tag=request.tag,
        query=request.query,
    )


def required(text: str, name: str) -> str:
    """Return a query parameter; raise InvalidArgument when it is missing."""
    return values.required_text(_value(text), name)


def link_text(body: link_service_pb2.LinkIds) -> str:
    """Return the id of the one link that a body names; raise InvalidArgument when there is none."""
    return values.required_text(body.link_id, "link_id")


def link_texts(body: link_service_pb2.LinkIds) -> tuple[str, ...]:
    """Return the ids of the links that a body names, 1 to MOST_NAMED, each once.

    Raises InvalidArgument for more or none, NotFound for an id that no link can have.
    """
    listed = values.texts(body.link_ids, "link_ids")
    named = tuple(dict.fromkeys(part.strip() for text in listed for part in text.split(",") if part.strip()))
    if not 1 <= len(named) <= MOST_NAMED:
        raise errors.InvalidArgument("link_ids", f"must hold 1 to {MOST_NAMED} ids")
    for text in named:
        ids.link_id(text)
    return named


def qr_look(options: link_service_pb2.QrOptions) -> Look:
    """Parse how a QR code looks; raise InvalidArgument for an unknown type and for colours that are none or equal."""
    kind = values.text(options.type, "type").lower() or "png"
    if kind not in {"png", "svg"}:
        raise errors.InvalidArgument("type", "must be png or svg")
    color = _color(options.color, "color", "#000000")
    background = _color(options.background_color, "backgroundColor", "#ffffff")
    if color == background:
        raise errors.InvalidArgument("backgroundColor", "must differ from color, or nobody can read the code")
    size = values.whole(options.size, "size", _DEFAULT_QR_SIZE, largest=_LARGEST_QR_SIZE)
    return Look(kind=kind, scale=size, dark=color, light=background)


def _value(text: str) -> Value:
    return Value(string_value=text)


def _date(text: str, name: str) -> datetime | None:
    return moments.read(_value(text), name, UTC, is_wall_clock=False)


def _color(value: Value, name: str, default: str) -> str:
    written = values.text(value, name)
    if not written:
        return default
    match = _COLOR.fullmatch(written)
    if not match:
        raise errors.InvalidArgument(name, "must be 6 or 8 hexadecimal digits")
    digits = match[1].lower()
    # What is wholly opaque or wholly transparent has one spelling each, so that colours can be compared.
    return "#00000000" if digits[6:] == "00" else f"#{digits[:6] if digits[6:] == 'ff' else digits}"
