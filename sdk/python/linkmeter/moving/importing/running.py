"""Run an import: plan, links, clicks; each step goes on where an earlier run was interrupted."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from linkmeter.links.v1 import import_service_pb2
from linkmeter.moving.importing.clicks import FACT_MARK, ClickSender
from linkmeter.moving.importing.forecast import ClickForecast
from linkmeter.moving.importing.links import delete_again, write_links
from linkmeter.moving.importing.options import ImportFailed, ImportOptions
from linkmeter.moving.importing.plan import LinkPlanner, LinkTallies
from linkmeter.moving.importing.report import Clicks, Report
from linkmeter.moving.importing.server import ImportServer
from linkmeter.moving.importing.state import Outcome, State
from linkmeter.moving.origin import Origin

_FACT_KEY: Final = "key"
_FACT_OPTIONS: Final = "options"
_LONGEST_IDENTITY: Final = 512


class Bar(Protocol):
    """Shows how far a step has come."""

    def advance(self, count: int) -> None:
        """Say that so many more are done."""
        ...


# Shows a step, by what is done, how many there are (None: unknown) and what they are.
ShowProgress = Callable[[str, int | None, str], AbstractContextManager[Bar]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """An import that can be run, any number of times."""

    # The product's name, as Import.origin.
    product: str
    origin: Origin
    server: ImportServer
    options: ImportOptions
    # Where the state of an import is kept, by its key; only programs that find it can tell a changed origin.
    state_path: Callable[[str], Path]
    progress: ShowProgress
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def dry_run(self) -> Report:
        """Say what a run would do. Raise OriginError or LinkmeterError when that cannot be told."""
        current = self._begin()
        with closing(State(None)) as state:
            report = self._report(current, is_dry_run=True)
            report.links = self._plan(current, state)
            report.outcomes = state.counts()
            report.is_complete = not report.has_clashes
            if self.options.with_clicks:
                report.clicks = self._forecast(current, state)
            return report

    def run(self) -> Report:
        """Bring everything that is not there yet.

        When links clash and nothing is said about that, nothing is written, and the report says so. Raise ImportFailed,
        OriginError or LinkmeterError when it cannot go on; run it again then.
        """
        current = self._begin()
        key = state_key(current)
        with closing(State(self.state_path(key))) as state:
            self._check_key(state, key)
            self._check_options(state)
            report = self._report(current, is_dry_run=False)
            report.links = self._plan(current, state)
            report.outcomes = state.counts()
            if report.has_clashes:
                return report
            state.note(**{_FACT_KEY: key, _FACT_OPTIONS: self.options.fingerprint()})
            self._write_links(current, state, report)
            if self.options.with_clicks:
                self._send_clicks(current, state, report)
            delete_again(self.server, state)
            self.server.finish(current.import_id)
            report.is_complete = True
            return report

    def _begin(self) -> import_service_pb2.Import:
        return self.server.create(self.product, _short(self.origin.identity))

    def _check_key(self, state: State, key: str) -> None:
        """Raise ImportFailed when the file is another import's: of another origin, account or installation."""
        known = state.fact(_FACT_KEY)
        if known and known != key:
            raise ImportFailed("the state file belongs to another import; say another file, or none")

    def _check_options(self, state: State) -> None:
        """Raise ImportFailed when clicks went to other places than these options would send them."""
        known = state.fact(_FACT_OPTIONS)
        if state.fact(FACT_MARK) and known and known != self.options.fingerprint():
            raise ImportFailed(
                "clicks of this import were brought with other choices of domains and clashes; say the same ones "
                "again, or undo the import and begin anew"
            )

    def _report(self, current: import_service_pb2.Import, *, is_dry_run: bool) -> Report:
        return Report(current.import_id, current.origin, current.origin_identity, is_dry_run)

    def _plan(self, current: import_service_pb2.Import, state: State) -> LinkTallies:
        planner = LinkPlanner(
            server=self.server, import_id=current.import_id, state=state, options=self.options, now=self.now()
        )
        with self.progress("Looking at links", self.origin.count_links(), "links") as bar:
            planner.plan(self.origin.links(), bar.advance)
        return planner.tallies

    def _forecast(self, current: import_service_pb2.Import, state: State) -> Clicks:
        usable = self.server.usable_domains()
        forecast = ClickForecast(
            server=self.server,
            import_id=current.import_id,
            state=state,
            domain_for=lambda domain: self.options.domain_for(domain, usable),
            now=self.now(),
        )
        with self.progress("Looking at clicks", self.origin.count_clicks(), "clicks") as bar:
            read = forecast.read(self.origin.clicks(), bar.advance)
        return Clicks(read, forecast.stored, forecast.set_aside.total, forecast.set_aside, forecast.unreadable)

    def _write_links(self, current: import_service_pb2.Import, state: State, report: Report) -> None:
        total = sum(report.outcomes[outcome] for outcome in (Outcome.CREATE, Outcome.ATTACH, Outcome.SAME))
        with self.progress("Importing links", total, "links") as bar:
            write_links(self.server, current.import_id, state, refused=report.links.refused, advance=bar.advance)
        report.outcomes = state.counts()

    def _send_clicks(self, current: import_service_pb2.Import, state: State, report: Report) -> None:
        usable = self.server.usable_domains()
        with self.progress("Importing clicks", self.origin.count_clicks(), "clicks") as bar:
            sender = ClickSender(
                server=self.server,
                state=state,
                domain_for=lambda domain: self.options.domain_for(domain, usable),
                advance=bar.advance,
            )
            read = sender.send(self.origin.clicks(), current)
        after = self.server.get(current.import_id)
        if after.acknowledged_sequence != read or after.stored_clicks + after.set_aside_clicks != read:
            raise ImportFailed(
                f"the origin has {read} clicks, and of these the server has {after.stored_clicks} stored and "
                f"{after.set_aside_clicks} set aside, up to number {after.acknowledged_sequence}; please report this"
            )
        report.clicks = Clicks(read, after.stored_clicks, after.set_aside_clicks, sender.set_aside, sender.unreadable)


def state_key(current: import_service_pb2.Import) -> str:
    """Return what tells an import from all others, wherever they are.

    Its source does not suffice: accounts of two installations that bring the same origin have the same one, and so has
    an installation that was made anew.
    """
    return f"{current.source}-{current.create_time.ToMicroseconds()}"


def _short(identity: str) -> str:
    """Return an origin's identity as the contract takes it: one line, cut with a digest where it is too long."""
    line = "".join(letter if letter.isprintable() else "?" for letter in identity)
    if len(line) <= _LONGEST_IDENTITY:
        return line
    return f"{line[: _LONGEST_IDENTITY - 65]}#{hashlib.sha256(identity.encode('utf-8', 'replace')).hexdigest()}"
