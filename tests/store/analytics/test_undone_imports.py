"""An import that is undone leaves nothing: every answer is that of a naive count of the other clicks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.analytics.domain.click import Click
from services.analytics.domain.query import Audience
from services.analytics.domain.retention import Retention
from services.analytics.segments.layout import Kind
from services.analytics.segments.registry import Replaced
from services.analytics.store.import_sources import ImportSources
from services.common.errors import Aborted, FailedPrecondition
from tests.support.clicks import OWNER, batch, random_clicks
from tests.support.engine import Engine
from tests.support.rewriting import check_answers, check_sums
from tests.support.settled import rows_of

START = datetime(2026, 1, 3, tzinfo=UTC)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
# Two months of others' clicks and of the account's own, and of clicks that it imports.
CLICKS = random_clicks(31, 360, START, timedelta(days=50))
IMPORTED = [item for item in random_clicks(32, 400, START, timedelta(days=50)) if item.owner_id == OWNER]
OWNERS = Audience(owner_id=OWNER)


async def bring(engine: Engine, source: UUID, clicks: Sequence[Click], first: int) -> None:
    """Store clicks as those of an import."""
    await engine.writer.store(replace(batch(source, clicks, first=first), import_name="import of yourls"), NOW)


async def sources_in_files(engine: Engine, folder: Path) -> set[str]:
    return {source for (source,) in await rows_of(engine, folder / "segments", Kind.CLICKS, "DISTINCT source")}


async def test_nothing_is_left_wherever_the_clicks_are(engine: Engine, tmp_path: Path) -> None:
    """In merged segments, in others and in none; at once, once files are written anew, and when they are merged."""
    source = uuid4()
    for turn in range(3):
        await engine.store(CLICKS[90 * turn : 90 * (turn + 1)], NOW)
        await bring(engine, source, IMPORTED[80 * turn : 80 * (turn + 1)], 1 + 80 * turn)
        await engine.settle()
        if turn == 1:
            january = [segment for segment in await engine.segments() if segment.month.month == 1]
            await engine.rewriting.rewrite(january)
    await engine.store(CLICKS[270:], NOW)
    await bring(engine, source, IMPORTED[240:], 241)
    assert (await engine.count(OWNERS, NOW))[0] == sum(item.owner_id == OWNER for item in [*CLICKS, *IMPORTED])
    assert await engine.erasure.of_source(OWNERS, source, "import of yourls", NOW) == len(IMPORTED)
    await check_answers(engine, CLICKS, NOW)
    # Again, it is the same, and nothing comes afterwards.
    assert await engine.erasure.of_source(OWNERS, source, "import of yourls", NOW) == len(IMPORTED)
    with pytest.raises(FailedPrecondition):
        await bring(engine, source, IMPORTED[:1], len(IMPORTED) + 1)
    await engine.settle()
    for segment in await engine.segments():
        await engine.rewriting.rewrite([segment])
    assert str(source) not in await sources_in_files(engine, tmp_path)
    await check_answers(engine, CLICKS, NOW)
    await check_sums(engine, tmp_path / "segments")
    for month in (1, 2):
        await engine.rewriting.rewrite([each for each in await engine.segments() if each.month.month == month])
    await check_answers(engine, CLICKS, NOW)


async def test_links_that_were_erased_before_are_told_once(engine: Engine, tmp_path: Path) -> None:
    """Both kinds of erasure, in one segment; what one has taken the other does not count."""
    source = uuid4()
    await engine.store(CLICKS, NOW)
    await bring(engine, source, IMPORTED, 1)
    await engine.settle()
    await engine.erasure.of_link(OWNERS, 2)
    left = [item for item in IMPORTED if item.link_id != 2]
    assert await engine.erasure.of_source(OWNERS, source, "", NOW) == len(left)
    kept = [item for item in CLICKS if (item.owner_id, item.link_id) != (OWNER, 2)]
    await check_answers(engine, kept, NOW)
    for month in (1, 2):
        await engine.rewriting.rewrite([each for each in await engine.segments() if each.month.month == month])
    await check_answers(engine, kept, NOW)
    await check_sums(engine, tmp_path / "segments")


async def test_dropped_clicks_cannot_be_told_apart(engine: Engine) -> None:
    """An import whose raw clicks are sums by now is refused, and nothing has changed; others can be undone."""
    old, young = uuid4(), uuid4()
    january = [item for item in IMPORTED if item.time.month == 1]
    february = [item for item in IMPORTED if item.time.month == 2]
    await engine.store(CLICKS, NOW)
    await bring(engine, old, january, 1)
    await bring(engine, young, february, 1)
    await engine.settle()
    await engine.old_clicks.drop(Retention(click_months=1), NOW)
    before = await engine.count(OWNERS, NOW)
    with pytest.raises(FailedPrecondition, match="dropped"):
        await engine.erasure.of_source(OWNERS, old, "", NOW)
    assert await engine.count(OWNERS, NOW) == before
    assert await engine.erasure.of_source(OWNERS, young, "", NOW) == len(february)
    after = await engine.count(OWNERS, NOW)
    assert after[0] == before[0] - len(february)
    # Old clicks that are dropped after an undo take nothing of it along.
    await engine.old_clicks.drop(Retention(click_months=0), NOW)
    assert await engine.count(OWNERS, NOW) == after


async def test_an_undo_before_the_drop_holds_after_it(engine: Engine) -> None:
    """Sums that are made of clicks that are left have nothing of those that are gone."""
    source = uuid4()
    await engine.store(CLICKS, NOW)
    await bring(engine, source, IMPORTED, 1)
    await engine.settle()
    await engine.erasure.of_source(OWNERS, source, "", NOW)
    clicks = (await engine.count(OWNERS, NOW))[0]
    assert clicks == sum(item.owner_id == OWNER for item in CLICKS)
    await engine.old_clicks.drop(Retention(click_months=1), NOW + timedelta(days=40))
    assert (await engine.count(OWNERS, NOW))[0] == clicks


async def test_an_undo_while_clicks_are_dropped_has_them_dropped_anew(engine: Engine) -> None:
    """Files that were made meanwhile would hold what is gone, where nothing could tell it."""
    source = uuid4()
    await bring(engine, source, IMPORTED, 1)
    await engine.settle()
    segments = [each for each in await engine.segments() if each.month.month == 1]
    put = engine.files.put

    async def erase_and_put(name: str, source_path: Path) -> None:
        engine.files.put = put  # type: ignore[method-assign]
        assert await engine.erasure.of_source(OWNERS, source, "", NOW) == len(IMPORTED)
        await put(name, source_path)

    engine.files.put = erase_and_put  # type: ignore[method-assign, assignment]
    with pytest.raises(Replaced):
        await engine.rewriting.rewrite(segments, keep_clicks=False)
    assert (await engine.count(OWNERS, NOW))[0] == 0
    await engine.rewriting.rewrite(segments, keep_clicks=False)
    assert (await engine.count(OWNERS, NOW))[0] == 0


async def test_only_segments_with_clicks_of_the_import_are_looked_into(engine: Engine) -> None:
    """Others keep their sums, if they had nothing of what was undone before."""
    first, second = uuid4(), uuid4()
    february = [item for item in IMPORTED if item.time.month == 2]
    await engine.store(CLICKS, NOW)
    await bring(engine, first, february[:20], 1)
    await engine.settle()
    await bring(engine, second, february[20:], 1)
    await engine.settle()
    for number, source in enumerate((first, second), start=1):
        await engine.erasure.of_source(OWNERS, source, "", NOW)
        months = {(each.month.month, each.sources_erased) for each in await engine.segments()}
        assert (1, number) in months
        assert (2, 0) in months
    assert {each.sources_erased for each in await engine.segments() if each.month.month == 2} == {0, 1}
    await check_answers(engine, CLICKS, NOW)


async def test_an_import_has_no_gaps(engine: Engine) -> None:
    """A batch that does not go on behind the mark is refused, and says where to go on; older ones are passed over."""
    source = uuid4()
    await bring(engine, source, IMPORTED[:10], 1)
    with pytest.raises(Aborted) as refused:
        await bring(engine, source, IMPORTED[11:20], 12)
    assert refused.value.metadata == {"next_sequence": "11"}
    await bring(engine, source, IMPORTED[:20], 1)
    await bring(engine, source, IMPORTED[5:15], 6)
    (known,) = await ImportSources(engine.pool, engine.pool).list([source])
    assert (known.mark, known.stored, known.set_aside) == (20, 20, 0)
