"""Which segments become one: those of like size, those of a month that is over, and what was erased from."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from services.analytics.segments.merging import Erasure, plan_merges
from services.analytics.segments.registry import Segment

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
_ids = count(1)


def segment(rows: int, month: date = date(2026, 3, 1), **changes: object) -> Segment:
    """Build a segment of this month, added two hours ago."""
    built = Segment(
        id=next(_ids),
        name="s",
        month=month,
        rows=rows,
        has_clicks=True,
        first_time=NOW,
        last_time=NOW,
        definition=1,
        erasures_applied=0,
        files={},
        added_time=NOW - timedelta(hours=2),
    )
    return replace(built, **changes)  # type: ignore[arg-type]


def plan(segments: list[Segment], erasures: list[Erasure] | None = None, now: datetime = NOW) -> list[tuple[int, ...]]:
    return [tuple(each.id for each in some) for some in plan_merges(segments, erasures or [], now)]


def ids(*segments: Segment) -> tuple[int, ...]:
    return tuple(each.id for each in segments)


@pytest.mark.parametrize(("rows", "is_one_class"), [
    ([1, 20, 300, 49_999], True),
    ([50_000, 60_000, 100_000, 199_999], True),
    ([200_000, 799_999, 300_000, 400_000], True),
    ([1, 20, 300, 50_000], False),
    ([50_000, 60_000, 100_000, 200_000], False),
    ([1, 20, 300], False),
])  # fmt: skip
def test_four_of_a_class_become_one(rows: list[int], is_one_class: bool) -> None:
    segments = [segment(each) for each in rows]
    assert plan(segments) == ([ids(*segments)] if is_one_class else [])


def test_months_do_not_mix_and_neither_do_those_without_clicks() -> None:
    this = [segment(10) for _ in range(3)]
    other = [segment(10, date(2026, 4, 1)) for _ in range(2)]
    without = [segment(10, has_clicks=False) for _ in range(3)]
    assert plan([*this, *other, *without]) == []
    more = segment(10, has_clicks=False)
    assert plan([*this, *other, *without, more]) == [ids(*without, more)]


def test_small_ones_come_first_and_not_too_many_at_once() -> None:
    big = [segment(100_000) for _ in range(4)]
    small = [segment(10) for _ in range(40)]
    assert plan([*big, *small]) == [ids(*small[:32]), ids(*big)]


FEBRUARY = date(2026, 2, 1)


@pytest.mark.parametrize(("now", "added", "is_due"), [
    (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 1, 23, tzinfo=UTC), True),
    (datetime(2026, 3, 1, 23, 59, tzinfo=UTC), datetime(2026, 3, 1, 1, tzinfo=UTC), False),
    (datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 8, 23, 1, tzinfo=UTC), False),
    (datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 8, 23, tzinfo=UTC), True),
])  # fmt: skip
def test_a_month_that_is_over_and_quiet_becomes_one(now: datetime, added: datetime, is_due: bool) -> None:
    segments = [segment(900_000, FEBRUARY, added_time=now - timedelta(days=9)), segment(3, FEBRUARY, added_time=added)]
    assert plan(segments, now=now) == ([ids(*segments)] if is_due else [])


def test_december_is_over_in_january() -> None:
    segments = [segment(900_000, date(2025, 12, 1)), segment(3, date(2025, 12, 1))]
    assert plan(segments) == [ids(*segments)]
    added = [replace(each, added_time=datetime(2025, 12, 30, tzinfo=UTC)) for each in segments]
    assert plan(added, now=datetime(2025, 12, 31, 23, tzinfo=UTC)) == []


def test_one_segment_of_a_month_stays() -> None:
    assert plan([segment(5, FEBRUARY), segment(5)]) == []


def test_erasures_that_wait_for_long_are_applied_first() -> None:
    """To each segment on its own: one that has nothing of the link is soon done."""
    erasures = [Erasure(7, NOW - timedelta(minutes=10)), Erasure(8, NOW - timedelta(minutes=9))]
    waiting, applied = [segment(10) for _ in range(2)], [segment(10, erasures_applied=7) for _ in range(4)]
    assert plan([*applied, *waiting], erasures) == [ids(waiting[0]), ids(waiting[1]), ids(*applied)]
    assert plan(waiting, erasures[1:]) == []


def test_sources_that_were_erased_are_applied_like_links() -> None:
    """But for segments without raw clicks, which cannot hold any of them."""
    sources = [Erasure(3, NOW - timedelta(minutes=10)), Erasure(4, NOW - timedelta(minutes=9))]
    waiting, applied, summed = segment(10), segment(10, sources_erased=3), segment(10, has_clicks=False)
    planned = plan_merges([waiting, applied, summed], [], NOW, erased_sources=sources)
    assert planned == [(waiting,)]


@pytest.mark.parametrize("late", [timedelta(), timedelta(days=400)])
def test_each_segment_is_named_once_and_the_plan_comes_to_an_end(late: timedelta) -> None:
    """Whatever there is: when all that is planned is done, again and again, little is left and no click is lost."""
    segments = [segment(17 ** (number % 5), date(2026, 1 + number % 3, 1)) for number in range(100)]
    now, rows = NOW + late, sum(each.rows for each in segments)
    while pieces := plan_merges(segments, [], now):
        named = [each.id for some in pieces for each in some]
        assert len(named) == len({*named})
        merged = [segment(sum(each.rows for each in some), some[0].month) for some in pieces]
        segments = [*(each for each in segments if each.id not in named), *merged]
    assert sum(each.rows for each in segments) == rows
    assert len(segments) <= (3 if late else 12)
