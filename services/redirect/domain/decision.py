"""What a visitor meets who follows a link: a pure function of the link, the moment and the visitor's request."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from services.redirect.domain.resolution import Resolution


@dataclass(frozen=True, slots=True)
class Found:
    """The visitor is sent to the destination."""

    resolution: Resolution


@dataclass(frozen=True, slots=True)
class Consume:
    """The visitor is sent to the destination if links grants one of the follows that are left."""

    resolution: Resolution


@dataclass(frozen=True, slots=True)
class BrowserOnly:
    """Following would use up a click, and whoever asks only looks: a HEAD, a prefetch, a bot."""

    resolution: Resolution


@dataclass(frozen=True, slots=True)
class PasswordRequired:
    """The visitor has to give the link's password first."""

    resolution: Resolution


@dataclass(frozen=True, slots=True)
class NotFound:
    """There is no such link, or it is switched off, deleted or not valid yet: all look the same."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The link has expired."""


Decision: TypeAlias = Found | Consume | BrowserOnly | PasswordRequired | NotFound | Gone

_NOT_FOUND = NotFound()
_GONE = Gone()


def decide(resolution: Resolution | None, now: datetime, *, is_opened: bool, is_looking: bool) -> Decision:
    """Decide, given whether the visitor holds a valid access ticket and whether they only look."""
    if resolution is None or resolution.deleted or resolution.disabled:
        return _NOT_FOUND
    if resolution.valid_from_time is not None and now < resolution.valid_from_time:
        return _NOT_FOUND
    if resolution.expire_time is not None and now >= resolution.expire_time:
        return _GONE
    if resolution.password_version and not is_opened:
        return PasswordRequired(resolution)
    if resolution.max_clicks:
        return BrowserOnly(resolution) if is_looking else Consume(resolution)
    return Found(resolution)
