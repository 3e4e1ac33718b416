"""Counts as bars of characters."""

from linkmeter.cli import chart


def test_columns_are_as_high_as_their_counts() -> None:
    """The greatest fills the height; names stand below, and the greatest count beside."""
    lines, together = chart.columns([0, 4, 8], ["Mon", "Tue", "Wed"], 20, height=2)
    assert together == 1
    assert lines == [
        " 8 ┤        ███",
        "   ┤    ███ ███",
        " 0 └────────────",
        "    Mon      Wed",
    ]


def test_one_click_is_seen_beside_a_million() -> None:
    """Something is drawn for every count but nothing."""
    lines, _ = chart.columns([1, 0, 1_000_000], ["a", "b", "c"], 30)
    assert "▁" in lines[-3]
    assert chart.bar(1, 1_000_000, 10) == "▏"
    assert chart.bar(0, 1_000_000, 10) == ""


def test_more_steps_than_room_are_added_up() -> None:
    """No click is lost on the way: a column is the sum of its steps."""
    counts = list(range(1000))
    merged, _ = chart.merged(counts, 70)
    assert len(merged) <= 70
    assert sum(merged) == sum(counts)
    lines, told = chart.columns(counts, [str(one) for one in counts], 80)
    assert max(map(len, lines)) <= 80
    assert told == 14
    # The highest column is as many clicks as the number beside it says.
    assert lines[0].startswith(f"{sum(counts[-6 - 14 : -6]):,} ┤")


def test_terminals_without_unicode_get_ascii() -> None:
    """Also the axes."""
    lines, _ = chart.columns([1, 2], ["a", "b"], 40, fine=False)
    assert all(line.isascii() for line in lines)
    assert chart.bar(1, 2, 10, fine=False) == "#####"
