"""What a redirect has to know about a link."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

REDIRECT_STATUSES: Final = frozenset({301, 302, 307, 308})


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

    def __post_init__(self) -> None:
        if self.deleted:
            return
        if self.redirect_status not in REDIRECT_STATUSES:
            raise ValueError(f"{self.redirect_status} is no redirect status")
        # The last guard before a Location header: one line of printable ASCII, whatever came before.
        if not (self.destination and self.destination.isascii() and self.destination.isprintable()):
            raise ValueError("destination is no printable ASCII line")
