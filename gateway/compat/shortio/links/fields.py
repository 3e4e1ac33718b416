"""The fields that Short.io's links and ours have in common."""

from collections.abc import Callable
from datetime import UTC
from typing import Final

from google.protobuf.struct_pb2 import Value

from gateway.compat.shortio import moments, values
from gateway.compat.shortio.links import campaign
from linkmeter.compat.shortio.v2 import links_pb2
from linkmeter.links.v1 import links_pb2 as native

_DEFAULT_REDIRECT: Final = 302


def apply(options: links_pb2.LinkOptions, link: native.Link) -> list[str]:
    """Put all but destination and path into a link, and return our names of what was given; null is given, as nothing.

    Raises InvalidArgument for a value that is of no use for its field.
    """
    present = {field.name for field, _ in options.ListFields()}
    given = [(name, put) for name, put in _FIELDS if name in present]
    for name, put in given:
        put(getattr(options, name), link)
    tracked: dict[str, str] = {
        name: values.text(getattr(options, name), name) for name in campaign.PARAMETERS if name in present
    }
    link.destination = campaign.write(link.destination, tracked)
    mask = [_NATIVE.get(name, name) for name, _ in given]
    if "ttl" in present and "expires_at" not in present:
        _put_expiry(options.ttl, link)
        mask.append("expire_time")
    return mask


def _put_title(value: Value, link: native.Link) -> None:
    link.title = values.text(value, "title")


def _put_tags(value: Value, link: native.Link) -> None:
    link.tags.extend(values.texts(value, "tags"))


def _put_password(value: Value, link: native.Link) -> None:
    if password := values.text(value, "password"):
        link.password = password


def _put_expiry(value: Value, link: native.Link) -> None:
    moment = moments.read(value, "expiresAt", UTC, is_wall_clock=False)
    if moment is not None:
        link.expire_time.CopyFrom(moments.to_timestamp(moment))


def _put_expired_url(value: Value, link: native.Link) -> None:
    link.expired_destination = values.text(value, "expiredURL")


def _put_limit(value: Value, link: native.Link) -> None:
    link.max_clicks = values.whole(value, "clicksLimit", 0)


def _put_redirect(value: Value, link: native.Link) -> None:
    link.redirect_status = values.whole(value, "redirectType", _DEFAULT_REDIRECT, largest=1000)


def _put_archived(value: Value, link: native.Link) -> None:
    link.archived = values.flag(value, "archived")


_FIELDS: Final[tuple[tuple[str, Callable[[Value, native.Link], None]], ...]] = (
    ("title", _put_title),
    ("tags", _put_tags),
    ("password", _put_password),
    ("expires_at", _put_expiry),
    ("expired_url", _put_expired_url),
    ("clicks_limit", _put_limit),
    ("redirect_type", _put_redirect),
    ("archived", _put_archived),
)
_NATIVE: Final = {
    "expires_at": "expire_time",
    "expired_url": "expired_destination",
    "clicks_limit": "max_clicks",
    "redirect_type": "redirect_status",
}
