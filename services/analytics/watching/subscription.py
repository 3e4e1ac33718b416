"""What waits for one watcher: the clicks of its audience that came since it last looked, as many as may wait."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.analytics.domain.position import Position
from services.analytics.domain.query import Audience
from services.analytics.watching.stored_click import StoredClick


@dataclass(frozen=True, slots=True)
class Taken:
    """What had come."""

    clicks: Sequence[StoredClick]
    # Behind these clicks.
    position: Position


class Overrun(Exception):
    """More came than may wait: what did has been let go, and is to be read again."""


class Subscription:
    """Filled by the hub, emptied by one watcher."""

    def __init__(self, audience: Audience, position: Position, *, most: int) -> None:
        self.audience = audience
        self._position = position
        self._most = most
        self._clicks: list[StoredClick] = []
        self._is_overrun = False
        self._problem: Exception | None = None
        self._something = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many clicks wait."""
        return len(self._clicks)

    def is_meant(self, click: StoredClick) -> bool:
        """Say whether a click is one of the audience's."""
        owner_id, link_id = self.audience.owner_id, self.audience.link_id
        return (not owner_id or click.fields["owner_id"] == owner_id) and (
            not link_id or click.fields["link_id"] == link_id
        )

    def add(self, clicks: Sequence[StoredClick], position: Position, room: int) -> None:
        """Let clicks wait that lead to a position, unless they are more than there is room for in all."""
        if self._is_overrun:
            self._position = position
        elif len(clicks) > min(self._most - len(self._clicks), room):
            self.overrun(position)
        else:
            self._position = position
            self._clicks += clicks
            if clicks:
                self._something.set()

    def overrun(self, position: Position) -> None:
        """Let go of what waits and of what leads to a position: the watcher has to read it for itself."""
        self._position = position
        self._clicks = []
        self._is_overrun = True
        self._something.set()

    def fail(self, problem: Exception) -> None:
        """Tell the watcher of an error."""
        self._problem = problem
        self._something.set()

    def nudge(self) -> None:
        """Have the watcher look, though there may be no click."""
        self._something.set()

    async def news(self, seconds: float) -> None:
        """Wait until there is something, at most so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._something.wait()
        except TimeoutError:
            return

    def begin_again(self) -> Position:
        """Let clicks wait again, and return the position from which on they do."""
        self._clicks = []
        self._is_overrun = False
        return self._position

    def take(self) -> Taken:
        """Return what waits; raise Overrun when it was too much, or the error that the hub met."""
        self._something.clear()
        if self._problem:
            raise self._problem
        if self._is_overrun:
            raise Overrun
        clicks, self._clicks = self._clicks, []
        return Taken(clicks, self._position)
