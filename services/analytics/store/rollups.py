"""Add clicks to the sums: per quarter of an hour, and per day and value."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeVar

from services.analytics.domain.click import Click
from services.analytics.domain.dimensions import Dimension, detail_of
from services.analytics.store.dimensions import ROLLED
from services.runtime.postgres import Connection

QUARTER_SECONDS: Final = 900

# All replicas write their rows in the same order, or two batches could wait for each other for ever.
_ADD_TOTALS: Final = """
INSERT INTO totals AS known (link_id, start, owner_id, clicks, human_clicks)
SELECT link_id, start, owner_id, clicks, human_clicks
FROM unnest($1::bigint[], $2::timestamptz[], $3::bigint[], $4::bigint[], $5::bigint[])
    AS added (link_id, start, owner_id, clicks, human_clicks)
ON CONFLICT (link_id, start, owner_id) DO UPDATE
SET clicks = known.clicks + excluded.clicks, human_clicks = known.human_clicks + excluded.human_clicks
"""
_ADD_DAILY: Final = """
INSERT INTO daily AS known (link_id, dimension, day, value, detail, owner_id, clicks, human_clicks)
SELECT link_id, dimension, day, value, detail, owner_id, clicks, human_clicks
FROM unnest($1::bigint[], $2::smallint[], $3::date[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[])
    AS added (link_id, dimension, day, value, detail, owner_id, clicks, human_clicks)
ON CONFLICT (link_id, dimension, day, value, detail, owner_id) DO UPDATE
SET clicks = known.clicks + excluded.clicks, human_clicks = known.human_clicks + excluded.human_clicks
"""

_DailyKey = tuple[int, int, date, str, str, int]
_TotalsKey = tuple[int, datetime, int]
_Key = TypeVar("_Key", _DailyKey, _TotalsKey)


async def add(connection: Connection, clicks: Iterable[Click]) -> None:
    """Add clicks that were not added before; the caller's transaction makes that so."""
    await _write(connection, *sums(clicks))


async def replace(connection: Connection, before: Iterable[Click], after: Iterable[Click]) -> None:
    """Put clicks that were added as they were before into the sums as they are after.

    A value that nothing has any more stays as a row of zeros, which no query shows.
    """
    old_totals, old_daily = sums(before)
    totals, daily = sums(after)
    await _write(connection, _difference(old_totals, totals), _difference(old_daily, daily))


async def _write(
    connection: Connection, totals: dict[_TotalsKey, list[int]], daily: dict[_DailyKey, list[int]]
) -> None:
    if totals:
        await connection.execute(_ADD_TOTALS, *_arrays(totals))
    if daily:
        await connection.execute(_ADD_DAILY, *_arrays(daily))


def sums(clicks: Iterable[Click]) -> tuple[dict[_TotalsKey, list[int]], dict[_DailyKey, list[int]]]:
    """Sum clicks and human clicks of a batch by the keys of both tables."""
    totals: dict[_TotalsKey, list[int]] = defaultdict(lambda: [0, 0])
    daily: dict[_DailyKey, list[int]] = defaultdict(lambda: [0, 0])
    for click in clicks:
        human = 0 if click.is_bot else 1
        _count(totals[click.link_id, quarter_of(click.time), click.owner_id], human)
        day = click.time.astimezone(UTC).date()
        for dimension, implicit, value_of in _STEPS:
            value = value_of(click)
            if value != implicit:
                detail = detail_of(dimension, click)
                _count(daily[click.link_id, dimension, day, value, detail, click.owner_id], human)
    return totals, daily


def quarter_of(moment: datetime) -> datetime:
    """Answer the start of a moment's quarter of an hour."""
    utc = moment.astimezone(UTC)
    return utc.replace(minute=0, second=0, microsecond=0) + timedelta(
        seconds=(utc.minute * 60) // QUARTER_SECONDS * QUARTER_SECONDS
    )


_STEPS: Final[tuple[tuple[Dimension, str, Callable[[Click], str]], ...]] = tuple(
    (dimension, rolled.implicit, rolled.value_of) for dimension, rolled in ROLLED.items()
)


def _difference(old: dict[_Key, list[int]], new: dict[_Key, list[int]]) -> dict[_Key, list[int]]:
    nothing = [0, 0]
    differences = {
        key: [now - then for now, then in zip(new.get(key, nothing), old.get(key, nothing), strict=True)]
        for key in old.keys() | new.keys()
    }
    return {key: difference for key, difference in differences.items() if difference != nothing}


def _count(sum_: list[int], human: int) -> None:
    sum_[0] += 1
    sum_[1] += human


def _arrays(rows: dict[_TotalsKey, list[int]] | dict[_DailyKey, list[int]]) -> list[list[object]]:
    """Turn sums into columns, ordered by key."""
    ordered: list[tuple[object, ...]] = [(*key, *rows[key]) for key in sorted(rows)]  # type: ignore[index]
    return [list(column) for column in zip(*ordered, strict=True)]
