"""`linkmeter tail`: clicks as they happen."""

import contextlib
import hashlib
import json
from collections.abc import Generator, Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, Any, Final

import platformdirs
import typer

from linkmeter import Click, errors
from linkmeter.cli import naming, private_files, rows, selecting
from linkmeter.cli.context import Cli
from linkmeter.cli.exits import CommandError
from linkmeter.cli.groups import Group
from linkmeter.cli.output import Row
from linkmeter.resources.conditions import Filter
from linkmeter.watching import Batch

_USUAL_LINES: Final = 10
# Long enough for a server that is upgraded.
_PATIENCE_SECONDS: Final = 600.0


def add_to(app: Group) -> None:
    """Add the command to the program."""
    app.command("tail")(tail)


def tail(
    cli: Cli,
    *,
    name: selecting.OptionalLink = None,
    where: selecting.FilterOption = None,
    people: Annotated[bool, typer.Option("--people", help="Only those of people: no bots, no previews.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", help="So many of the last come first.", min=0, max=1000)] = (
        _USUAL_LINES
    ),
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where the last tail of the same clicks ended, in the last 24 hours.")
    ] = False,
    count: Annotated[
        int | None, typer.Option("--count", "-c", help="End after so many. Default: never.", min=1)
    ] = None,
) -> None:
    """Show clicks as they happen, each once, until Ctrl-C.

    A connection that breaks is taken up again where it broke. With --resume so is a tail that was ended.
    """
    filters = selecting.filters(where or [])
    link_id = naming.find_id(cli, name) if name else 0
    asked = _Asked(cli, link_id, people, filters)
    clicks = asked.resumed() if resume else asked.after_the_last(lines)
    with contextlib.closing(clicks):
        cli.out.live(islice(clicks, count), rows.CLICK)


class _Asked:
    """Which clicks are watched, and the file that remembers how far they were shown."""

    def __init__(self, cli: Cli, link_id: int, people: bool, filters: list[Filter]) -> None:
        self._cli = cli
        self._which: dict[str, Any] = {"link_id": link_id, "human_only": people, "filters": filters}
        question = f"{cli.server.profile_name} {cli.server.url} {self._which}"
        folder = platformdirs.user_state_path("linkmeter", appauthor=False)
        self._file: Path = folder / "tail" / hashlib.sha256(question.encode()).hexdigest()[:16]

    def resumed(self) -> Generator[Row, None, None]:
        """Yield the clicks behind those that were shown last. CommandError: there is no such place any more."""
        kept = private_files.read(self._file)
        if not kept:
            raise CommandError("no tail of these clicks was ended here: leave out --resume")
        place = json.loads(kept)
        watched = self._cli.client.clicks.watch(
            **self._which, resume_token=place["resume_token"], patience=_PATIENCE_SECONDS
        )
        try:
            yield from self._shown(watched.batches(), place["resume_token"], frozenset(place["shown"]))
        except errors.FailedPrecondition as problem:
            raise CommandError("that was more than 24 hours ago: leave out --resume") from problem

    def after_the_last(self, lines: int) -> Generator[Row, None, None]:
        """Yield the last clicks, oldest first, and then those that come, none of them twice."""
        # The place is taken before the last clicks are read, so that none falls between both.
        batches = iter(self._cli.client.clicks.watch(**self._which, patience=_PATIENCE_SECONDS).batches())
        first = next(batches)
        last = list(islice(self._cli.client.clicks.list(**self._which, page_size=max(lines, 1)), lines))
        known = frozenset(click.click_id for click in last)
        self._keep(first.resume_token, known)
        yield from map(rows.click, reversed(last))
        yield from self._shown(chain([first], batches), first.resume_token, known)

    def _shown(self, batches: Iterable[Batch[Click]], place: str, known: frozenset[str]) -> Iterator[Row]:
        """Yield clicks that are not known yet, and keep how far that came, also where it ends within a batch."""
        shown: set[str] = set()
        try:
            for batch in batches:
                for click in batch.items:
                    if click.click_id not in known:
                        shown.add(click.click_id)
                        yield rows.click(click)
                place = batch.resume_token
                # What was shown before a place does not come again behind it.
                shown.clear()
                self._keep(place, known)
        finally:
            self._keep(place, known | shown)

    def _keep(self, place: str, shown: AbstractSet[str]) -> None:
        # Who cannot keep the place can still watch.
        with contextlib.suppress(CommandError):
            private_files.write(self._file, json.dumps({"resume_token": place, "shown": sorted(shown)}), durable=False)
