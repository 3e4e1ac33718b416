"""A clock that only tests move."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Stands still until told otherwise; passes for services.common.clock.Clock."""

    def __init__(self, now: datetime = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the moment that the test set."""
        return self._now

    def set(self, now: datetime) -> None:
        """Jump to a moment."""
        self._now = now

    def advance(self, delta: timedelta | None = None, *, seconds: float = 0) -> None:
        """Go on by a span or by seconds."""
        self._now += delta if delta is not None else timedelta(seconds=seconds)
