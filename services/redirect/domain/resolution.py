"""What a redirect has to know about a link."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

REDIRECT_STATUSES: Final = frozenset({301, 302, 307, 308})
_KEEPING_STATUSES: Final = frozenset({307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """A link as links last described it."""

    link_id: int
    owner_id: int
    domain_id: int
    domain: str
    code: str
    destination: str
    redirect_status: int = 302
    disabled: bool = False
    deleted: bool = False
    valid_from_time: datetime | None = None
    expire_time: datetime | None = None
    max_clicks: int = 0
    password_version: str = ""
    title: str = ""
    revision: int = 0
    short_url: str = ""
    # Where visitors are sent once the link has ended; empty: nowhere.
    expired_destination: str = ""
    # Whether all of max_clicks were followed already. False may be old news: links knows.
    exhausted: bool = False
    # Whether search engines may list the short URL; None: as the installation's setting says.
    indexable: bool | None = None
    # Bots are led on, but their visits are not recorded.
    block_bots: bool = False
    # A rule of domain/forwarding.
    forward_query: int = 0

    @property
    def keeps_method(self) -> bool:
        """Return whether whoever is redirected repeats the very request, with its method and body."""
        return self.redirect_status in _KEEPING_STATUSES

    def __post_init__(self) -> None:
        if self.deleted:
            return
        if self.redirect_status not in REDIRECT_STATUSES:
            raise ValueError(f"{self.redirect_status} is no redirect status")
        # The last guard before a Location header: one line of printable ASCII, whatever came before.
        if not (self.destination and _is_one_line(self.destination)):
            raise ValueError("destination is no printable ASCII line")
        if not _is_one_line(self.expired_destination):
            raise ValueError("expired_destination is no printable ASCII line")


@dataclass(frozen=True, slots=True)
class Absent:
    """A code that names nothing, and the domain that it is on; all empty for a host that is nobody's."""

    domain_id: int = 0
    domain: str = ""
    owner_id: int = 0


Finding: TypeAlias = Resolution | Absent


def _is_one_line(location: str) -> bool:
    return location.isascii() and location.isprintable()
