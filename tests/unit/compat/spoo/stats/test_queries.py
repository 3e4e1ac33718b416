"""What is asked of analytics, and how its rows become rows of this API."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.compat.spoo.stats import parse, queries
from gateway.compat.spoo.stats.queries import Count, Vocabulary
from linkmeter.analytics.v1 import stats_service_pb2 as stats
from linkmeter.compat.spoo.v1 import stats_pb2

NOW = datetime(2025, 1, 3, tzinfo=UTC)


def query(**parameters: Any) -> parse.StatsQuery:
    return parse.stats_query(stats_pb2.StatsRequest(**parameters), NOW)


def result(*rows: tuple[str, int, int]) -> stats.ReportResult:
    return stats.ReportResult(
        rows=[
            stats.StatsRow(dimensions=[stats.DimensionValue(value=value)], metrics=[clicks, visitors])
            for value, clicks, visitors in rows
        ]
    )


def filters(words: Vocabulary | None = None, **parameters: Any) -> list[tuple[str, list[str]]]:
    asked = queries.filters(query(**parameters), words or Vocabulary())
    return [(stats.Dimension.Name(item.dimension), list(item.values)) for item in asked]


def test_the_end_is_counted_too() -> None:
    """Ours is not, so it is the next microsecond."""
    asked = queries.request(query(start_date="2025-01-01", end_date="2025-01-02"), [])
    assert asked.interval.start_time.ToDatetime(UTC) == datetime(2025, 1, 1, tzinfo=UTC)
    assert asked.interval.end_time.ToDatetime(UTC) == datetime(2025, 1, 2, microsecond=1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "bucket"),
    [
        (0.5, stats.BUCKET_TEN_MINUTES),
        (1, stats.BUCKET_TEN_MINUTES),
        (1.01, stats.BUCKET_HOUR),
        (24, stats.BUCKET_HOUR),
        (24.01, stats.BUCKET_DAY),
        (24 * 90, stats.BUCKET_DAY),
    ],
)
def test_steps_follow_the_length_of_the_period(hours: float, bucket: stats.Bucket.ValueType) -> None:
    """Ten minutes up to an hour, hours up to a day, else days."""
    asked = queries.request(query(start_date=(NOW - timedelta(hours=hours)).isoformat()), [])
    assert asked.reports[1].bucket == bucket


def test_a_dimension_that_is_named_twice_is_asked_for_once() -> None:
    """The answer has one list of it."""
    parsed = query(group_by=["os,time,os"])
    assert queries.groups(parsed) == ("os", "time")
    assert len(queries.request(parsed, []).reports) == 3


@pytest.mark.parametrize(
    ("name", "value", "missing"),
    [
        ("browser", "", "Unknown"),
        ("os", "", "Unknown"),
        ("country", "", "XX"),
        ("city", "", "Unknown"),
        ("referrer", "", "Direct"),
        ("device", "", "unknown"),
        ("utm_source", "", "(none)"),
        ("short_code", "xn--4n8ha", "🐍🐍"),
        ("referrer", "www.news.example.co.uk", "example.co.uk"),
    ],
)
def test_labels(name: str, value: str, missing: str) -> None:
    """What is unknown has a name of its own; a referrer is its registered domain."""
    assert queries.counts(name, result((value, 3, 2))) == [Count(missing, 3, 2, frozenset([value]))]


def test_hosts_of_one_site_are_one_row() -> None:
    """Most clicks first."""
    rows = queries.counts("referrer", result(("t.co", 4, 0), ("www.example.com", 3, 0), ("m.example.com", 2, 0)))
    assert [(row.label, row.clicks, row.is_summed) for row in rows] == [("example.com", 5, True), ("t.co", 4, False)]


def test_visitors_of_values_that_are_merged_are_asked_for_afterwards() -> None:
    """Those of each sum anew, since who is in two rows counts once; those of single values together."""
    single = Count("t.co", 4, 0, frozenset(["t.co"])), Count("Direct", 2, 0, frozenset([""]))
    summed = Count("example.com", 5, 0, frozenset(["www.example.com", "m.example.com"]), is_summed=True)
    os_count = Count("iOS", 3, 2, frozenset(["iOS"]))
    groups = queries.without_visitors({"os": [os_count], "referrer": [summed, *single], "time": [os_count]})
    assert groups == [("referrer", single), ("referrer", (summed,))]
    asked = queries.visitors_request(query(), [], groups)
    assert [(list(each.dimensions), list(each.filters[0].values)) for each in asked.reports] == [
        ([stats.DIMENSION_REFERRER_HOST], ["", "t.co"]),
        ([], ["m.example.com", "www.example.com"]),
    ]
    assert queries.visitors(single, result(("t.co", 3, 0))) == [replace(single[0], visitors=3), single[1]]
    answered = stats.ReportResult(rows=[stats.StatsRow(metrics=[4])])
    assert queries.visitors((summed,), answered) == [replace(summed, visitors=4)]


def test_visitors_of_the_many_values_that_are_merged_are_not_asked_for_at_first() -> None:
    """Most of them are not shown."""
    reports = queries.request(query(group_by=["time,os,referrer"], metrics=["clicks,unique_clicks"]), []).reports
    assert [stats.METRIC_VISITORS in report.metrics for report in reports] == [True, True, True, False]


def test_cities_of_one_name_are_one_row() -> None:
    """Two rows, one value: that is a sum, too."""
    rows = queries.counts("city", result(("Columbus", 2, 2), ("Columbus", 1, 1), ("Athens", 1, 1)))
    assert [(row.label, row.clicks, row.is_summed) for row in rows] == [("Columbus", 3, True), ("Athens", 1, False)]


@pytest.mark.parametrize(("name", "most"), [("browser", 20), ("country", 50), ("referrer", 30), ("short_code", 100)])
def test_lists_end_where_the_real_ones_end(name: str, most: int) -> None:
    """Each dimension has its longest list."""
    rows = result(*((f"host{number}.example", 1, 1) for number in range(200)))
    assert len(queries.counts(name, rows)) == most


def test_words_for_nothing_filter_what_is_empty() -> None:
    """They can be filtered by like any value."""
    assert filters(referrer=["Direct"]) == [("DIMENSION_REFERRER_HOST", [""])]
    assert filters(country=["XX,US"]) == [("DIMENSION_COUNTRY", ["", "US"])]
    assert filters(browser=["Unknown"]) == [("DIMENSION_BROWSER", [""])]
    assert filters(device=["unknown,mobile"]) == [
        ("DIMENSION_DEVICE_TYPE", ["", "console", "mobile", "other", "tv", "wearable"])
    ]
    assert filters(utm_source=["(none)"]) == [("DIMENSION_UTM_SOURCE", [""])]


def test_macos_is_mac_os_x() -> None:
    """The documentation says the one, agents the other."""
    assert filters(os=["macOS"]) == filters(os=["Mac OS X"]) == [("DIMENSION_OS", ["Mac OS X"])]


@pytest.mark.parametrize(
    "value", ["https://www.example.com/page?x=1", "example.com", "https://example.com", "EXAMPLE.com"]
)
def test_a_referrer_is_filtered_by_its_site(value: str) -> None:
    """URL or domain: all hosts of the site that occur pass."""
    words = Vocabulary(hosts=("", "m.example.com", "example.org", "www.example.com"))
    ((_, values),) = filters(words, referrer=[value])
    assert {"m.example.com", "www.example.com"} <= set(values)
    assert not {"", "example.org"} & set(values)


def test_countries_are_filtered_by_code_and_by_name() -> None:
    """The documentation says codes, the real service names: both."""
    words = Vocabulary(countries={"Germany": "DE", "United States": "US"})
    assert filters(words, country=["Germany,FR"]) == [("DIMENSION_COUNTRY", ["DE", "FR"])]


def test_only_foreign_words_need_a_look_at_what_occurs() -> None:
    """Most questions are asked at once."""
    assert not queries.needs_vocabulary(query(country=["US,XX"], referrer=["Direct"], os=["macOS"]))
    assert queries.needs_vocabulary(query(country=["Germany"]))
    assert queries.needs_vocabulary(query(referrer=["example.com"]))


def test_links_are_filtered_by_their_ids() -> None:
    """An id that no link has passes no click; an empty filter passes all."""
    assert filters(url_id=["00000000000000000000002a"]) == [("DIMENSION_LINK", ["42"])]
    ((_, nobody),) = filters(url_id=["nonsense"])
    assert nobody == [str(2**63 - 1)]
    assert filters(filters='{"url_id": []}') == []


def test_devices_that_this_api_has_no_word_for_are_unknown() -> None:
    """Televisions, consoles and wearables are one row with what is unknown, and the filter finds them all."""
    row = stats.StatsRow(dimensions=[stats.DimensionValue(value="tv")])
    assert queries.BREAKDOWNS["device"].label(row) == "unknown"
    [(_, values)] = filters(device=["unknown"])
    assert set(values) == {"", "other", "tv", "console", "wearable"}
