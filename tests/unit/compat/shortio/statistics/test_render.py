"""Statistics as Short.io writes them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.compat.shortio.statistics import columns, parse, periods, render
from gateway.compat.shortio.statistics.clickstream import last_click
from gateway.compat.shortio.statistics.filters import Conditions
from gateway.compat.shortio.statistics.parse import StatisticsQuery
from linkmeter.analytics.v1 import clicks_pb2
from linkmeter.analytics.v1.stats_service_pb2 import BUCKET_DAY, DimensionValue, ReportResult, StatsRow

NOW = datetime(2020, 5, 8, 15, 30, tzinfo=UTC)
UTC_ZONE = parse.TimeZone("UTC", UTC, is_named=False)


def statistics_query(name: str, *, skips_tops: bool = False) -> StatisticsQuery:
    return StatisticsQuery(
        period=periods.named(name, NOW, UTC),
        time_zone=UTC_ZONE,
        bucket=BUCKET_DAY,
        conditions=Conditions(),
        skips_tops=skips_tops,
    )


def report(*rows: tuple[Any, ...]) -> ReportResult:
    """Build a report by one dimension: value and metrics a row; metrics alone for totals."""
    built = []
    for row in rows:
        value = row[0] if isinstance(row[0], DimensionValue) else None
        built.append(StatsRow(dimensions=[value] if value else [], metrics=row[1:] if value else row))
    return ReportResult(rows=built)


def named(text: str) -> DimensionValue:
    return DimensionValue(value=text)


def bucket(moment: datetime, clicks: int, value: str = "") -> StatsRow:
    time = Timestamp()
    time.FromDatetime(moment)
    return StatsRow(bucket_start_time=time, metrics=[clicks], dimensions=[named(value)] if value else [])


def json_of(message: Message) -> dict[str, Any]:
    written: dict[str, Any] = json_format.MessageToDict(message, always_print_fields_with_no_presence=True)
    return written


BREAKDOWNS = (
    report((named("t.co"), 1)),
    report(),
    report((named("Chrome"), 6), (named("Safari"), 1), (named("Nobody"), 0)),
    report((DimensionValue(value="US", label="United States"), 4)),
    report(
        (DimensionValue(value="Boardman", geoname_id=5714964, country="US"), 2),
        (DimensionValue(value="Ashburn", geoname_id=4744870, country="US"), 2),
    ),
    report((named("Windows"), 5)),
)
CHART = ReportResult(rows=[bucket(datetime(2020, 5, 7, tzinfo=UTC), 3), bucket(datetime(2020, 5, 8, tzinfo=UTC), 0)])


def test_link_statistics_have_the_documented_shape() -> None:
    """Counts are numbers, changes and points are text, and total compares with nothing."""
    rendered = json_of(render.link_statistics(statistics_query("total"), [report((42, 8)), CHART, *BREAKDOWNS], None))
    assert rendered == {
        "totalClicks": 42,
        "humanClicks": 8,
        "totalClicksChange": "0",
        "humanClicksChange": "0",
        "clickStatistics": {
            "datasets": [
                {"data": [{"x": "2020-05-07T00:00:00.000Z", "y": "3"}, {"x": "2020-05-08T00:00:00.000Z", "y": "0"}]}
            ]
        },
        "interval": {"startDate": None, "endDate": None, "prevStartDate": None, "prevEndDate": None},
        "referer": [{"score": 1, "referer": "t.co"}],
        "social": [],
        "browser": [{"score": 6, "browser": "Chrome"}, {"score": 1, "browser": "Safari"}],
        "country": [{"score": 4, "country": "US", "countryName": "United States"}],
        "city": [
            {"score": 2, "city": "4744870", "name": "Ashburn"},
            {"score": 2, "city": "5714964", "name": "Boardman"},
        ],
        "os": [{"score": 5, "os": "Windows"}],
    }


def test_skipped_breakdowns_are_absent() -> None:
    """SkipTops leaves them out altogether."""
    rendered = json_of(
        render.link_statistics(statistics_query("total", skips_tops=True), [report((42, 8)), CHART], None)
    )
    assert set(rendered) == {
        "totalClicks",
        "humanClicks",
        "totalClicksChange",
        "humanClicksChange",
        "clickStatistics",
        "interval",
    }


@pytest.mark.parametrize(
    ("now", "then", "change"), [(2, 11, "-81.82"), (3, 0, "999.00"), (0, 0, "0.00"), (3, 2, "50.00"), (0, 7, "-100.00")]
)
def test_changes_are_percentages_with_two_decimals(now: int, then: int, change: str) -> None:
    """From nothing it is 999.00, as the live service says."""
    rendered = render.link_statistics(statistics_query("today"), [report((now, 0)), CHART], report((then, 0)))
    assert rendered.total_clicks_change == change


def test_the_documented_interval_of_today() -> None:
    """Days end a millisecond early, those before a second: so the documentation has them."""
    rendered = json_of(render.link_statistics(statistics_query("today"), [report(), CHART], report()))
    assert rendered["interval"] == {
        "startDate": "2020-05-08T00:00:00.000Z",
        "endDate": "2020-05-08T23:59:59.999Z",
        "prevStartDate": "2020-05-07T00:00:00.000Z",
        "prevEndDate": "2020-05-07T23:59:59.000Z",
    }


def test_domain_statistics_compare_with_the_period_before() -> None:
    """Clicks, links and their ratio."""
    breakdowns = [*BREAKDOWNS, report((named("mail"), 1)), report(), report()]
    rendered = json_of(
        render.domain_statistics(statistics_query("last7"), [report((10, 4)), CHART, *breakdowns], report((5, 5)), 4, 1)
    )
    counts = {name: value for name, value in rendered.items() if not isinstance(value, list | dict)}
    assert counts == {
        "clicks": 10,
        "humanClicks": 4,
        "prevClicks": 5,
        "prevHumanClicks": 5,
        "links": 4,
        "linksChange": "300.00",
        "linksChangePositive": True,
        "clicksPerLink": "2.50",
        "clicksPerLinkChange": "-50.00",
        "humanClicksPerLink": "1.00",
        "prevClicksChange": "100.00",
        "humanClicksChange": "-20.00",
        "humanClicksChangePositive": False,
    }
    assert rendered["referer"] == [{"score": 1, "referer": "t.co", "refhost": "t.co"}]
    assert rendered["city"][0] == {"score": 2, "city": 4744870, "name": "Ashburn"}
    assert rendered["utm_medium"] == [{"score": 1, "utm_medium": "mail"}]


def test_top_values_say_code_and_words() -> None:
    """Column is what filters take, displayName what people read."""
    country = json_of(
        render.top_values(columns.named("country"), report((DimensionValue(value="IN", label="India"), 3)))[0]
    )
    assert country == {"score": 3, "column": "IN", "displayName": "India"}
    human = render.top_values(columns.named("human"), report((named("false"), 2), (named("true"), 1)))
    assert [row.column for row in human] == ["true", "false"]
    assert render.top_values(columns.named("path"), report((named("abc"), 2)))[0].column == "/abc"


def test_steps_without_clicks_are_there_too() -> None:
    """Each with its values, most clicks first; scores are text here."""
    first, second = datetime(2020, 5, 7, tzinfo=UTC), datetime(2020, 5, 8, tzinfo=UTC)
    buckets = ReportResult(rows=[bucket(first, 3), bucket(second, 0)])
    result = ReportResult(rows=[bucket(first, 1, "US"), bucket(first, 2, "DE"), bucket(second, 0, "DE")])
    rendered = [json_of(item) for item in render.interval_top(columns.named("country"), buckets, result)]
    assert rendered == [
        {
            "date": "2020-05-07T00:00:00.000Z",
            "statistics": [{"column": "DE", "score": "2"}, {"column": "US", "score": "1"}],
        },
        {"date": "2020-05-08T00:00:00.000Z", "statistics": []},
    ]


def test_the_chart_alone_has_both_of_its_names() -> None:
    """The reference and the live service do not agree."""
    rendered = json_of(render.interval_clicks(CHART))
    assert (
        rendered["clicksStatistics"]
        == rendered["clickStatistics"]
        == [
            {"x": "2020-05-07T00:00:00.000Z", "y": "3"},
            {"x": "2020-05-08T00:00:00.000Z", "y": "0"},
        ]
    )


def test_absent_values_of_the_clickstream() -> None:
    """Nothing is an empty text, but for utm_medium and what is null."""
    rendered = json_of(last_click(clicks_pb2.Click(code="AbC", is_bot=True, variant="b"), UTC_ZONE))
    assert rendered["path"] == "/AbC"
    assert rendered["lcpath"] == "/abc"
    assert rendered["human"] is False
    assert rendered["utm_medium"] == "unknown"
    assert rendered["utm_source"] == rendered["country"] == ""
    assert rendered["goal_completed"] is None
    assert rendered["ab_path"] == "b"
