"""Clicks and counts that are kept on disk come back as they went in."""

from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkmeter.moving.origin import OriginClick, OriginError
from linkmeter.moving.origins.sorting import ClickSorter, Counts, microseconds, room, temporary_database

CLICK = OriginClick(
    place="line 7",
    domain="s.example",
    code="é🎉",
    time=datetime(1995, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
    referrer="https://www.example.org/",
    user_agent="curl/8.8.0",
    ip="2001:db8::1",
    country="DE",
    accept_language="de, en;q=0.5",
)


def test_clicks_come_back_whole_and_by_their_keys() -> None:
    sorter = ClickSorter()
    clicks = [replace(CLICK, place=f"line {number}") for number in range(10_001)]  # more than one batch
    for number, click in enumerate(clicks):
        sorter.add(-(number // 2), click)
    expected = sorted(enumerate(clicks), key=lambda item: -(item[0] // 2))
    assert [click for _, click in sorter.sorted()] == [click for _, click in expected]
    assert next(iter(sorter.sorted()))[0] == -5_000


def test_equal_keys_are_sorted_by_group_and_tie_and_then_stay_as_they_came() -> None:
    sorter = ClickSorter()
    came: list[tuple[str, int | str, str]] = [
        ("b", 1, "4"),
        ("a", 10, "2"),
        ("b", 1, "5"),
        ("a", 9, "1"),
        ("a", "9", "3"),
    ]
    for group, tie, place in came:
        sorter.add(7, replace(CLICK, place=place), tie_group=group, tie=tie)
    assert [click.place for _, click in sorter.sorted()] == ["1", "2", "3", "4", "5"]


def test_a_full_disk_is_told_in_a_sentence() -> None:
    with closing(temporary_database()) as database:
        database.execute("CREATE TABLE texts (text TEXT)")
        database.execute("PRAGMA max_page_count = 2")
        with pytest.raises(OriginError, match="no room for a temporary file"), room():
            database.execute("INSERT INTO texts VALUES (?)", ["x" * 100_000])


def test_times_become_microseconds_and_back_before_and_after_1970() -> None:
    sorter = ClickSorter()
    for year in (1969, 9999):
        click = replace(CLICK, time=CLICK.time.replace(year=year))
        sorter.add(microseconds(click.time), click)
    assert [click.time.year for _, click in sorter.sorted()] == [1969, 9999]
    assert microseconds(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=3)) == 3


@settings(deadline=None, max_examples=40)
@given(codes=st.lists(st.text(st.characters(codec="utf-8"), max_size=3)), in_memory=st.integers(1, 4))
def test_counts_are_the_same_in_memory_and_on_disk(codes: list[str], in_memory: int) -> None:
    counts = Counts(in_memory)
    for code in codes:
        counts.add(code)
    for code, count in {**Counter(codes), "absent": codes.count("absent")}.items():
        assert counts.count(code) == count
