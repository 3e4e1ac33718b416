"""Between messages and links."""

from __future__ import annotations  # enum value types are in the stubs only

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.links.v1 import (
    link_service_pb2,
    links_pb2,
    resolution_service_pb2,
)
from services.common.errors import InvalidArgument
from services.links.convert.times import time_of, timestamp
from services.links.domain import changes, link_filter
from services.links.domain.link import (
    LINK_FIELDS,
    Audience,
    Link,
    LinkFields,
    LinkState,
    fields_from,
    follow_limit,
)
from services.links.domain.link_filter import LinkFilter
from services.links.domain.link_order import LinkOrder

_STATES: Final[Mapping[LinkState, links_pb2.LinkState.ValueType]] = {
    LinkState.ACTIVE: links_pb2.LINK_STATE_ACTIVE,
    LinkState.DISABLED: links_pb2.LINK_STATE_DISABLED,
    LinkState.SCHEDULED: links_pb2.LINK_STATE_SCHEDULED,
    LinkState.EXPIRED: links_pb2.LINK_STATE_EXPIRED,
    LinkState.EXHAUSTED: links_pb2.LINK_STATE_EXHAUSTED,
}
_ORDERS: Final[Mapping[link_service_pb2.LinkOrder.ValueType, LinkOrder]] = {
    link_service_pb2.LINK_ORDER_UNSPECIFIED: LinkOrder.CREATE_TIME,
    link_service_pb2.LINK_ORDER_CREATE_TIME: LinkOrder.CREATE_TIME,
    link_service_pb2.LINK_ORDER_CLICKS: LinkOrder.CLICKS,
    link_service_pb2.LINK_ORDER_CODE: LinkOrder.CODE,
    link_service_pb2.LINK_ORDER_LAST_CLICK: LinkOrder.LAST_CLICK,
}
_AUDIENCES: Final[Mapping[Audience, links_pb2.Audience.ValueType]] = {
    Audience.ANYBODY: links_pb2.AUDIENCE_ANYBODY,
    Audience.PASSWORD: links_pb2.AUDIENCE_PASSWORD,
    Audience.OWNER: links_pb2.AUDIENCE_OWNER,
}
# The fields that redirect has to know.
_RESOLVED_FIELDS: Final = [
    name for name in LINK_FIELDS if name in resolution_service_pb2.Resolution.DESCRIPTOR.fields_by_name
]


def link_fields(message: links_pb2.Link, *, limit: int) -> LinkFields:
    """Read the fields that an owner may set, with the limit that max_clicks and one_time say together.

    Raises InvalidArgument for a time or a value of an enum that is none.
    """
    given = {field.name: _value(message, field) for field, _ in message.ListFields() if field.name in LINK_FIELDS}
    return fields_from({"destination": "", **given, "max_clicks": limit})


def _value(message: links_pb2.Link, field: FieldDescriptor) -> object:
    if field.message_type is Timestamp.DESCRIPTOR:
        return time_of(message, field.name, f"link.{field.name}")
    value = getattr(message, field.name)
    if field.enum_type and value not in field.enum_type.values_by_number:
        raise InvalidArgument(f"link.{field.name}", "is unknown")
    return value


def _written(fields: LinkFields, names: Iterable[str]) -> dict[str, Any]:
    """Return the values of fields as messages take them."""
    values = {name: getattr(fields, name) for name in names}
    return {name: timestamp(value) if isinstance(value, datetime) else value for name, value in values.items()}


def new_link_fields(message: links_pb2.Link, *, has_account: bool) -> LinkFields:
    """Read the fields of a link to be created; an account's statistics are its own unless it says otherwise."""
    fields = link_fields(message, limit=follow_limit(max_clicks=message.max_clicks, one_time=message.one_time))
    return fields if message.HasField("private_stats") else replace(fields, private_stats=has_account)


def named_fields(request: link_service_pb2.UpdateLinkRequest) -> frozenset[str]:
    """Return the fields that an update is about: the mask's, or those with a value."""
    if request.HasField("update_mask"):
        named = frozenset(request.update_mask.paths)
        changes.check_mask(named)
        return named
    return frozenset(field.name for field, _ in request.link.ListFields()) & changes.CHANGEABLE


def link_message(link: Link, now: datetime) -> links_pb2.Link:
    """Write a link, without anything secret."""
    return links_pb2.Link(
        link_id=link.link_id,
        owner_id=link.owner_id,
        domain=link.host,
        code=link.code,
        short_url=link.short_url,
        disabled=link.disabled,
        one_time=link.fields.max_clicks == 1,
        consumed_clicks=link.consumed_clicks,
        clicks_before_import=link.clicks_before_import,
        has_password=link.password is not None,
        state=_STATES[link.state(now)],
        create_time=timestamp(link.create_time),
        update_time=timestamp(link.update_time),
        etag=link.etag,
        public_stats=link.public_stats,
        destination_audience=_AUDIENCES[link.destination_audience(now)],
        **_written(link.fields, LINK_FIELDS),
    )


def resolution_message(link: Link) -> resolution_service_pb2.Resolution:
    """Write what redirect has to know about a link."""
    return resolution_service_pb2.Resolution(
        link_id=link.link_id,
        owner_id=link.owner_id,
        domain_id=link.domain_id,
        domain=link.host,
        code=link.code,
        disabled=link.disabled,
        password_version=link.password.version if link.password else "",
        revision=link.revision,
        deleted=link.deleted,
        short_url=link.short_url,
        exhausted=link.is_exhausted,
        **_written(link.fields, _RESOLVED_FIELDS),
    )


def list_order(request: link_service_pb2.ListLinksRequest) -> LinkOrder:
    """Read the order of a list; InvalidArgument when there is no such order, or view of a link."""
    if request.order_by not in _ORDERS:
        raise InvalidArgument("order_by", "is unknown")
    if request.view not in link_service_pb2.LinkView.values():
        raise InvalidArgument("view", "is unknown")
    return _ORDERS[request.order_by]


def list_filter(request: link_service_pb2.ListLinksRequest, owner_id: int, host: str) -> LinkFilter:
    """Read the filters of a list; InvalidArgument when one breaks its bounds."""
    states = {number: state for state, number in _STATES.items()}
    if request.state and request.state not in states:
        raise InvalidArgument("state", "is unknown")
    result = LinkFilter(
        owner_id=owner_id,
        host=host,
        tag=request.tag,
        query=request.query,
        state=states.get(request.state),
        destination=link_filter.stored_destination(request.destination),
        archived=request.archived,
        created_from=time_of(request.created, "start_time", "created.start_time"),
        created_before=time_of(request.created, "end_time", "created.end_time"),
        oldest_first=request.oldest_first,
    )
    link_filter.check(result)
    return result
