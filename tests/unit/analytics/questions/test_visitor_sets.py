"""Sets of visitors that are remembered."""

from services.analytics.questions.visitor_sets import Clicked, Counted, VisitorSets, union
from services.analytics.segments.files import SegmentFile

_BYTES = 1000


def file(number: int) -> SegmentFile:
    return SegmentFile(f"{number:032x}/clicks.parquet", 1, "0" * 64)


def counted(clicks: int = 10, size: int = _BYTES) -> Counted:
    """Return what so many clicks come to, with a set that takes so many bytes."""
    return Counted(people=Clicked(clicks, clicks * 7, 1 << (size * 8)))


def test_who_is_in_two_sets_counts_once() -> None:
    """Clicks and latencies add up."""
    one = Counted(people=Clicked(3, 30, 0b0011), programs=Clicked(1, 5, 0b1000))
    other = Counted(people=Clicked(2, 10, 0b0110))
    assert union([one, other]) == Counted(people=Clicked(5, 40, 0b0111), programs=Clicked(1, 5, 0b1000))
    assert union([]) == Counted()


def test_what_is_kept_is_found_for_its_owner_alone() -> None:
    sets = VisitorSets(enough_clicks=10)
    sets.keep(file(1), 5, counted())
    assert sets.find(file(1), 5) == counted()
    assert sets.find(file(1), 6) is None
    assert sets.find(file(2), 5) is None


def test_of_few_clicks_it_is_known_that_they_are_few() -> None:
    """Nobody counts them apart again, and no set of them takes memory."""
    sets = VisitorSets(enough_clicks=10)
    sets.keep(file(1), 5, counted(clicks=9))
    assert sets.is_known(file(1), 5)
    assert sets.find(file(1), 5) is None


def test_beyond_the_bound_the_one_not_asked_for_longest_goes() -> None:
    """However often one is kept, it counts once."""
    sets = VisitorSets(most_bytes=4 * _BYTES + 100, enough_clicks=10)
    for _ in range(3):
        sets.keep(file(1), 5, counted())
    sets.keep(file(2), 5, counted())
    assert sets.find(file(1), 5)
    sets.keep(file(3), 5, counted())
    assert [sets.is_known(file(number), 5) for number in (1, 2, 3)] == [True, False, True]


def test_small_segments_are_not_remembered() -> None:
    sets = VisitorSets(enough_clicks=10)
    assert [sets.are_enough(rows) for rows in (9, 10)] == [False, True]


def test_there_is_room_for_as_many_sets_as_do_not_push_each_other_out() -> None:
    """People's and programs' of each segment; of an installation with very many visitors for none."""
    sets = VisitorSets(most_bytes=10 * _BYTES, enough_clicks=10)
    assert [sets.room(visitors) for visitors in (_BYTES * 8, 4 * _BYTES * 8, 10 * _BYTES * 8)] == [4, 1, 0]
