"""From our links to Short.io's."""

from collections.abc import Sequence
from typing import Any, Final

from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import ListValue

from gateway.compat.shortio import ids, moments
from gateway.compat.shortio.links import campaign
from linkmeter.compat.shortio.v2 import link_service_pb2, links_pb2
from linkmeter.links.v1 import links_pb2 as native

_SOURCE: Final = "api"


def link(row: native.Link, domain_id: int, owner: native.Owner) -> links_pb2.Link:
    """Return a link as Short.io has it."""
    text = ids.link_text(row.link_id)
    rendered = links_pb2.Link(
        id_string=text,
        id=text,
        original_url=row.destination,
        path=row.code,
        lcpath=row.code.lower(),
        short_url=row.short_url,
        secure_short_url=row.short_url,
        tags=row.tags,
        domain_id=domain_id,
        owner_id=row.owner_id,
        created_at=moments.write(moments.of_timestamp(row.create_time)),
        updated_at=moments.write(moments.of_timestamp(row.update_time)),
        redirect_type=str(row.redirect_status),
        has_password=row.has_password,
        source=_SOURCE,
        archived=row.archived,
        skip_qs=False,
        password_contact=False,
        user=_user(owner),
    )
    for name, value in campaign.read(row.destination).items():
        setattr(rendered, name, value)
    if row.title:
        rendered.title = row.title
    if row.HasField("expire_time"):
        rendered.expires_at = moments.write(moments.of_timestamp(row.expire_time))
    if row.expired_destination:
        rendered.expired_url = row.expired_destination
    if row.max_clicks:
        rendered.clicks_limit = row.max_clicks
    return rendered


def created(row: native.Link, domain_id: int, owner: native.Owner, *, duplicate: bool) -> links_pb2.Link:
    """Return a link as creating calls have it."""
    rendered = link(row, domain_id, owner)
    rendered.success = True
    rendered.duplicate = duplicate
    return rendered


def copied(row: native.Link, domain_id: int, owner: native.Owner, original: str) -> links_pb2.Link:
    """Return a copy as duplicating has it; original is the id with which the client named its model."""
    rendered = created(row, domain_id, owner, duplicate=False)
    rendered.duplicated_from = original
    return rendered


def bulk(items: Sequence[links_pb2.Link | dict[str, object]]) -> ListValue:
    """Return links and errors side by side, in their order."""
    listed = ListValue()
    for item in items:
        fields: dict[str, Any] = dict(item) if isinstance(item, dict) else _fields(item)
        listed.add_struct().update(fields)
    return listed


def page(links: Sequence[links_pb2.Link], count: int, next_page_token: str) -> link_service_pb2.ListLinksResponse:
    """Return a page of links; the last one has no token at all."""
    return link_service_pb2.ListLinksResponse(count=count, links=links, next_page_token=next_page_token or None)


def success(link_id: int = 0) -> link_service_pb2.SuccessResponse:
    """Return that something was done, with the link's id where it was done to one."""
    return link_service_pb2.SuccessResponse(success=True, id_string=ids.link_text(link_id) if link_id else None)


def opengraph(row: native.Link) -> ListValue:
    """Return what previews show: the title, if there is one."""
    pairs = ListValue()
    if row.title:
        pairs.add_list().extend(["title", row.title])
    return pairs


def _fields(item: links_pb2.Link) -> dict[str, Any]:
    fields: dict[str, Any] = MessageToDict(item, always_print_fields_with_no_presence=True)
    return fields


def _user(owner: native.Owner) -> links_pb2.User:
    return links_pb2.User(id=owner.owner_id, name=owner.display_name or owner.login, email=owner.email)
