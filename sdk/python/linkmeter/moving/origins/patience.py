"""How long to wait between calls of somebody else's API: after a refusal, and before there is one."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a call is tried, and how long to wait in between. All times are seconds.

    A service that says when to come again (Retry-After) is believed, up to longest_wait. Else pauses double from
    first_pause up to longest_pause: with these defaults a call is given up after about twenty minutes.
    """

    attempts: int = 12
    first_pause: float = 1.0
    longest_pause: float = 300.0
    longest_wait: float = 3600.0
    now: Callable[[], float] = time.time  # seconds since 1970
    sleep: Callable[[float], None] = time.sleep

    def pause(self, attempt: int, retry_after: str) -> float | None:
        """Return how long to wait after a failed attempt, counted from 1; None to give up.

        retry_after is the header as it was sent, "" for none: seconds or a date.
        """
        if attempt >= self.attempts:
            return None
        asked = self._seconds(retry_after)
        if asked is None:
            return min(self.first_pause * 2.0 ** (attempt - 1), self.longest_pause)
        if asked > self.longest_wait:
            return None
        # "0" is what some services send with every refusal: it must not become a busy loop.
        return max(asked, self.first_pause)

    def _seconds(self, retry_after: str) -> float | None:
        text = retry_after.strip()
        if text.isascii() and text.isdigit():
            return float(text)
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (aware - datetime.fromtimestamp(self.now(), UTC)).total_seconds())


class Pace:
    """Keeps calls below a published rate: at most so many in any stretch of so many seconds."""

    def __init__(self, calls: int, seconds: float, patience: Patience) -> None:
        self._calls = calls
        self._seconds = seconds
        self._patience = patience
        self._times: deque[float] = deque()

    def wait(self) -> None:
        """Sleep until the next call is within the rate, and count that call."""
        if len(self._times) == self._calls:
            ahead = self._times.popleft() + self._seconds - self._patience.now()
            if ahead > 0:
                self._patience.sleep(ahead)
        self._times.append(self._patience.now())
