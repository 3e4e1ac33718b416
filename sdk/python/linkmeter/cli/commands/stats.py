"""`linkmeter stats`: what became of a link, or of the whole account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

import typer

from linkmeter.cli import naming, selecting, stats_page, stats_rows
from linkmeter.cli.context import Cli
from linkmeter.cli.groups import Group
from linkmeter.cli.selecting import When
from linkmeter.resources.conditions import Dimension, Filter
from linkmeter.resources.reports import Bucket, Report, Table

_USUAL: Final = "30d"
_USUAL_DIMENSIONS: Final = "country,referrer_host,browser,os,device_type"
# Of an account also which links they were.
_ACCOUNT_DIMENSIONS: Final = f"link,{_USUAL_DIMENSIONS}"


def add_to(app: Group) -> None:
    """Add the command to the program."""
    app.command("stats")(stats)


def stats(
    cli: Cli,
    *,
    name: selecting.OptionalLink = None,
    last: selecting.LastOption = "",
    since: selecting.SinceOption = "",
    until: selecting.UntilOption = "",
    zone: selecting.ZoneOption = "",
    where: selecting.FilterOption = None,
    bucket: Annotated[
        Literal["minute", "ten_minutes", "hour", "day", "week", "month"] | None,
        typer.Option("--bucket", "-b", help="The steps of the series. Default: as fits.", show_default=False),
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            "--by", help="Break down by these dimensions, joined by commas; '' by none.", metavar="DIMENSIONS"
        ),
    ] = "usual",
    limit: Annotated[int, typer.Option("--limit", "-n", help="Rows of each breakdown.", min=1, max=1000)] = 10,
    compare: Annotated[
        bool, typer.Option("--compare/--no-compare", help="Whether to ask for the period before, too.")
    ] = True,
) -> None:
    """Show statistics: totals, clicks over time, breakdowns, and how the period before was.

    Default: the last 30 days, whole days but for today. --last all is all of time.
    """
    filters = selecting.filters(where or [])
    when = selecting.when(cli, last=last, since=since, until=until, zone=zone, default=_USUAL)
    link = naming.find(cli, name) if name else None
    usual = _USUAL_DIMENSIONS if link else _ACCOUNT_DIMENSIONS
    names = [selecting.dimension(one.strip()) for one in (usual if by == "usual" else by).split(",") if one.strip()]
    question = _Question(cli, link.link_id if link else None, filters, when)
    title = link.short_url if link else f"All links at {cli.server.url}"
    answer = question.ask(names, limit, bucket, compare=compare)
    if cli.out.is_table:
        stats_page.show(cli, title, answer)
    else:
        stats_rows.write(cli, title, answer)


@dataclass(frozen=True, slots=True)
class _Question:
    """Statistics that are asked for: of what, and when."""

    cli: Cli
    link_id: int | None
    filters: Sequence[Filter]
    when: When

    def ask(
        self, dimensions: Sequence[Dimension], limit: int, bucket: Bucket | None, *, compare: bool
    ) -> stats_rows.Answer:
        """Ask the server; everything of the period itself is of one moment."""
        period = self.when.period
        interval = (period.start, period.end) if period else None
        step = bucket or _fitting(*(interval or self._first_and_last()))
        totals, series, *breakdowns = self._tables(
            interval,
            [
                Report(metrics=stats_rows.TOTALS),
                Report(metrics=stats_rows.COUNTS, bucket=step),
                *(Report(metrics=stats_rows.COUNTS, dimensions=[one], limit=limit) for one in dimensions),
            ],
        )
        previous = None
        if compare and period:
            previous = self._tables(period.previous, [Report(metrics=stats_rows.TOTALS)])[0]
        return stats_rows.Answer(self.when, step, totals, series, breakdowns, previous)

    def _first_and_last(self) -> tuple[datetime, datetime]:
        """Return the times between which there are clicks, to choose steps that fit all of time."""
        (table,) = self._tables(None, [Report()])
        return table.first_click_time or self.when.now, self.when.now

    def _tables(self, interval: tuple[datetime, datetime] | None, reports: Sequence[Report]) -> list[Table]:
        return self.cli.client.stats.reports(
            reports,
            link_id=self.link_id,
            filters=self.filters,
            interval=interval,
            time_zone=self.when.zone_name,
        )


def _fitting(start: datetime, end: datetime) -> Bucket:
    """Return steps of which some dozens cover an interval."""
    length = end - start
    steps: tuple[tuple[timedelta, Bucket], ...] = (
        (timedelta(hours=2), "minute"),
        (timedelta(days=3), "hour"),
        (timedelta(days=120), "day"),
        (timedelta(days=730), "week"),
    )
    return next((step for longest, step in steps if length <= longest), "month")
