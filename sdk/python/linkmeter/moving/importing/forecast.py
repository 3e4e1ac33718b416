"""Say of clicks what would become of them, without storing any."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from linkmeter.moving.exporting.batches import batches_of
from linkmeter.moving.importing.batch_sizes import MOST_CLICKS, in_requests
from linkmeter.moving.importing.conversion import imported_click, is_absurd
from linkmeter.moving.importing.server import ImportServer
from linkmeter.moving.importing.state import State
from linkmeter.moving.importing.tally import Tally
from linkmeter.moving.origin import OriginClick, Problem


class ClickForecast:
    """Tells by the plan of the links; where the origin has none, the server tells, which knows the account's links."""

    def __init__(
        self, *, server: ImportServer, import_id: int, state: State, domain_for: Callable[[str], str], now: datetime
    ) -> None:
        self._server = server
        self._import_id = import_id
        self._state = state
        self._domain_for = domain_for
        self._now = now
        self.unreadable = Tally()
        self.set_aside = Tally()
        self.stored = 0

    def read(self, clicks: Iterable[OriginClick | Problem], advance: Callable[[int], None]) -> int:
        """Read all clicks and return how many there are."""
        fault_of = self._faults_by_plan if self._state.has_links() else self._faults_by_server
        count = 0
        for batch in batches_of(self._readable(clicks), MOST_CLICKS):
            for click, fault in zip(batch, fault_of(batch), strict=True):
                if fault:
                    self.set_aside.add(fault, click.place)
                else:
                    self.stored += 1
            count += len(batch)
            advance(len(batch))
        return count

    def _readable(self, clicks: Iterable[OriginClick | Problem]) -> Iterator[OriginClick]:
        for click in clicks:
            if isinstance(click, Problem):
                self.unreadable.add(click.reason, click.place, click.message)
            else:
                yield click

    def _faults_by_plan(self, clicks: list[OriginClick]) -> Iterator[str]:
        """Yield why each click would be set aside; empty when it would be stored."""
        for click in clicks:
            # A link that is still to be created has no id, but a place in the plan.
            if not self._state.is_planned(click.domain, click.code):
                yield "NO_LINK"
            else:
                yield "ABSURD_TIME" if is_absurd(click.time, self._now) else ""

    def _faults_by_server(self, clicks: list[OriginClick]) -> Iterator[str]:
        messages = [
            imported_click(click, number, domain=self._domain_for(click.domain))
            for number, click in enumerate(clicks, 1)
        ]
        faults: dict[int, str] = {}
        for batch in in_requests(messages):
            answer = self._server.import_clicks(self._import_id, batch, validate_only=True)
            faults |= {click.sequence: click.reason.upper() for click in answer.set_aside}
        return (faults.get(number, "") for number in range(1, len(clicks) + 1))
