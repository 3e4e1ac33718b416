"""Statistics for people: totals with what changed, a chart, and breakdowns as bars."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from rich.columns import Columns
from rich.console import RenderableType
from rich.table import Table as Drawn
from rich.text import Text

from linkmeter import errors
from linkmeter.cli import chart
from linkmeter.cli.context import Cli
from linkmeter.cli.stats_rows import TOTALS, Answer, dimension_of
from linkmeter.cli.text import for_terminal
from linkmeter.resources.reports import Metric, Table

_WORDS: Final[Mapping[str, str]] = {"clicks": "clicks", "human_clicks": "by people", "visitors": "visitors"}
# What an empty value of a dimension means.
_NONE: Final[Mapping[str, str]] = {"referrer_host": "direct", "referrer": "direct", "referrer_origin": "direct"}
_BAR_WIDTH: Final = 12
_LONGEST_VALUE: Final = 28
_WIDEST: Final = 120
_DATES: Final[Mapping[str, str]] = {"minute": "%H:%M", "ten_minutes": "%H:%M", "hour": "%m-%d %H:%M", "month": "%Y-%m"}
_DAY: Final = "%Y-%m-%d"


def show(cli: Cli, title: str, answer: Answer) -> None:
    """Write statistics to the terminal."""
    out = cli.out
    fine = "utf" in out.console.encoding.lower()
    out.show(Text(for_terminal(title), style="bold"))
    out.show(Text(_interval(answer), style="dim"))
    out.show("")
    out.show(_totals(answer))
    if not answer.totals.total["clicks"]:
        return
    out.show("")
    out.show(_chart(answer, min(out.console.width, _WIDEST), fine=fine))
    names = _link_names(cli, answer)
    out.show("")
    out.show(
        Columns([_breakdown(table, names, fine=fine) for table in answer.breakdowns if table.rows], padding=(1, 4))
    )
    if answer.totals.raw_since_time:
        cli.say(f"Visitors are counted from {answer.totals.raw_since_time.astimezone(answer.when.zone):%Y-%m-%d} on.")


def _interval(answer: Answer) -> str:
    start, end = answer.totals.interval
    if start is None or end is None:
        return "no clicks yet"
    zone = answer.when.zone
    return f"{start.astimezone(zone):%Y-%m-%d %H:%M} to {end.astimezone(zone):%Y-%m-%d %H:%M} ({answer.when.zone_name})"


def _totals(answer: Answer) -> RenderableType:
    drawn = Drawn.grid(padding=(0, 3, 0, 0))
    before = answer.previous.total if answer.previous is not None else None
    numbers = [Text(f"{answer.totals.total[metric]:,}", style="bold") for metric in TOTALS]
    drawn.add_row(*numbers)
    drawn.add_row(*(_WORDS[metric] for metric in TOTALS))
    if before is not None:
        drawn.add_row(*(_change(answer.totals.total, before, metric) for metric in TOTALS))
    return drawn


def _change(now: Mapping[Metric, int], before: Mapping[Metric, int], metric: Metric) -> Text:
    was = before[metric]
    if not was:
        return Text(f"before: {was}", style="dim")
    change = 100 * (now[metric] - was) / was
    return Text(f"{change:+,.0f} % (before: {was:,})", style="green" if change >= 0 else "red")


def _chart(answer: Answer, width: int, *, fine: bool) -> Text:
    counts = [row["clicks"] for row in answer.series.rows]
    form = _DATES.get(answer.bucket, _DAY)
    labels = [_local(row.time, answer, form) for row in answer.series.rows]
    lines, together = chart.columns(counts, labels, width, fine=fine)
    step = answer.bucket.replace("_", " ")
    name = f"clicks by {step}" if together == 1 else f"clicks, a column for {together} {step.removesuffix('s')}s"
    return Text("\n".join([name, *lines]))


def _local(time: datetime | None, answer: Answer, form: str) -> str:
    return f"{time.astimezone(answer.when.zone):{form}}" if time else ""


def _breakdown(table: Table, names: Mapping[str, str], *, fine: bool) -> RenderableType:
    dimension = dimension_of(table)
    drawn = Drawn(box=None, pad_edge=False, title=dimension.replace("_", " "), title_justify="left", show_header=False)
    drawn.title_style = "bold"
    drawn.add_column(no_wrap=True, max_width=_LONGEST_VALUE)
    drawn.add_column(justify="right", no_wrap=True)
    drawn.add_column(no_wrap=True, width=_BAR_WIDTH)
    greatest = max(row["clicks"] for row in table.rows)
    for row in table.rows:
        value, label = row.dimensions[dimension], row.labels[dimension]
        words = names.get(value, label) if dimension == "link" else label or _NONE.get(dimension, "unknown")
        bar = chart.bar(row["clicks"], greatest, _BAR_WIDTH, fine=fine)
        drawn.add_row(Text(for_terminal(words), overflow="ellipsis"), f"{row['clicks']:,}", Text(bar, style="cyan"))
    return drawn


def _link_names(cli: Cli, answer: Answer) -> Mapping[str, str]:
    """Return short URLs by link id, of those that a breakdown by link shows; a deleted link has none."""
    ids = [row.dimensions["link"] for table in answer.breakdowns if dimension_of(table) == "link" for row in table.rows]
    return _short_urls(cli, ids)


def _short_urls(cli: Cli, ids: Sequence[str]) -> Mapping[str, str]:
    found = {}
    for link_id in ids:
        try:
            found[link_id] = cli.client.links.get(int(link_id)).short_url.partition("://")[2]
        except errors.LinkmeterError:
            found[link_id] = f"id:{link_id}"
    return found
