"""One thing that is measured."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from tests.load.measured import Measured


class Figure(Enum):
    """What a target speaks of."""

    RATIO = "of the limit"
    RATE = "/s"
    P50 = "ms p50"
    P99 = "ms p99"
    BEHIND = "s behind"


@dataclass(frozen=True, slots=True)
class Target:
    """What is aimed at: at least so much of a ratio or rate, at most so much of a time."""

    figure: Figure
    value: float

    def is_met(self, reached: float) -> bool:
        """Compare."""
        is_time = self.figure in (Figure.P50, Figure.P99, Figure.BEHIND)
        return reached <= self.value if is_time else reached >= self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A named load for some seconds."""

    name: str
    run: Callable[[float], Measured]
    target: Target | None = None
    # What has to hold besides.
    also: tuple[Target, ...] = ()
    # Items in each request, for batches: rates and CPU are per item.
    items: int = 1
    # Programs that are stopped meanwhile, as if they ran on another machine.
    without: tuple[str, ...] = ()
    # Its clicks are awaited in statistics, with analytics running.
    is_followed_up: bool = False
    # What asks is more than our own process can account for: most processes of a browser are nobody's when they end.
    is_asked_by_others: bool = False
    # A warm-up before each round.
    is_warmed: bool = True
    # The scenario whose median latency this one's is a multiple of.
    baseline: str = ""
