"""What of a link a static redirect can do, which outlives the service: lead to one place, for everybody, for ever."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from linkmeter.links.v1 import links_pb2

_DEFAULT_STATUS: Final = 302
_ENDED: Final = frozenset({links_pb2.LINK_STATE_EXPIRED, links_pb2.LINK_STATE_EXHAUSTED})


class LeftOut(StrEnum):
    """Why a link has no static redirect."""

    DISABLED = "DISABLED"
    SCHEDULED = "SCHEDULED"  # not valid yet
    ENDED = "ENDED"  # expired or used up, and leads nowhere since
    PASSWORD = "PASSWORD"  # noqa: S105 - a reason, no password
    LIMITED = "LIMITED"  # by a number of clicks
    INEXPRESSIBLE = "INEXPRESSIBLE"  # its code cannot be written down in that format


@dataclass(frozen=True, slots=True, order=True)
class StaticRedirect:
    """A redirect that needs nothing but a file."""

    host: str  # without port
    status: int
    code: str
    destination: str  # printable ASCII without blanks, as links have it


@dataclass(frozen=True, slots=True)
class NoRedirect:
    """A link that has none."""

    host: str
    code: str
    reason: LeftOut


def static_redirect(link: links_pb2.Link) -> StaticRedirect | NoRedirect:
    """Return the redirect that does what the link does now, as far as a file can.

    A link that expires later goes on for ever, and no query is forwarded: a file knows neither.
    """
    host = link.domain.partition(":")[0]
    if link.state in _ENDED and link.expired_destination:
        return StaticRedirect(host, _DEFAULT_STATUS, link.code, link.expired_destination)
    if reason := _left_out(link):
        return NoRedirect(host, link.code, reason)
    return StaticRedirect(host, link.redirect_status or _DEFAULT_STATUS, link.code, link.destination)


def _left_out(link: links_pb2.Link) -> LeftOut | None:
    if link.state in _ENDED:
        return LeftOut.ENDED
    if link.disabled:
        return LeftOut.DISABLED
    if link.state == links_pb2.LINK_STATE_SCHEDULED:
        return LeftOut.SCHEDULED
    if link.has_password:
        return LeftOut.PASSWORD
    if link.max_clicks or link.one_time:
        return LeftOut.LIMITED
    return None
