"""Kept answers: good for the state in which they were given, and for no other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.analytics.domain.query import Audience, Query, QueryResult, Report, Row, Value
from services.analytics.questions.answers import Answers
from services.analytics.questions.catalog import State

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SOURCE = UUID(int=1)
STATE = State(
    server=NOW, version=1, landing_version=1, next_visitor=1, raw_since=None, marks={SOURCE: 5}, settled={SOURCE: 3}
)
OPEN = Query(audience=Audience(owner_id=1), reports=(Report(),))
CLOSED = replace(OPEN, end=NOW)


def result(rows: int = 1) -> QueryResult:
    return QueryResult(
        results=(tuple(Row((Value(str(number), ""),), None, (number,)) for number in range(rows)),),
        start=None,
        end=NOW,
        first_click_time=None,
        last_click_time=None,
        raw_since=None,
    )


def test_an_answer_is_found_by_its_query_and_state() -> None:
    answers = Answers()
    assert answers.find(CLOSED, STATE, NOW) is None
    answers.keep(CLOSED, STATE, NOW, result())
    equal = replace(STATE, marks={SOURCE: 5}, settled={SOURCE: 3})
    assert answers.find(replace(CLOSED), equal, NOW + timedelta(days=1)) == result()
    assert answers.find(replace(CLOSED, audience=Audience(owner_id=2)), STATE, NOW) is None


@pytest.mark.parametrize("change", [
    {"server": NOW + timedelta(seconds=1)},
    {"version": 2},
    {"landing_version": 2},
    {"next_visitor": 2},
    {"raw_since": NOW},
    {"marks": {SOURCE: 6}},
    {"marks": {SOURCE: 5, UUID(int=2): 1}},
    {"settled": {SOURCE: 4}},
], ids=str)  # fmt: skip
def test_any_change_of_the_data_ends_it(change: dict[str, Any]) -> None:
    answers = Answers()
    answers.keep(CLOSED, STATE, NOW, result())
    assert answers.find(CLOSED, replace(STATE, **change), NOW) is None


def test_an_answer_until_now_lasts_a_moment() -> None:
    """And none is given from the future, should the clock step back."""
    answers = Answers()
    answers.keep(OPEN, STATE, NOW, result())
    moment = timedelta(milliseconds=999)
    assert answers.find(OPEN, STATE, NOW + moment) == result()
    assert answers.find(OPEN, STATE, NOW + timedelta(seconds=1)) is None
    assert answers.find(OPEN, STATE, NOW - timedelta(microseconds=1)) is None


def test_a_long_answer_is_not_kept() -> None:
    answers = Answers()
    answers.keep(CLOSED, STATE, NOW, result(2000))
    assert answers.find(CLOSED, STATE, NOW) == result(2000)
    other = replace(CLOSED, audience=Audience(owner_id=2))
    answers.keep(other, STATE, NOW, result(2001))
    assert answers.find(other, STATE, NOW) is None


def test_what_nobody_asked_for_lately_is_forgotten() -> None:
    """The 128 that were asked for last are kept."""
    answers = Answers()
    queries = [replace(CLOSED, audience=Audience(owner_id=owner)) for owner in range(1, 130)]
    for query in queries[:128]:
        answers.keep(query, STATE, NOW, result())
    assert answers.find(queries[0], STATE, NOW) is not None
    answers.keep(queries[128], STATE, NOW, result())
    found = [answers.find(query, STATE, NOW) is not None for query in queries]
    assert found == [number != 1 for number in range(129)]
