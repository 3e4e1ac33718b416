"""From our statistics to Short.io's."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, Struct, Value

from gateway.compat.shortio import ids, moments, values
from gateway.compat.shortio.statistics.columns import Column
from gateway.compat.shortio.statistics.parse import StatisticsQuery
from gateway.compat.shortio.statistics.periods import CUSTOM, Period
from linkmeter.analytics.v1.stats_service_pb2 import DimensionValue, ReportResult, StatsRow
from linkmeter.compat.shortio.v2 import statistics_pb2

_NO_PERIOD_BEFORE: Final = "0"
_FROM_NOTHING: Final = "999.00"
_MILLISECOND: Final = timedelta(milliseconds=1)
_SECOND: Final = timedelta(seconds=1)

Row = dict[str, str | int]


class Totals:
    """Clicks of the first report of a query, by all and by people; 0 without a report."""

    def __init__(self, result: ReportResult | None) -> None:
        metrics = list(result.rows[0].metrics) if result is not None and result.rows else []
        self.clicks, self.human_clicks = [*metrics, 0, 0][:2]


def link_statistics(
    query: StatisticsQuery, results: Sequence[ReportResult], before: ReportResult | None
) -> statistics_pb2.LinkStatistics:
    """Return a link's statistics from the results of queries.statistics and queries.previous."""
    now, then = Totals(results[0]), Totals(before)
    compared = before is not None
    return statistics_pb2.LinkStatistics(
        total_clicks=values.count(now.clicks),
        human_clicks=values.count(now.human_clicks),
        total_clicks_change=_change(now.clicks, then.clicks) if compared else _NO_PERIOD_BEFORE,
        human_clicks_change=_change(now.human_clicks, then.human_clicks) if compared else _NO_PERIOD_BEFORE,
        click_statistics=_chart(results[1]),
        interval=_interval(query.period),
        **_breakdowns(results[2:], _LINK_ROWS),
    )


def domain_statistics(
    query: StatisticsQuery,
    results: Sequence[ReportResult],
    before: ReportResult | None,
    links: int,
    links_before: int,
) -> statistics_pb2.DomainStatistics:
    """Return a domain's statistics, likewise; links are those created in the period and in the one before."""
    now, then = Totals(results[0]), Totals(before)
    return statistics_pb2.DomainStatistics(
        clicks=values.count(now.clicks),
        human_clicks=values.count(now.human_clicks),
        prev_clicks=values.count(then.clicks),
        prev_human_clicks=values.count(then.human_clicks),
        links=values.count(links),
        links_change=_change(links, links_before) if before is not None else _decimal(0),
        links_change_positive=links >= links_before,
        clicks_per_link=_decimal(_ratio(now.clicks, links)),
        clicks_per_link_change=(
            _change(_ratio(now.clicks, links), _ratio(then.clicks, links_before)) if before is not None else _decimal(0)
        ),
        human_clicks_per_link=_decimal(_ratio(now.human_clicks, links)),
        prev_clicks_change=_change(now.clicks, then.clicks) if before is not None else _decimal(0),
        human_clicks_change=_change(now.human_clicks, then.human_clicks) if before is not None else _decimal(0),
        human_clicks_change_positive=now.human_clicks >= then.human_clicks,
        click_statistics=_chart(results[1]),
        interval=_interval(query.period),
        **_breakdowns(results[2:], _DOMAIN_ROWS),
    )


def interval_clicks(result: ReportResult) -> statistics_pb2.IntervalClicks:
    """Return the chart alone, under both of its names."""
    points = _points(result)
    return statistics_pb2.IntervalClicks(clicks_statistics=points, click_statistics=points)


def top_values(column: Column, result: ReportResult) -> list[statistics_pb2.TopValue]:
    """Return the values of a column with most clicks; those without clicks are left out."""
    shown = ((column.show(row.dimensions[0]), row.metrics[0]) for row in result.rows)
    return [
        statistics_pb2.TopValue(score=values.count(clicks), column=value.column, display_name=value.display_name)
        for value, clicks in shown
        if clicks
    ]


def interval_top(column: Column, buckets: ReportResult, result: ReportResult) -> list[statistics_pb2.IntervalTop]:
    """Return the values of a column bucket by bucket; buckets without clicks are there, too."""
    by_bucket: dict[str, list[StatsRow]] = {_bucket_start(row): [] for row in buckets.rows}
    for row in result.rows:
        if row.metrics[0]:
            by_bucket.setdefault(_bucket_start(row), []).append(row)
    return [
        statistics_pb2.IntervalTop(
            date=bucket,
            statistics=[
                statistics_pb2.ColumnScore(column=column.show(row.dimensions[0]).column, score=str(row.metrics[0]))
                for row in sorted(rows, key=lambda row: -row.metrics[0])
            ],
        )
        for bucket, rows in sorted(by_bucket.items())
    ]


def clicks_by_name(names: Sequence[str], clicks: Sequence[int]) -> Struct:
    """Return an object of numbers; there are as many names as clicks."""
    return Struct(fields={name: Value(number_value=number) for name, number in zip(names, clicks, strict=True)})


def paths(result: ReportResult) -> list[statistics_pb2.PopularPath]:
    """Return the paths with most clicks."""
    return [
        statistics_pb2.PopularPath(path=ids.path_of(row.dimensions[0].value), score=values.count(row.metrics[0]))
        for row in result.rows
    ]


def _chart(result: ReportResult) -> statistics_pb2.ClickStatistics:
    return statistics_pb2.ClickStatistics(datasets=[statistics_pb2.Dataset(data=_points(result))])


def _points(result: ReportResult) -> list[statistics_pb2.DatePoint]:
    return [statistics_pb2.DatePoint(x=_bucket_start(row), y=str(row.metrics[0])) for row in result.rows]


def _bucket_start(row: StatsRow) -> str:
    return moments.write(moments.of_timestamp(row.bucket_start_time))


def _interval(period: Period) -> statistics_pb2.PeriodInterval:
    """Return the period: ends of days as Short.io writes them, dates that the client gave as they are."""
    interval, before = period.interval, period.previous
    last = timedelta() if period.name == CUSTOM else _MILLISECOND
    return statistics_pb2.PeriodInterval(
        start_date=_date(interval.start),
        end_date=_date(interval.end - last if interval.end else None),
        prev_start_date=_date(before.start if before else None),
        prev_end_date=_date(before.end - _SECOND if before and before.end else None),
    )


def _date(moment: datetime | None) -> Value:
    return Value(null_value=NULL_VALUE) if moment is None else Value(string_value=moments.write(moment))


def _change(now: float, then: float) -> str:
    """Return how much a number differs from what it was, in percent with two decimals."""
    if then == 0:
        return _FROM_NOTHING if now else _decimal(0)
    return _decimal((now - then) / then * 100)


def _ratio(clicks: int, links: int) -> float:
    return clicks / links if links else 0.0


def _decimal(number: float) -> str:
    return f"{number:.2f}"


def _breakdowns(
    results: Sequence[ReportResult], rows: "dict[str, Callable[[DimensionValue], Row]]"
) -> dict[str, ListValue]:
    """Return the breakdowns by name, most clicks first; none when they were not asked for."""
    return {
        name: _breakdown(result, render)
        for (name, render), result in zip(rows.items(), results, strict=False)
        if results
    }


def _breakdown(result: ReportResult, render: "Callable[[DimensionValue], Row]") -> ListValue:
    rendered = ListValue()
    # A breakdown may have a thousand rows: each field is read once, and Struct.update would take twice as long.
    found = [(row.metrics[0], row.dimensions[0]) for row in result.rows]
    # Ties are in the order of the values; cities, of their ids.
    if any(dimension.geoname_id for _, dimension in found):
        found.sort(key=lambda pair: (-pair[0], str(pair[1].geoname_id or "")))
    for score, dimension in found:
        if score:
            fields = rendered.values.add().struct_value.fields
            fields["score"].number_value = score
            for name, value in render(dimension).items():
                _set(fields[name], value)
    return rendered


def _set(field: Value, value: str | int) -> None:
    if isinstance(value, str):
        field.string_value = value
    else:
        field.number_value = value


def _named(name: str) -> "Callable[[DimensionValue], Row]":
    return lambda value: {name: value.value}


_LINK_ROWS: "Final[dict[str, Callable[[DimensionValue], Row]]]" = {
    "referer": _named("referer"),
    "social": _named("social"),
    "browser": _named("browser"),
    "country": lambda value: {"country": value.value, "countryName": value.label or value.value},
    "city": lambda value: {"city": str(value.geoname_id or ""), "name": value.value},
    "os": _named("os"),
}
_DOMAIN_ROWS: "Final[dict[str, Callable[[DimensionValue], Row]]]" = {
    **_LINK_ROWS,
    # One client reads the host under the name that the clickstream has for it.
    "referer": lambda value: {"referer": value.value, "refhost": value.value},
    "city": lambda value: {"city": value.geoname_id, "name": value.value},
    "utm_medium": _named("utm_medium"),
    "utm_source": _named("utm_source"),
    "utm_campaign": _named("utm_campaign"),
}
