"""List the segments that count, in one state of the data, and keep their files while somebody reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.analytics.questions.catalog import Erased, read_contents, read_state
from services.analytics.segments.registry import Segment
from services.runtime.postgres import Pool

# Whoever looks at the pins sees by it who wants files to stay; only such pins can be released here.
REASON: Final = "segments are handed over"
_ABOUT: Final = "SELECT now() AS taken_time, (SELECT count(*) FROM landing) AS newest"
_PIN: Final = "INSERT INTO pins (reason, ends) VALUES ($1, now() + $2::interval) RETURNING id, ends"
_RELEASE: Final = "DELETE FROM pins WHERE id = $1 AND reason = $2"


@dataclass(frozen=True, slots=True)
class Pin:
    """A promise that no listed file is deleted before it ends."""

    id: int
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The segments of one state, and what that state has beside them."""

    # When it was taken, by the database's clock.
    taken_time: datetime
    segments: Sequence[Segment]
    # What was erased since some of them were written.
    erased: Sequence[Erased]
    # Up to which sequence of each outbox its clicks are in segments, and up to which they are stored at all.
    settled: Mapping[UUID, int]
    stored: Mapping[UUID, int]
    # How many clicks are stored and in no segment yet.
    newest: int
    # Raw clicks before are gone; None: none are.
    raw_since: datetime | None
    # None: retired files may be deleted some minutes from now.
    pin: Pin | None

    def erased_from(self, segment: Segment) -> list[tuple[int, int]]:
        """Return the owners and links whose clicks have to be left out of a segment, in their order."""
        return sorted({(each.owner_id, each.link_id) for each in self.erased if each.id > segment.erasures_applied})


class ErasuresPending(Exception):
    """Files still hold clicks that were erased.

    can_be_named: whoever reads can leave them out, because they are all the clicks of some links.
    """

    def __init__(self, segments: int, what: str, *, can_be_named: bool = True) -> None:
        super().__init__(f"{segments} segments still hold clicks of {what}")
        self.can_be_named = can_be_named


async def take_listing(pool: Pool, *, pin_for: timedelta = timedelta(), allow_erased: bool = False) -> Listing:
    """Return what there is now; all of it belongs to one state.

    pin_for: how long files that others come to stand in for are kept; zero makes no pin. allow_erased: whoever reads
    leaves out what Listing.erased_from tells. Raise ErasuresPending otherwise when that is anything, and in any case
    where an import was undone; Unavailable while clicks of an older version are being converted; no pin is left then.
    """
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
        # Files of segments that are live now are not deleted in the minutes that it takes to commit this.
        pin = await connection.fetchrow(_PIN, REASON, pin_for) if pin_for else None
        about = await connection.fetchrow(_ABOUT)
        assert about is not None, "aggregates have a row"  # noqa: S101
        state, contents = await read_state(connection), await read_contents(connection)
        listing = Listing(
            taken_time=about["taken_time"],
            segments=contents.segments,
            erased=contents.erased,
            settled=state.settled,
            stored=state.marks,
            newest=about["newest"],
            raw_since=state.raw_since,
            pin=Pin(**pin) if pin else None,
        )
        pending = [links for segment in listing.segments if (links := listing.erased_from(segment))]
        if pending and not allow_erased:
            raise ErasuresPending(len(pending), f"{len(set().union(*pending))} erased links")
        # Sums do not tell what of them was an import's, so that nobody could leave it out.
        undone = [each for each in listing.segments if any(it.matters_to(each) for it in contents.erased_sources)]
        if undone:
            raise ErasuresPending(len(undone), "imports that were undone", can_be_named=False)
    return listing


async def release(pool: Pool, pin: int) -> None:
    """Let go of a pin before its end; one that is gone, or that was not made here, is left as it is."""
    await pool.execute(_RELEASE, pin, REASON)
