"""What tests of rewriting share: questions of every kind, with the answers of a naive count, and erasing by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb

from services.analytics.domain.buckets import Bucket
from services.analytics.domain.click import Click
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience, Filter, Metric, Query, Report
from services.analytics.questions.conditions import Selection
from services.analytics.segments.layout import DIMENSIONS
from services.analytics.segments.settling import IN_TURN
from tests.store.analytics.naive_count import naive
from tests.support.clicks import OWNER
from tests.support.engine import Engine

_COUNTS = (Metric.CLICKS, Metric.HUMAN_CLICKS)
_VISITORS = (Metric.VISITORS, Metric.HUMAN_VISITORS)
# From sums of every kind, from clicks, and with visitors.
REPORTS = (
    Report(metrics=_COUNTS),
    Report(metrics=_VISITORS),
    Report(metrics=_COUNTS, bucket=Bucket.DAY),
    *(Report(metrics=_COUNTS, dimensions=(each,)) for each in (Dimension.COUNTRY, Dimension.CITY, Dimension.LINK)),
    Report(metrics=_COUNTS, dimensions=(Dimension.CLICK_CLASS,)),
    Report(metrics=(*_COUNTS, *_VISITORS), dimensions=(Dimension.COUNTRY, Dimension.SCHEME)),
)
_SUM = "SELECT coalesce(sum(clicks), 0), coalesce(sum(human_clicks), 0) FROM read_parquet($1)"
_SUMS = {
    "clicks": "SELECT count(*), count(*) FILTER (WHERE NOT is_bot) FROM read_parquet($1)",
    **dict.fromkeys(("daily", "owner_daily", "values", "owner_values", "totals", "owner_totals", "links"), _SUM),
}


def queries_about(clicks: Sequence[Click], reports: tuple[Report, ...] = REPORTS) -> list[Query]:
    """Ask of each owner and each link, of all time and of a part that begins and ends anywhere."""
    times = sorted(item.time for item in clicks)
    owned = [Query(audience=Audience(owner_id=owner), reports=reports) for owner in {each.owner_id for each in clicks}]
    of_link = Filter(dimension=Dimension.LINK, values=frozenset({"1"}))
    queries = [*owned, replace(owned[0], filters=(of_link,)), Query(audience=Audience(link_id=3), reports=reports)]
    return [*queries, *(replace(each, start=times[len(times) // 5], end=times[-len(times) // 7]) for each in queries)]


async def check_answers(engine: Engine, clicks: Sequence[Click], now: datetime) -> None:
    """Compare every answer, and the list of clicks, with a naive count of the clicks that there should be."""
    for query in queries_about(clicks):
        result = await engine.ask(query, now)
        for report, rows in zip(query.reports, result.results, strict=True):
            assert list(rows) == naive(query, report, clicks, now), (query, report)
    selection = Selection(audience=Audience(owner_id=OWNER))
    listed = await engine.clicks.list(selection, limit=len(clicks) + 1)
    assert sorted(item.time for item in listed) == sorted(item.time for item in clicks if item.owner_id == OWNER)


async def check_sums(engine: Engine, folder: Path) -> None:
    """Compare the sums of every live segment with its own clicks, and its row with its files."""
    for segment in await engine.segments():
        with duckdb.connect() as duck:
            paths = {kind.value: str(folder / file.name) for kind, file in segment.files.items()}
            found = {
                kind: duck.execute(_SUMS[kind], [path]).fetchone() for kind, path in paths.items() if kind in _SUMS
            }
        clicks, people = found["clicks"] or ()
        assert clicks == segment.rows
        every_dimension = (clicks * len(DIMENSIONS), people * len(DIMENSIONS))
        assert found["totals"] == found["owner_totals"] == found["links"] == (clicks, people)
        assert found["owner_daily"] == found["values"] == found["owner_values"] == every_dimension
        # Raw clicks tell the same as sums by link and day.
        assert "daily" not in found


async def erase_link(engine: Engine, owner_id: int, link_id: int) -> None:
    """Erase the clicks of a link as the service does, as far as questions and rewriting are concerned."""
    async with engine.pool.acquire() as connection, connection.transaction():
        await connection.execute(IN_TURN)
        await connection.execute("DELETE FROM landing WHERE owner_id = $1 AND link_id = $2", owner_id, link_id)
        await connection.execute("INSERT INTO erasures (owner_id, link_id) VALUES ($1, $2)", owner_id, link_id)
        await connection.execute("UPDATE registry SET version = version + 1, landing_version = landing_version + 1")
