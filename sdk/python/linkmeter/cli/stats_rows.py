"""Statistics as data: one JSON object, or a row for each number's place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from linkmeter.cli.context import Cli
from linkmeter.cli.exits import MisuseError
from linkmeter.cli.output import Fields, Format, Row, json_text
from linkmeter.cli.selecting import When
from linkmeter.resources.conditions import Dimension
from linkmeter.resources.reports import Bucket, Metric, Table

TOTALS: Final[tuple[Metric, ...]] = ("clicks", "human_clicks", "visitors")
COUNTS: Final[tuple[Metric, ...]] = ("clicks", "human_clicks")
# A row is a number's place: of the total, of the previous period, of a step of the series, or of a dimension's value.
FIELDS: Final = Fields(("report", "time", "value", "label", *TOTALS))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: tables of the period, and the totals of the one before, if they were asked for."""

    when: When
    bucket: Bucket
    totals: Table
    series: Table
    breakdowns: Sequence[Table]
    previous: Table | None


def write(cli: Cli, title: str, answer: Answer) -> None:
    """Write statistics in the format for programs that was asked for."""
    if cli.out.format is Format.JSON:
        if cli.out.columns:
            raise MisuseError("--columns is about rows: statistics as JSON are one object; choose jsonl or csv")
        cli.out.line(json_text(_object(title, answer), indent=2))
    else:
        cli.out.many(_rows(answer), FIELDS)


def dimension_of(table: Table) -> Dimension:
    """Return the name of the dimension that a breakdown is by."""
    return table.report.dimensions[0]


def _object(title: str, answer: Answer) -> dict[str, Any]:
    start, end = answer.totals.interval
    return {
        "title": title,
        "interval": {"start_time": start, "end_time": end},
        "time_zone": answer.when.zone_name,
        "count_definition": answer.totals.count_definition,
        "first_click_time": answer.totals.first_click_time,
        "last_click_time": answer.totals.last_click_time,
        "raw_since_time": answer.totals.raw_since_time,
        "totals": dict(answer.totals.total),
        "previous": _previous(answer),
        "bucket": answer.bucket,
        "series": [{"time": row.time, **row.metrics} for row in answer.series.rows],
        "breakdowns": {
            dimension_of(table): [
                {"value": value, "label": label, **row.metrics}
                for row in table.rows
                for value, label in [_names(table, row)]
            ]
            for table in answer.breakdowns
        },
    }


def _previous(answer: Answer) -> dict[str, Any] | None:
    if answer.previous is None:
        return None
    start, end = answer.previous.interval
    return {"interval": {"start_time": start, "end_time": end}, "totals": dict(answer.previous.total)}


def _rows(answer: Answer) -> Iterator[Row]:
    yield {"report": "total", "time": answer.totals.interval.start, **_numbers(answer.totals.total)}
    if answer.previous is not None:
        yield {"report": "previous", "time": answer.previous.interval.start, **_numbers(answer.previous.total)}
    for row in answer.series.rows:
        yield {"report": answer.bucket, "time": row.time, **_numbers(row.metrics)}
    for table in answer.breakdowns:
        for row in table.rows:
            value, label = _names(table, row)
            yield {"report": dimension_of(table), "value": value, "label": label, **_numbers(row.metrics)}


def _names(table: Table, row: Any) -> tuple[str, str]:
    name = dimension_of(table)
    return row.dimensions[name], row.labels[name]


def _numbers(metrics: Mapping[Metric, int]) -> dict[str, int]:
    return {str(name): number for name, number in metrics.items()}
