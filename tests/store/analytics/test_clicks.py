"""Storing batches: once, whole, and whatever comes."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.analytics.domain.click import Click, Fault
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.ledger import OutboxReport
from services.analytics.domain.page_token import Cursor
from services.analytics.domain.query import Audience, Filter
from services.analytics.questions.conditions import Selection
from services.analytics.store.sources import Sources
from tests.support.clicks import LINK, OWNER, batch, click, random_clicks
from tests.support.engine import Engine, running_engine

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ALL = Selection(audience=Audience(owner_id=OWNER))


async def counts(engine: Engine) -> int:
    """Count the clicks of landing."""
    count: int = await engine.pool.fetchval("SELECT count(*) FROM landing")
    return count


async def test_a_click_comes_back_as_it_was_stored(analytics_database: str, tmp_path: Path) -> None:
    source = uuid4()
    original = replace(random_clicks(1, 1, NOW, timedelta(minutes=5))[0], owner_id=OWNER)
    async with running_engine(analytics_database, tmp_path) as engine:
        await engine.writer.store(batch(source, [original]), NOW)
        (found,) = await engine.clicks.list(ALL, limit=10)
    # The scheme and host of a referrer are columns of their own; what is read back is whole.
    assert found == replace(original, source=source, sequence=1, visitor=b"")


async def test_clicks_sums_and_mark_are_one_transaction(
    analytics_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch that fails late leaves nothing behind, and may come again."""

    async def fail(*_: object, **__: object) -> None:
        raise ConnectionError("the server went away")

    source = uuid4()
    async with running_engine(analytics_database, tmp_path) as engine:
        with monkeypatch.context() as patched:
            patched.setattr("services.analytics.store.sources.save_report", fail)
            with pytest.raises(ConnectionError):
                await engine.writer.store(batch(source, [click(NOW)]), NOW)
        assert await counts(engine) == 0
        assert await Sources(engine.pool).list() == ()
        await engine.writer.store(batch(source, [click(NOW)]), NOW)
        assert await counts(engine) == 1


async def test_the_part_of_a_batch_that_is_new_is_stored(analytics_database: str, tmp_path: Path) -> None:
    """A batch may overlap with the one before."""
    source = uuid4()
    async with running_engine(analytics_database, tmp_path) as engine:
        await engine.writer.store(batch(source, [click(NOW)] * 3), NOW)
        stored = await engine.writer.store(batch(source, [click(NOW)] * 3, first=2), NOW)
        assert (stored.mark, len(stored.clicks), stored.missing) == (4, 1, 0)
        assert await counts(engine) == 4


async def test_rows_that_the_database_refuses_are_set_aside_alone(analytics_database: str, tmp_path: Path) -> None:
    """The rest of the batch is stored, in clicks and in sums."""
    bad: dict[int, dict[str, object]] = {3: {"domain_id": 2**70}, 4: {"code": "a\0b"}, 9: {"link_id": -1}}
    clicks = [click(NOW, **bad.get(number, {})) for number in range(1, 11)]
    source = uuid4()
    async with running_engine(analytics_database, tmp_path) as engine:
        stored = await engine.writer.store(batch(source, clicks), NOW)
        assert sorted((row.sequence, row.fault) for row in stored.set_aside) == [
            (sequence, Fault.REFUSED_BY_DATABASE) for sequence in (3, 4, 9)
        ]
        assert await counts(engine) == 7
        (state,) = await Sources(engine.pool).list()
        assert (state.mark, state.stored, state.set_aside, state.missing) == (10, 7, 3, 0)


async def test_batches_of_many_outboxes_at_once_neither_wait_nor_miscount(
    analytics_database: str, tmp_path: Path
) -> None:
    """Neither for ever, that is: none waits for another that waits for it."""
    outboxes: dict[UUID, list[Click]] = {
        uuid4(): random_clicks(seed, 120, NOW - timedelta(days=2), timedelta(days=2)) for seed in range(8)
    }
    async with running_engine(analytics_database, tmp_path) as engine:
        shared = engine.writer
        for _ in range(2):
            await asyncio.gather(*(shared.store(batch(*outbox), NOW) for outbox in outboxes.items()))
        assert await counts(engine) == 960


async def test_one_outbox_at_two_replicas_is_counted_once(analytics_database: str, tmp_path: Path) -> None:
    """The row of the source makes them wait for each other."""
    source, clicks = uuid4(), [click(NOW)] * 50
    async with (
        running_engine(analytics_database, tmp_path) as one,
        running_engine(analytics_database, tmp_path) as two,
    ):
        replicas = [one, two] * 5
        results = await asyncio.gather(*(each.writer.store(batch(source, clicks), NOW) for each in replicas))
        assert {result.mark for result in results} == {50}
        assert sum(len(result.clicks) for result in results) == 50
        assert await counts(one) == 50


async def test_a_report_keeps_the_greatest_counts(analytics_database: str, tmp_path: Path) -> None:
    source = uuid4()
    async with running_engine(analytics_database, tmp_path) as engine:
        for last, count in ((5, 2), (9, 7), (3, 1)):
            report = OutboxReport(last_sequence=last, dropped={"disk_full": count})
            await engine.writer.store(batch(source, [], report=report), NOW)
        (state,) = await Sources(engine.pool).list()
    assert (state.last_sequence, state.dropped) == (9, {"disk_full": 7})


async def test_pages_of_clicks_go_on_behind_the_cursor(analytics_database: str, tmp_path: Path) -> None:
    """Also among clicks of one moment."""
    source = uuid4()
    async with running_engine(analytics_database, tmp_path) as engine:
        await engine.writer.store(batch(source, [click(NOW)] * 5), NOW)
        page = await engine.clicks.list(ALL, limit=2)
        last = page[-1]
        rest = await engine.clicks.list(ALL, limit=9, after=Cursor(last.time, last.source, last.sequence))
    assert [item.sequence for item in (*page, *rest)] == [5, 4, 3, 2, 1]


async def test_a_scope_narrows_by_link_time_and_people(analytics_database: str, tmp_path: Path) -> None:
    clicks = [click(NOW), click(NOW, link_id=LINK + 1), click(NOW, is_bot=True), click(NOW - timedelta(hours=1))]
    async with running_engine(analytics_database, tmp_path) as engine:
        await engine.writer.store(batch(uuid4(), clicks), NOW)
        conditions = (
            Filter(dimension=Dimension.LINK, values=frozenset({str(LINK)})),
            Filter(dimension=Dimension.IS_BOT, values=frozenset({"true"}), negated=True),
        )
        selection = replace(ALL, filters=conditions, start=NOW, end=NOW + timedelta(seconds=1))
        assert [item.sequence for item in await engine.clicks.list(selection, limit=9)] == [1]


async def test_visits_that_found_no_link_are_kept_apart(analytics_database: str, tmp_path: Path) -> None:
    """In no count and no sum, but dealt with: the mark moves over them."""
    source = uuid4()
    async with running_engine(analytics_database, tmp_path) as engine:
        clicks = [click(NOW), click(NOW, link_id=0, owner_id=0, code="wrong"), click(NOW)]
        stored = await engine.writer.store(batch(source, clicks), NOW)
        assert await counts(engine) == 2
        assert await engine.pool.fetchval("SELECT count(*) FROM orphans") == 1
    assert (stored.mark, len(stored.clicks), len(stored.set_aside)) == (3, 3, 0)
