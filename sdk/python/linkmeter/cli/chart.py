"""A series of counts as bars, drawn in characters."""

from collections.abc import Sequence
from typing import Final

# From an eighth of a row to a whole one.
_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
_PLAIN: Final = " #"
_HEIGHT: Final = 8
_WIDEST_BAR: Final = 4
_LEAST_WIDTH: Final = 10


def merged(values: Sequence[int], room: int) -> tuple[list[int], int]:
    """Return the values, added up in groups when there are more than fit, and how many are in a group."""
    together = max(1, -(-len(values) // max(1, room)))
    return [sum(values[start : start + together]) for start in range(0, len(values), together)], together


def columns(
    values: Sequence[int], labels: Sequence[str], width: int, *, fine: bool = True, height: int = _HEIGHT
) -> tuple[list[str], int]:
    """Draw counts as columns.

    Returns the lines, at most `width` characters wide, and how many values one column stands for. `labels` are the
    values' names, as many as there are values; of these the first, one in the middle and the last are shown where they
    fit. `fine` draws with eighths of a character, which a terminal without Unicode does not have.
    """
    if not values:
        return [], 1
    # Added up, counts have more digits, which take room: a guess, and then what follows from it.
    guess, _ = merged(values, width)
    scale = len(f"{2 * max(guess):,}")
    room = max(_LEAST_WIDTH, width - scale - 2)
    counts, together = merged(values, room)
    bar = max(1, min(_WIDEST_BAR, room // len(counts)))
    # With room for it, columns stand apart.
    gap = 1 if bar > 1 else 0
    top = max(counts) or 1
    steps = _EIGHTHS if fine else _PLAIN
    lines = []
    for row in range(height, 0, -1):
        cells = "".join(_cell(count, top, row, height, steps) * (bar - gap) + " " * gap for count in counts)
        label = f"{max(counts):,}" if row == height else ""
        lines.append(f"{label:>{scale}} {'┤' if fine else '|'}{cells}".rstrip())
    corner, floor = ("└", "─") if fine else ("+", "-")
    lines.append(f"{0:>{scale}} {corner}{floor * (bar * len(counts))}")
    names = [labels[position * together] for position in range(len(counts))]
    lines.append(" " * (scale + 2) + _axis(names, bar, max(bar * len(counts), len(names[0]))))
    return lines, together


def bar(value: int, greatest: int, width: int, *, fine: bool = True) -> str:
    """Draw one count as a bar to the right, as long as its share of the greatest; something for every count but 0."""
    if value <= 0 or greatest <= 0:
        return ""
    if not fine:
        return "#" * max(1, round(width * value / greatest))
    eighths = max(1, round(width * 8 * value / greatest))
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def _cell(count: int, top: int, row: int, height: int, steps: str) -> str:
    last = len(steps) - 1
    filled = count * height * last / top - (row - 1) * last
    if count and row == 1:
        # A click is seen beside a million others.
        filled = max(filled, 1)
    return steps[max(0, min(last, round(filled)))]


def _axis(names: Sequence[str], bar_width: int, width: int) -> str:
    """Place the first name at the left, the last at the right, and one in the middle if there is room."""
    first, last = names[0], names[-1]
    if len(names) == 1 or len(first) + len(last) + 1 > width:
        return first
    line = first + " " * (width - len(first) - len(last)) + last
    position = len(names) // 2
    middle, at = names[position], position * bar_width
    if len(first) + 2 <= at and at + len(middle) + 2 <= width - len(last):
        line = line[:at] + middle + line[at + len(middle) :]
    return line
