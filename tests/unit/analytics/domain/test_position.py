"""Positions among the clicks that are stored, and their tokens."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analytics.domain.position import GOOD_FOR, Position, ResumeTokens
from services.common.errors import FailedPrecondition, InvalidArgument

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
TOKENS = ResumeTokens(b"key of the tests")
A, B, C = (UUID(int=number) for number in (1, 2, 3))


@given(st.dictionaries(st.uuids(), st.integers(1, 2**63 - 1), max_size=5))
def test_tokens_say_what_was_written(marks: dict[UUID, int]) -> None:
    assert TOKENS.read(TOKENS.write(Position(marks, NOW))) == Position(marks, NOW)


def test_no_token_is_no_position() -> None:
    assert TOKENS.read("") is None


@pytest.mark.parametrize("length", range(1, 67))
def test_a_token_that_was_cut_is_none_of_ours(length: int) -> None:
    """It would name fewer outboxes, and all clicks of the others would come again."""
    token = TOKENS.write(Position({A: 1, B: 2}, NOW))
    with pytest.raises(InvalidArgument):
        TOKENS.read(token[:length])


def test_a_token_of_another_installation_is_none_of_ours() -> None:
    with pytest.raises(InvalidArgument):
        TOKENS.read(ResumeTokens(b"another key").write(Position({A: 1}, NOW)))


def test_a_position_has_what_it_passed() -> None:
    """Of an outbox that it does not know it has nothing."""
    position = Position({A: 5, B: 2}, NOW)
    assert position.covers(Position({A: 5}, NOW))
    assert not position.covers(Position({A: 6}, NOW))
    assert not position.covers(Position({C: 1}, NOW))
    passed = [{"source": source, "sequence": sequence} for source, sequence in ((A, 5), (B, 3), (C, 1))]
    assert [position.is_before(each) for each in passed] == [False, True, True]


def test_going_on_takes_nothing_back() -> None:
    """Neither what was passed nor the moment by which it was complete."""
    position = Position({A: 5, B: 2}, NOW)
    passed = [{"source": A, "sequence": sequence} for sequence in (6, 8)]
    assert position.after(passed) == Position({A: 8, B: 2}, NOW)
    later = NOW + timedelta(seconds=1)
    assert position.joined(Position({A: 4, C: 1}, later)) == Position({A: 5, B: 2, C: 1}, later)


def test_a_position_is_good_for_a_day() -> None:
    position = Position({uuid4(): 1}, NOW)
    position.check(NOW + GOOD_FOR)
    with pytest.raises(FailedPrecondition) as lost:
        position.check(NOW + GOOD_FOR + timedelta(seconds=1))
    assert lost.value.reason == "POSITION_LOST"
