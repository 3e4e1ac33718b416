"""Send calls with patience: a server that is restarted in the middle of a move is waited for."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from linkmeter.client import Client
from linkmeter.errors import DeadlineExceeded, LinkmeterError, RateLimited, Unavailable
from linkmeter.rpc import Call

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a server that does not answer is waited for. Times are in seconds."""

    most: float = 600.0
    first_pause: float = 0.5
    longest_pause: float = 15.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    # Told when waiting begins.
    say: Callable[[str], None] = lambda _: None


class PatientSender:
    """Sends calls that may be repeated. Threads may share it."""

    def __init__(self, client: Client, patience: Patience | None = None) -> None:
        self._client = client
        self._patience = patience or Patience()

    def send(self, call: Call[T]) -> T:
        """Send a call; while the server cannot answer, wait and send it again. Raise what it answers in the end."""
        patience, waiting_since, pause = self._patience, None, self._patience.first_pause
        while True:
            try:
                return self._client.transport.send(call)
            except (Unavailable, DeadlineExceeded, RateLimited) as problem:
                now = patience.clock()
                if waiting_since is None:
                    waiting_since = now
                    patience.say(f"the server cannot take it just now ({problem.message}); waiting")
                if now - waiting_since >= patience.most:
                    raise
                patience.sleep(_pause(problem, pause))
                pause = min(2 * pause, patience.longest_pause)


def _pause(problem: LinkmeterError, pause: float) -> float:
    return pause if problem.retry_after is None else max(pause, problem.retry_after)
