"""What Short.io's statistics ask of ours."""

from datetime import UTC, datetime
from typing import Any

from google.protobuf import json_format

from gateway.compat.shortio.statistics import parse, queries
from linkmeter.analytics.v1 import stats_service_pb2 as stats
from linkmeter.compat.shortio.v2 import statistics_pb2

NOW = datetime(2020, 5, 8, 15, 30, tzinfo=UTC)
LINK = queries.of_link(7)
DOMAIN = queries.of_domain("sho.rt")


def options(**json: Any) -> statistics_pb2.StatisticsOptions:
    return json_format.ParseDict(json, statistics_pb2.StatisticsOptions())


def statistics_query(**json: Any) -> parse.StatisticsQuery:
    return parse.statistics_query(options(**json), NOW)


def top(scope: stats.Filter, **json: Any) -> stats.QueryStatsRequest:
    query = queries.top(scope, statistics_query(**json), parse.top_query(options(**json)))
    assert query is not None
    return query


def test_breakdowns_count_people_and_only_what_is_known() -> None:
    """In the seed's example they sum up to the human clicks."""
    query = queries.statistics(LINK, statistics_query(), queries.LINK_BREAKDOWNS)
    assert [list(report.dimensions) for report in query.reports[2:]] == [[item] for item in queries.LINK_BREAKDOWNS]
    for report in query.reports[2:]:
        assert list(report.metrics) == [stats.METRIC_HUMAN_CLICKS]
        assert report.filters[0] == stats.Filter(dimension=report.dimensions[0], values=[""], negated=True)
    assert list(query.reports[0].metrics) == [stats.METRIC_CLICKS, stats.METRIC_HUMAN_CLICKS]


def test_skipped_breakdowns_are_not_asked_for() -> None:
    """They would cost for nothing."""
    assert len(queries.statistics(LINK, statistics_query(skipTops=True), queries.LINK_BREAKDOWNS).reports) == 2


def test_total_and_custom_have_nothing_to_compare_with() -> None:
    """All others have a period before."""
    assert queries.previous(LINK, statistics_query(period="total")) is None
    assert queries.previous(LINK, statistics_query(period="custom", startDate="2020-05-01")) is None
    assert queries.previous(LINK, statistics_query(period="today")) is not None


def test_orphan_visits_count_only_where_statuses_are_the_matter() -> None:
    """And never in the statistics of a link."""
    assert not queries.chart(DOMAIN, statistics_query()).with_orphans
    assert queries.chart(DOMAIN, statistics_query(include={"statuses": [404]})).with_orphans
    assert not queries.chart(LINK, statistics_query(include={"statuses": [404]})).with_orphans
    assert top(DOMAIN, column="st").with_orphans
    assert top(DOMAIN, column="path_404").with_orphans
    assert not top(DOMAIN, column="path").with_orphans
    assert not top(LINK, column="st").with_orphans


def test_paths_that_were_not_found_have_the_status() -> None:
    """path_404 is path under a condition."""
    assert (
        stats.Filter(dimension=stats.DIMENSION_HTTP_STATUS, values=["404"])
        in top(DOMAIN, column="path_404").reports[0].filters
    )


def test_a_prefix_is_a_filter_of_the_column() -> None:
    """On the values themselves."""
    expected = stats.Filter(dimension=stats.DIMENSION_BROWSER, values=["Chr"], prefix=True)
    assert expected in top(DOMAIN, column="browser", prefix="Chr").reports[0].filters


def test_columns_without_values_ask_nothing() -> None:
    """There are no goals here."""
    assert queries.top(DOMAIN, statistics_query(), parse.top_query(options(column="goal_completed"))) is None


def test_top_by_interval_asks_for_the_found_values_bucket_by_bucket() -> None:
    """Other conditions stay."""
    first = top(DOMAIN, column="browser", prefix="C", clicksChartInterval="week")
    query = queries.top_by_interval(first, statistics_query(clicksChartInterval="week"), ["Chrome"])
    buckets, values = query.reports
    assert buckets.bucket == values.bucket == stats.BUCKET_WEEK
    assert not buckets.dimensions
    assert stats.Filter(dimension=stats.DIMENSION_BROWSER, values=["Chrome"]) in values.filters
    assert len(values.filters) == 2
    assert len(first.reports) == 1


def test_bounds_that_leave_nothing_make_an_interval_without_length() -> None:
    """Analytics refuses intervals that end before they start."""
    asked = parse.clickstream_query(options(afterDate="2020-05-02", beforeDate="2020-05-01"), NOW)
    query = queries.last_clicks("sho.rt", asked)
    assert query.interval.start_time == query.interval.end_time


def test_the_clickstream_has_orphan_visits() -> None:
    """They are visits of the domain, with their status."""
    query = queries.last_clicks(
        "sho.rt", parse.clickstream_query(options(exclude={"dt": ["2020-05-01", "2020-05-02"]}), NOW)
    )
    assert query.with_orphans
    assert query.filters[0] == DOMAIN
    assert len(query.excluded_intervals) == 1
