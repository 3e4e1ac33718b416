"""What an owner sets of a link, as keywords, and the message that they make."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, TypedDict

from linkmeter.convert import enum_value, timestamp
from linkmeter.links.v1 import links_pb2

ForwardQuery = Literal["none", "missing", "all"]

_MOMENTS: Final = ("valid_from_time", "expire_time")


class LinkFields(TypedDict, total=False):
    """Fields of a link that can be set whenever one is made or changed. None is the same as the default.

    What bounds they have is documented at the contract's Link.
    """

    # Text for people, at most 512 characters. Default: empty.
    title: str | None
    # Labels for filtering, at most 32 of at most 64 characters each. Default: none.
    tags: Sequence[str] | None
    # HTTP status of the redirect: 301, 302, 307 or 308. Default: 302.
    redirect_status: int | None
    # First moment at which the link can be followed. Default: at once.
    valid_from_time: datetime | None
    # First moment at which the link can be followed no more. Default: never.
    expire_time: datetime | None
    # How many times the link can be followed by people in all. Default: without limit.
    max_clicks: int | None
    # True when the link can be followed once. Default: False.
    one_time: bool | None
    # Password that a visitor has to give, 1 to 256 characters. Default: none.
    password: str | None
    # True for a link that is left out of lists. Default: False.
    archived: bool | None
    # Text by the owner for the owner, at most 4096 characters. Default: empty.
    note: str | None
    # True to keep statistics from everybody but the owner. Default: True.
    private_stats: bool | None
    # True to redirect bots without counting their visits. Default: False.
    block_bots: bool | None
    # Where visitors are sent once the link has expired or is used up. Default: nowhere.
    expired_destination: str | None
    # Whether search engines may list the short URL. Default: as the installation's setting says.
    indexable: bool | None
    # Which of a visitor's query parameters go on to the destination. Default: none.
    forward_query: ForwardQuery | None


class NewLink(LinkFields, total=False):
    """Fields that are set when a link is made, and never changed."""

    # The path part that names the link in its domain, 3 to 64 characters of A-Z a-z 0-9 _ -. Default: random.
    code: str | None
    # Host name of the link's domain. Default: the installation's own.
    domain: str | None


class LinkChanges(LinkFields, total=False):
    """Fields of a link that can be changed."""

    # Where the link leads.
    destination: str


def link_message(fields: Mapping[str, Any], **more: Any) -> links_pb2.Link:
    """Return fields as a message; those that are None are left out."""
    values = {name: value for name, value in {**fields, **more}.items() if value is not None}
    for name in _MOMENTS:
        if name in values:
            values[name] = timestamp(values[name], name)
    if "forward_query" in values:
        word = values["forward_query"]
        values["forward_query"] = enum_value(links_pb2.ForwardQuery, "FORWARD_QUERY", word, "forward_query")
    return links_pb2.Link(**values)
