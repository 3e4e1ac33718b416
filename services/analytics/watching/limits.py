"""How many may watch, and for how long."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from services.analytics import metrics
from services.analytics.domain.query import Audience
from services.common.errors import ResourceExhausted


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchLimits:
    """Bounds of the streams of one process."""

    # At once, of one owner or of the edit tokens of one link.
    of_one_account: int = 10
    # At once, of all.
    in_all: int = 100
    # How long a stream lasts: whoever has lost the right to watch is kept on no longer than this. It is drawn between
    # the two, so that those who came at once do not come again at once.
    shortest_seconds: float = 45.0
    longest_seconds: float = 55.0
    # After so long without clicks a message says that the stream is alive.
    idle_seconds: float = 15.0
    # Clicks that wait for one watcher, and for all: objects of some 3 KB, which watchers of one account share.
    most_waiting: int = 2_000
    most_waiting_in_all: int = 20_000


class WatchPlaces:
    """Counts the streams that are open."""

    def __init__(self, limits: WatchLimits) -> None:
        self._limits = limits
        self._open: Counter[tuple[int, int]] = Counter()

    @contextmanager
    def place(self, audience: Audience) -> Iterator[None]:
        """Take a place while a stream lasts; raise ResourceExhausted when there is none."""
        account = (audience.owner_id, audience.link_id)
        if self._open[account] >= self._limits.of_one_account:
            raise ResourceExhausted(
                f"the account has {self._limits.of_one_account} streams of clicks, as many as it may"
            )
        if self._open.total() >= self._limits.in_all:
            raise ResourceExhausted("there are as many streams of clicks as there may be", retry_after_seconds=5)
        self._open[account] += 1
        metrics.WATCHES.set(self._open.total())
        try:
            yield
        finally:
            self._open[account] -= 1
            if not self._open[account]:
                del self._open[account]
            metrics.WATCHES.set(self._open.total())
