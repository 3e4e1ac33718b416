"""Imports: what accounts bring from other products, and what is taken of it."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Final
from uuid import UUID, uuid5

from services.common.errors import FailedPrecondition, InvalidArgument
from services.links.domain import codes
from services.links.domain import link as links
from services.links.domain.link import LinkDraft
from services.links.domain.text import has_control_characters

MAX_LINKS: Final = 1000
MAX_CLICKS: Final = 1000
MAX_IDENTITY: Final = 512
MAX_SEQUENCE: Final = 2**63 - 1
MAX_CLICKS_BEFORE: Final = 2**53
_FINGERPRINT_BYTES: Final = 12
_ORIGIN: Final = re.compile(r"[a-z0-9_-]{1,32}")
# Before there were no links on the web that anybody could have counted.
_FIRST_TIME: Final = datetime(1995, 1, 1, tzinfo=UTC)
# Of names of sources. A source follows from its import, so that no other import and no outbox ever has it.
_NAMESPACE: Final = UUID("6b5a2f0e-4c53-5d0a-9c0b-6f2f3d1f8f11")


class ImportState(IntEnum):
    """How far an import has come; the numbers are the contract's."""

    ACTIVE = 1
    FINISHED = 2
    UNDOING = 3
    UNDONE = 4


class LinkOutcome(IntEnum):
    """What becomes of an imported link; the numbers are the contract's."""

    CREATED = 1
    EXISTS = 2
    CODE_TAKEN = 3
    REFUSED = 4


class KeptReason(IntEnum):
    """Why an undo keeps a link; the numbers are the contract's."""

    CHANGED = 1
    FOLLOWED = 2
    IMPORTED_AGAIN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What an account brings from one origin."""

    import_id: int
    owner_id: int
    origin: str
    origin_identity: str
    generation: int
    create_time: datetime
    finish_time: datetime | None = None
    undo_start_time: datetime | None = None
    undo_time: datetime | None = None
    erased_clicks: int = 0
    # How many links it created, less those that an undo deleted; and how many it found.
    created_links: int = 0
    found_links: int = 0

    @property
    def state(self) -> ImportState:
        """How far it has come."""
        if self.undo_time:
            return ImportState.UNDONE
        if self.undo_start_time:
            return ImportState.UNDOING
        return ImportState.FINISHED if self.finish_time else ImportState.ACTIVE

    @property
    def source(self) -> UUID:
        """The source of its clicks."""
        return uuid5(_NAMESPACE, f"{self.owner_id}\n{self.origin}\n{self.origin_identity}\n{self.generation}")

    @property
    def name(self) -> str:
        """What the ledger calls it."""
        return f"import {self.import_id} of {self.origin} {self.origin_identity} ({self.generation})"

    def check_open(self) -> None:
        """Raise FailedPrecondition when it takes nothing any more."""
        if self.undo_start_time:
            raise FailedPrecondition("the import was undone, and takes nothing any more")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedLink:
    """A link to be created as its origin had it; its code is given."""

    draft: LinkDraft
    create_time: datetime
    clicks_before: int = 0
    consumed_clicks: int = 0
    disabled: bool = False

    @property
    def key(self) -> tuple[int, str]:
        """What no two links have: domain and code."""
        return self.draft.domain_id, self.draft.code

    @property
    def fingerprint(self) -> bytes:
        """What tells its destination from others, and not what it is."""
        return hashlib.sha256(self.draft.fields.destination.encode()).digest()[:_FINGERPRINT_BYTES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who has a code: a link or a tombstone. link_id is 0 for a link that a dry run would create."""

    link_id: int
    owner_id: int
    destination: str
    # Of a link that the import has created: what it was created with, whatever it has become.
    fingerprint: bytes | None = None
    deleted: bool = False
    # True for the tombstone of a link that the undo of an import of its owner deleted.
    freed: bool = False

    def is_free_for(self, owner_id: int) -> bool:
        """Return whether an import of an owner may have the code."""
        return self.deleted and self.freed and self.owner_id == owner_id

    def is_same(self, link: ImportedLink) -> bool:
        """Return whether it is the link that is imported: of the same owner, and with the same destination."""
        is_alike = self.destination == link.draft.fields.destination or self.fingerprint == link.fingerprint
        return is_alike and not self.deleted and self.owner_id == link.draft.owner_id


def outcome_of(link: ImportedLink, holder: Holder | None) -> LinkOutcome:
    """Return what becomes of a link, given who has its code; None: nobody."""
    if holder is None or holder.is_free_for(link.draft.owner_id):
        return LinkOutcome.CREATED
    return LinkOutcome.EXISTS if holder.is_same(link) else LinkOutcome.CODE_TAKEN


def check_origin(origin: str, identity: str) -> None:
    """Raise InvalidArgument for an origin that breaks its bounds."""
    if not _ORIGIN.fullmatch(origin):
        raise InvalidArgument("origin", "must have 1 to 32 characters of a-z 0-9 _ -")
    if not 1 <= len(identity) <= MAX_IDENTITY or has_control_characters(identity):
        raise InvalidArgument("origin_identity", f"must have 1 to {MAX_IDENTITY} characters, no control characters")


def check_link(link: ImportedLink, now: datetime) -> None:
    """Raise InvalidArgument for a link that breaks its bounds; what has expired may come, too."""
    fields = link.draft.fields
    codes.check_imported(link.draft.code)
    if link.draft.password:
        raise InvalidArgument("link.password", "cannot be imported; set it afterwards")
    links.check_fields(fields, now, before=fields)
    if not is_possible(link.create_time, now):
        raise InvalidArgument("create_time", "must be from 1995 on, and not in the future")
    if not 0 <= link.clicks_before <= MAX_CLICKS_BEFORE:
        raise InvalidArgument("clicks_before_import", "must be 0 to 2^53")
    if not 0 <= link.consumed_clicks <= fields.max_clicks:
        raise InvalidArgument("consumed_clicks", "must be 0 to link.max_clicks")


def is_possible(time: datetime, now: datetime) -> bool:
    """Return whether a link can have been created or followed at a time."""
    return _FIRST_TIME <= time <= now
