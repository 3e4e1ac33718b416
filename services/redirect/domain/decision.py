"""What becomes of a visitor who follows a link: a pure function of the link, the moment and the request."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from services.redirect.domain.resolution import Absent, Finding, Resolution


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
    """Following would use up a click, if one is left, and the visitor only looks: a HEAD, a prefetch, a bot."""

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
    """The link has expired, or was followed as often as allowed."""

    resolution: Resolution


Decision: TypeAlias = Found | Consume | BrowserOnly | PasswordRequired | NotFound | Gone

_NOT_FOUND = NotFound()


def decide(finding: Finding, now: datetime, *, is_opened: bool, is_looking: bool) -> Decision:
    """Return the decision, given whether the visitor holds a valid access ticket and whether they only look."""
    if isinstance(finding, Absent) or finding.deleted or finding.disabled:
        return _NOT_FOUND
    if finding.valid_from_time is not None and now < finding.valid_from_time:
        return _NOT_FOUND
    if finding.exhausted or (finding.expire_time is not None and now >= finding.expire_time):
        return Gone(finding)
    if finding.password_version and not is_opened:
        return PasswordRequired(finding)
    if finding.max_clicks:
        return BrowserOnly(finding) if is_looking else Consume(finding)
    return Found(finding)
