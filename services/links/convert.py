"""Between the contract's messages and the domain."""

from __future__ import annotations  # enum value types are in the stubs only

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.links.v1 import (
    domain_service_pb2,
    link_service_pb2,
    links_pb2,
    oauth_service_pb2,
    resolution_service_pb2,
)
from services.common.errors import InvalidArgument
from services.links.domain import changes, domains, link_filter
from services.links.domain.credentials import ApiKey, ApiKeyDraft
from services.links.domain.domains import Domain, Proof
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
from services.links.domain.oauth import OAuthApp, OAuthAppDraft
from services.links.domain.owners import Owner, OwnerDraft

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


def time_of(message: Message, field: str, path: str) -> datetime | None:
    """Read an optional time; InvalidArgument when it is none."""
    if not message.HasField(field):
        return None
    value: Timestamp = getattr(message, field)
    try:
        return value.ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError) as problem:
        raise InvalidArgument(path, "is no time between the years 1 and 9999") from problem


def timestamp(value: datetime | None) -> Timestamp | None:
    """Write an optional time."""
    if value is None:
        return None
    result = Timestamp()
    result.FromDatetime(value)
    return result


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


def resolution(link: Link) -> resolution_service_pb2.Resolution:
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


def api_key_draft(message: links_pb2.ApiKey) -> ApiKeyDraft:
    """Read an API key to be created."""
    return ApiKeyDraft(
        title=message.title,
        description=message.description,
        scopes=frozenset(message.scopes),
        expire_time=time_of(message, "expire_time", "api_key.expire_time"),
    )


def api_key_message(key: ApiKey, secret: str = "") -> links_pb2.ApiKey:
    """Write an API key; with its secret only in the answer that issues it."""
    return links_pb2.ApiKey(
        api_key_id=key.api_key_id,
        title=key.title,
        scopes=sorted(key.scopes),
        prefix=key.prefix,
        create_time=timestamp(key.create_time),
        expire_time=timestamp(key.expire_time),
        last_use_time=timestamp(key.last_use_time),
        secret=secret or None,
        description=key.description,
        revoked=key.revoked,
    )


def named_domain_fields(request: domain_service_pb2.UpdateDomainRequest) -> frozenset[str]:
    """Return the fields that an update of a domain is about: the mask's, or those with a value."""
    if request.HasField("update_mask"):
        named = frozenset(request.update_mask.paths)
        domains.check_mask(named)
        return named
    return frozenset(field.name for field, _ in request.domain.ListFields()) & domains.CHANGEABLE


def domain_message(domain: Domain, proof: Proof | None) -> links_pb2.Domain:
    """Write a domain, with the proof that a claim waits for."""
    return links_pb2.Domain(
        domain_id=domain.domain_id,
        host=domain.host,
        public_url=domain.public_url,
        owner_id=domain.owner_id,
        create_time=timestamp(domain.create_time),
        state=links_pb2.DOMAIN_STATE_VERIFIED if domain.verified else links_pb2.DOMAIN_STATE_UNVERIFIED,
        proof=links_pb2.DnsRecord(name=proof.name, type="TXT", value=proof.value) if proof else None,
    )


def owner_message(owner: Owner) -> links_pb2.Owner:
    """Write an account."""
    return links_pb2.Owner(
        owner_id=owner.owner_id,
        login=owner.login,
        display_name=owner.display_name,
        email=owner.email,
        workspace_id=owner.workspace_id,
        create_time=timestamp(owner.create_time),
        has_password=owner.password is not None,
    )


def owner_draft(message: links_pb2.Owner) -> OwnerDraft:
    """Read an account to be created."""
    return OwnerDraft(
        login=message.login,
        display_name=message.display_name,
        email=message.email,
        workspace_id=message.workspace_id,
    )


def oauth_app_draft(message: oauth_service_pb2.OAuthApp) -> OAuthAppDraft:
    """Read an application to be registered."""
    return OAuthAppDraft(title=message.title, owner_id=message.owner_id, redirect_uris=tuple(message.redirect_uris))


def oauth_app_message(app: OAuthApp, client_secret: str = "") -> oauth_service_pb2.OAuthApp:
    """Write an application; with its secret only in the answer that registers it."""
    return oauth_service_pb2.OAuthApp(
        client_id=app.client_id,
        title=app.title,
        owner_id=app.owner_id,
        redirect_uris=app.redirect_uris,
        client_secret=client_secret,
        create_time=timestamp(app.create_time),
    )
