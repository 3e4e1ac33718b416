"""Links: their fields, bounds and states."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, Final

from services.common.errors import InvalidArgument
from services.links.domain.passwords import StoredPassword
from services.links.domain.text import has_control_characters

MAX_TITLE: Final = 512
MAX_NOTE: Final = 4096
MAX_TAGS: Final = 32
MAX_TAG: Final = 64
MAX_CLICKS: Final = 1_000_000_000
REDIRECT_STATUSES: Final = (301, 302, 307, 308)
DEFAULT_REDIRECT_STATUS: Final = 302


class LinkState(StrEnum):
    """What a visitor meets; the first that applies, in this order."""

    DISABLED = "disabled"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    SCHEDULED = "scheduled"
    ACTIVE = "active"


class Audience(StrEnum):
    """Who may see something of a link, beside its owner, on surfaces that show links to anybody."""

    ANYBODY = "anybody"
    PASSWORD = "password"  # noqa: S105 - No password, but those who know it.
    OWNER = "owner"


class ForwardQuery(IntEnum):
    """Which of a visitor's query parameters go on to the destination; the numbers are the contract's."""

    NONE = 1
    # Those whose names the destination does not have.
    MISSING = 2
    # All, in the place of the destination's own of the same names.
    ALL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFields:
    """What an owner may set and change.

    A field has one name here, in the contract (Link, and Resolution if redirect has to know it) and as a column. What
    reads, writes, compares and changes links is derived from these names.
    """

    destination: str
    title: str = ""
    tags: tuple[str, ...] = ()
    redirect_status: int = DEFAULT_REDIRECT_STATUS
    valid_from_time: datetime | None = None
    expire_time: datetime | None = None
    # 0: without limit.
    max_clicks: int = 0
    archived: bool = False
    note: str = ""
    private_stats: bool = False
    block_bots: bool = False
    # Empty: visitors of a link that is gone see that it is.
    expired_destination: str = ""
    # None: as the installation's setting says.
    indexable: bool | None = None
    forward_query: ForwardQuery = ForwardQuery.NONE


LINK_FIELDS: Final = tuple(field.name for field in fields(LinkFields))
# Makes of what storage and contracts hold what a field holds, where that differs.
_FORMS: Final[Mapping[str, Callable[[Any], Any]]] = {"tags": tuple, "forward_query": ForwardQuery}


def fields_from(values: Mapping[str, Any]) -> LinkFields:
    """Return the fields with values by name, and defaults for those without one; TypeError without a destination."""
    return LinkFields(**{name: _FORMS[name](value) if name in _FORMS else value for name, value in values.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A code in a domain that leads to a destination; once deleted, the code's tombstone."""

    link_id: int
    owner_id: int
    domain_id: int
    host: str
    public_url: str
    code: str
    fields: LinkFields
    disabled: bool = False
    consumed_clicks: int = 0
    password: StoredPassword | None = None
    create_time: datetime
    update_time: datetime
    revision: int = 1
    deleted: bool = False
    # True for a link without account that has an edit token: it is the token holder's alone.
    token_held: bool = False
    # Clicks where it was imported from that are known as a sum only.
    clicks_before_import: int = 0

    @property
    def short_url(self) -> str:
        """The whole short URL, from the domain's public address and never from a request's Host."""
        return f"{self.public_url}/{self.code}"

    @property
    def etag(self) -> str:
        """Names this revision of this link."""
        return hashlib.sha256(f"{self.link_id}/{self.revision}".encode()).hexdigest()[:16]

    @property
    def is_exhausted(self) -> bool:
        """Return whether the link was followed as often as allowed."""
        return 0 < self.fields.max_clicks <= self.consumed_clicks

    def state(self, now: datetime) -> LinkState:
        """Return what a visitor meets now. The store's list filter says the same in SQL."""
        fields = self.fields
        if self.disabled:
            return LinkState.DISABLED
        if fields.expire_time is not None and fields.expire_time <= now:
            return LinkState.EXPIRED
        if self.is_exhausted:
            return LinkState.EXHAUSTED
        if fields.valid_from_time is not None and fields.valid_from_time > now:
            return LinkState.SCHEDULED
        return LinkState.ACTIVE

    @property
    def public_stats(self) -> bool:
        """Whether everybody may see the link's statistics."""
        return not (self.fields.private_stats or self.token_held)

    def destination_audience(self, now: datetime) -> Audience:
        """Return who may see where the link leads without following it; whoever may follow it freely learns as much."""
        if self.state(now) is not LinkState.ACTIVE or self.fields.max_clicks or self.token_held:
            return Audience.OWNER
        return Audience.PASSWORD if self.password else Audience.ANYBODY

    def switched(self, *, disabled: bool, now: datetime) -> "Link":
        """Switch on or off; the same link when it is already."""
        return self if self.disabled == disabled else self.changed(now, disabled=disabled)

    def buried(self, now: datetime) -> "Link":
        """Turn into a tombstone, which keeps the code and forgets what people wrote."""
        return self.changed(now, fields=LinkFields(destination=""), password=None, deleted=True)

    def changed(self, now: datetime, **changes: object) -> "Link":
        """Change fields of the link, as its next revision."""
        return replace(self, **changes, update_time=now, revision=self.revision + 1)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDraft:
    """A link to be created; code and password are empty when not given."""

    owner_id: int
    domain_id: int
    host: str
    public_url: str
    code: str
    fields: LinkFields
    password: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Which links a caller can touch: an owner's, or the one of an edit token."""

    owner_id: int
    link_id: int

    def covers(self, link: Link | None) -> bool:
        """Return whether a link is there for the caller; absent, deleted and somebody else's are the same."""
        if link is None or link.deleted:
            return False
        return link.link_id == self.link_id if self.link_id else link.owner_id == self.owner_id


def check_fields(fields: LinkFields, now: datetime, before: LinkFields | None = None) -> None:
    """Raise InvalidArgument for fields that break their bounds; what stays as before may have become past meanwhile."""
    if len(fields.title) > MAX_TITLE or has_control_characters(fields.title):
        raise InvalidArgument("link.title", f"must have at most {MAX_TITLE} characters, no control characters")
    if len(fields.note) > MAX_NOTE or has_control_characters(fields.note, but="\t\r\n"):
        raise InvalidArgument("link.note", f"must have at most {MAX_NOTE} characters, no control characters")
    check_tags(fields.tags)
    if fields.redirect_status not in REDIRECT_STATUSES:
        raise InvalidArgument("link.redirect_status", "must be 301, 302, 307 or 308")
    if not 0 <= fields.max_clicks <= MAX_CLICKS:
        raise InvalidArgument("link.max_clicks", f"must be 1 to {MAX_CLICKS}, or 0 for no limit")
    _check_times(fields, now, before)


def follow_limit(*, max_clicks: int, one_time: bool) -> int:
    """Return the limit that max_clicks and one_time say together; InvalidArgument when they contradict each other."""
    if one_time and max_clicks not in (0, 1):
        raise InvalidArgument("link.one_time", "contradicts max_clicks")
    return 1 if one_time else max_clicks


def check_tags(tags: tuple[str, ...], field: str = "link.tags") -> None:
    """Raise InvalidArgument for tags that no link can carry."""
    if len(tags) > MAX_TAGS:
        raise InvalidArgument(field, f"must be at most {MAX_TAGS}")
    if len(set(tags)) < len(tags):
        raise InvalidArgument(field, "must not repeat one another")
    for tag in tags:
        if not 1 <= len(tag) <= MAX_TAG or has_control_characters(tag):
            raise InvalidArgument(field, f"must have 1 to {MAX_TAG} characters each, no control characters")


def _check_times(fields: LinkFields, now: datetime, before: LinkFields | None) -> None:
    expiry = fields.expire_time
    if expiry is None:
        return
    if expiry <= now and (before is None or expiry != before.expire_time):
        raise InvalidArgument("link.expire_time", "must be in the future")
    if fields.valid_from_time is not None and expiry <= fields.valid_from_time:
        raise InvalidArgument("link.expire_time", "must be after valid_from_time")
