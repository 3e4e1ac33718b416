"""The parts that copies of links are made of."""

import random
from collections.abc import Sequence

import numpy as np
import pytest

from services.analytics.columns.arrays import Ambiguous, Longs
from services.analytics.columns.frame import _paired, _paired_beyond
from services.analytics.columns.groups import _mean
from services.analytics.columns.layout import PLACES, Group
from services.analytics.columns.visitors import Visitors
from services.analytics.columns.words import Vocabulary, Words
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Value
from services.analytics.store.dimensions import EXPRESSIONS


def test_visitors_keep_their_numbers() -> None:
    """Whoever was there before has the same number, and who was not gets the next ones."""
    choose = random.Random(1)
    visitors, known = Visitors(), dict[tuple[int, int], int]()
    for _ in range(30):
        drawn = [(choose.randrange(3), choose.randrange(2**64 - 40, 2**64)) for _ in range(25)]
        numbers = visitors.number(np.array(drawn, np.uint64), 32).tolist()
        for pair, number in zip(drawn, numbers, strict=True):
            assert known.setdefault(pair, number) == number
        if choose.random() < 0.3:
            visitors.settle()
        assert sorted(known.values()) == list(range(visitors.count))


@pytest.mark.parametrize("is_settled", [False, True])
def test_visitors_that_share_a_key_are_noticed(is_settled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two visitors are never taken for one."""
    monkeypatch.setattr("services.analytics.columns.visitors._mixed", lambda halves: halves[:, 0].copy())
    visitors = Visitors()
    visitors.number(np.array([[1, 1]], np.uint64), 32)
    visitors.number(np.array([[2, 2]], np.uint64), 32)
    if is_settled:
        visitors.settle()
    with pytest.raises(Ambiguous):
        visitors.number(np.array([[2, 3]], np.uint64), 32)
    with pytest.raises(Ambiguous):
        Visitors().number(np.array([[7, 1], [7, 2]], np.uint64), 32)


def test_words_read_what_copy_escapes() -> None:
    """Backslashes, tabs and line ends in a value are the value's."""
    words = Words()
    assert words[rb"a\tb\\n" + b"\t" + rb"\nc\r\b\f\v"] == 0
    assert words["ü\t".encode()] == 1
    assert words.entries == [("a\tb\\n", "\nc\r\b\f\v"), ("ü", "")]


def test_dimensions_grow_with_their_words() -> None:
    """What was numbered keeps its number; an older list of values stays as it is."""
    vocabulary = Vocabulary()
    place = vocabulary.words[Group.PLACE]
    assert place[b"US\t\t0"] == 0
    before = vocabulary.coded(Dimension.COUNTRY)
    assert [place[text] for text in (b"DE\tBonn\t1", b"US\tBonn\t2")] == [1, 2]
    after = vocabulary.coded(Dimension.COUNTRY)
    assert before.values == [Value("US")]
    assert (after.of_word.tolist(), after.values) == ([0, 1, 0], [Value("US"), Value("DE")])
    assert vocabulary.coded(Dimension.CITY).values == [Value(""), Value("Bonn", "DE:1"), Value("Bonn", "US:2")]


def test_every_dimension_but_the_link_has_its_place() -> None:
    assert {*PLACES, Dimension.LINK} == {*EXPRESSIONS}


@pytest.mark.parametrize("old", [[], [3, 5, 5, 9]])
def test_pairs_of_new_clicks_follow_those_of_old_ones(old: Sequence[int]) -> None:
    """A pair that is there has its number; others come behind."""
    first = _paired(np.array(old, np.int64))
    second = _paired_beyond(first.keys, np.array([9, 1, 3, 7, 1], np.int64))
    keys: Longs = np.concatenate((first.keys, second.keys))
    assert keys[first.of_click].tolist() == list(old)
    assert keys[second.of_click].tolist() == [9, 1, 3, 7, 1]
    assert len(set(keys.tolist())) == len(keys)


def test_means_round_halves_away_from_zero() -> None:
    """As PostgreSQL rounds."""
    totals, counts = np.array([1, 3, -1, -3, 4, 0]), np.array([2, 2, 2, 2, 3, 0])
    assert _mean(totals, counts).tolist() == [1, 2, -1, -2, 1, 0]
