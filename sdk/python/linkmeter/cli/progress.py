"""How far something long has come, on standard error."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
)
from rich.text import Text


class Tracker:
    """What a long command tells about its progress."""

    def __init__(self, bar: Progress | None, task: TaskID | None) -> None:
        self._bar = bar
        self._task = task
        self.done = 0

    def advance(self, count: int = 1) -> None:
        """Say that so many more are done."""
        self.done += count
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, count)

    def expect(self, total: int | None) -> None:
        """Say how many there are in all, as soon as that is known."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, total=total)

    def describe(self, description: str) -> None:
        """Say what is done now, in other words than before; the text has to be safe for a terminal."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=description)


@contextmanager
def tracked(console: Console, description: str, total: int | None, unit: str, *, shown: bool) -> Iterator[Tracker]:
    """Show a bar with count, rate and time left while the block runs.

    Nothing is shown where nobody watches: in a file or a pipe, or when `shown` is false. An unknown total is None.
    """
    if not shown or not console.is_terminal:
        yield Tracker(None, None)
        return
    columns: tuple[ProgressColumn, ...] = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        _RateColumn(unit),
        _LeftColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        yield Tracker(bar, bar.add_task(description, total=total))


class _RateColumn(ProgressColumn):
    """How many a second."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} {self._unit}/s" if speed else f"… {self._unit}/s", style="progress.data.speed")


class _LeftColumn(ProgressColumn):
    """How much time is left."""

    # Not more often than anybody reads it.
    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        left = task.time_remaining
        return Text(f"{timedelta(seconds=int(left))} left" if left is not None else "", style="progress.remaining")
