"""Keep segments few, and free of what was erased: decide which are to become one, and see to it.

Files of few rows make every question slower, and rewriting costs what is rewritten: segments wait until some of like
size are there, so that a click is rewritten as often as its month has grown fourfold.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeVar

from services.analytics.segments import registry
from services.analytics.segments.registry import Segment
from services.analytics.segments.rewriting import Rewriting
from services.analytics.segments.turn import TurnTaken
from services.common.clock import Clock
from services.runtime import log
from services.runtime.postgres import Pool

K = TypeVar("K")

_logger = log.get(__name__)

# The longest that erased clicks stay in files, where nobody is answered from them.
ERASE_WITHIN: Final = timedelta(minutes=10)
# The smallest class of sizes has fewer rows than this, and each has as many times more as it takes segments to merge.
_SMALL_ROWS: Final = 50_000
_FACTOR: Final = 4
# More at once are no gain: files are read side by side, and each takes memory.
_MOST_AT_ONCE: Final = 32
# A month that is over still gets late clicks; it is put together when these have ceased for a while.
_OVER_FOR: Final = timedelta(days=1)
_QUIET_FOR: Final = timedelta(hours=1)

_ERASURES: Final = """
SELECT id, erased_time FROM erasures
WHERE id > (SELECT min(erasures_applied) FROM segments WHERE retired_time IS NULL)
"""
# Only raw clicks can hold any of them.
_ERASED_SOURCES: Final = """
SELECT id, erased_time FROM erased_sources
WHERE id > (SELECT min(sources_erased) FROM segments WHERE retired_time IS NULL AND has_clicks)
"""


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure, of a link or of a source, and since when it waits to be applied to files."""

    id: int
    erased_time: datetime


def plan_merges(
    segments: Sequence[Segment],
    erasures: Sequence[Erasure],
    now: datetime,
    *,
    erased_sources: Sequence[Erasure] = (),
    erase_within: timedelta = ERASE_WITHIN,
) -> list[tuple[Segment, ...]]:
    """Return which segments are each to become one, the most urgent first; each is named at most once.

    Segments without raw clicks never mix with others: what can be answered is another thing there.
    """
    due, due_sources = (
        max((each.id for each in some if each.erased_time <= now - erase_within), default=0)
        for some in (erasures, erased_sources)
    )

    def is_due(segment: Segment) -> bool:
        return segment.erasures_applied < due or (segment.has_clicks and segment.sources_erased < due_sources)

    erasing = [(segment,) for segment in segments if is_due(segment)]
    return [*erasing, *_by_size([segment for segment in segments if not is_due(segment)], now)]


def _by_size(segments: Sequence[Segment], now: datetime) -> list[tuple[Segment, ...]]:
    found = []
    for (month, _), group in _grouped(segments, lambda segment: (segment.month, segment.has_clicks)).items():
        if len(group) > 1 and _is_over(month, now) and all(now - each.added_time >= _QUIET_FOR for each in group):
            found.append(group)
        else:
            alike = _grouped(group, lambda segment: _size_class(segment.rows)).values()
            found += [some for some in alike if len(some) >= _FACTOR]
    # Small ones first: they are soon done, and there are many of them.
    found.sort(key=lambda some: sum(segment.rows for segment in some))
    return [tuple(sorted(some, key=lambda segment: segment.id)[:_MOST_AT_ONCE]) for some in found]


def _grouped(segments: Sequence[Segment], key: Callable[[Segment], K]) -> dict[K, list[Segment]]:
    groups: dict[K, list[Segment]] = {}
    for segment in segments:
        groups.setdefault(key(segment), []).append(segment)
    return groups


def _is_over(month: date, now: datetime) -> bool:
    start_of_next = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    return now - _OVER_FOR >= datetime(start_of_next.year, start_of_next.month, 1, tzinfo=UTC)


def _size_class(rows: int) -> int:
    size = 0
    while rows >= _SMALL_ROWS * _FACTOR**size:
        size += 1
    return size


class Merging:
    """Does what is planned, a piece at a time."""

    def __init__(self, pool: Pool, rewriting: Rewriting, clock: Clock) -> None:
        self._pool = pool
        self._rewriting = rewriting
        self._clock = clock

    async def merge_one(self) -> bool:
        """Do the most urgent piece; return whether there was one and no other program was at it."""
        async with self._pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
            segments = await registry.live_segments(connection)
            erasures = [Erasure(**row) for row in await connection.fetch(_ERASURES)]
            sources = [Erasure(**row) for row in await connection.fetch(_ERASED_SOURCES)]
        pieces = plan_merges(segments, erasures, self._clock.now(), erased_sources=sources)
        if not pieces:
            return False
        try:
            done = await self._rewriting.rewrite(pieces[0], keep_clicks=pieces[0][0].has_clicks)
        except (TurnTaken, registry.Replaced):
            return False
        _logger.info("segments_merged", month=f"{pieces[0][0].month:%Y-%m}", old=len(pieces[0]), clicks=done.rows)
        return True
