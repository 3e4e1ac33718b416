"""`linkmeter clicks`: clicks one by one."""

import itertools
from typing import Annotated, Final

import typer

from linkmeter.cli import naming, rows, selecting
from linkmeter.cli.context import Cli
from linkmeter.cli.groups import Group

_USUAL_LIMIT: Final = 50
_LARGEST_PAGE: Final = 1000


def add_to(app: Group) -> None:
    """Add the command to the program."""
    app.command("clicks")(clicks)


def clicks(
    cli: Cli,
    *,
    name: selecting.OptionalLink = None,
    last: selecting.LastOption = "",
    since: selecting.SinceOption = "",
    until: selecting.UntilOption = "",
    zone: selecting.ZoneOption = "",
    where: selecting.FilterOption = None,
    people: Annotated[bool, typer.Option("--people", help="Only those of people: no bots, no previews.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", help="How many at most.", min=1)] = _USUAL_LIMIT,
    everything: Annotated[bool, typer.Option("--all", "-a", help="All of them.")] = False,
) -> None:
    """List clicks, newest first."""
    filters = selecting.filters(where or [])
    period = selecting.when(cli, last=last, since=since, until=until, zone=zone).period
    found = iter(
        cli.client.clicks.list(
            link_id=naming.find_id(cli, name) if name else 0,
            interval=(period.start, period.end) if period else None,
            human_only=people,
            filters=filters,
            page_size=_LARGEST_PAGE if everything else min(limit + 1, _LARGEST_PAGE),
        )
    )
    shown = found if everything else itertools.islice(found, limit)
    tracked = cli.tracked(map(rows.click, shown), "Reading clicks", unit="clicks")
    cli.out.many(tracked, rows.CLICK, empty="No clicks.")
    if not everything and next(found, None) is not None:
        cli.say(f"There are more than {limit}: --limit, or --all.")
