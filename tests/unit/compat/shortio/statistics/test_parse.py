"""Statistics requests."""

from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf import json_format

from gateway.compat.shortio.intervals import Interval
from gateway.compat.shortio.statistics import parse, periods
from gateway.compat.shortio.statistics.filters import Conditions
from linkmeter.analytics.v1 import stats_service_pb2 as stats
from linkmeter.compat.shortio.v2 import statistics_pb2, statistics_service_pb2
from services.common import errors

NOW = datetime(2020, 5, 8, 15, 30, tzinfo=UTC)


def options(**json: Any) -> statistics_pb2.StatisticsOptions:
    return json_format.ParseDict(json, statistics_pb2.StatisticsOptions())


def statistics_query(**json: Any) -> parse.StatisticsQuery:
    return parse.statistics_query(options(**json), NOW)


def test_nothing_asks_for_the_last_thirty_days_by_day_in_utc() -> None:
    """The defaults."""
    asked = statistics_query()
    assert asked.period == periods.named("last30", NOW, UTC)
    assert asked.time_zone.name == "UTC"
    assert asked.bucket == stats.BUCKET_DAY
    assert not asked.skips_tops


@pytest.mark.parametrize(
    "name", ["today", "yesterday", "total", "week", "month", "lastmonth", "last7", "last30", "lastMonth"]
)
def test_every_documented_period_is_known(name: str) -> None:
    """In whatever case."""
    assert statistics_query(period=name).period.name == name.lower()


def test_the_seeds_custom_period_in_milliseconds() -> None:
    """Milliseconds since 1970, as numbers or as text with a decimal point."""
    interval = Interval(datetime(2020, 4, 30, 12, 56, 53, tzinfo=UTC), datetime(2020, 5, 5, 12, 56, 53, tzinfo=UTC))
    period = statistics_query(period="custom", startDate="1588251413000.0", endDate=1588683413000).period
    assert period == periods.Period("custom", interval)


def test_a_start_alone_means_the_custom_period_until_now() -> None:
    """StartDate without period says what is meant."""
    assert statistics_query(startDate="2020-05-01").period.interval == Interval(datetime(2020, 5, 1, tzinfo=UTC), NOW)


@pytest.mark.parametrize(
    ("json", "name"),
    [
        ({"period": "never"}, "period"),
        ({"period": "custom"}, "startDate"),
        ({"period": "custom", "startDate": "x"}, "startDate"),
        ({"period": "custom", "startDate": "2020-05-02", "endDate": "2020-05-01"}, "endDate"),
        ({"tz": "Mars/Phobos"}, "tz"),
        ({"tz": "/etc/passwd"}, "tz"),
        ({"tzOffset": "a"}, "tzOffset"),
        ({"tzOffset": 1081}, "tzOffset"),
        ({"tzOffset": 0.5}, "tzOffset"),
        ({"clicksChartInterval": "minute"}, "clicksChartInterval"),
        ({"skipTops": "perhaps"}, "skipTops"),
        ({"include": {"human": "x"}}, "include.human"),
        ({"exclude": {"dt": ["2020-01-01"]}}, "exclude.dt"),
        ({"include": {"statuses": [{}]}}, "include.statuses"),
    ],
)
def test_what_is_wrong_is_refused_by_name(json: dict[str, Any], name: str) -> None:
    """The answer says which field."""
    with pytest.raises(errors.InvalidArgument) as refusal:
        statistics_query(**json)
    assert refusal.value.field == name


def test_tz_wins_over_the_offset() -> None:
    """An offset counts how far clocks are ahead of UTC."""
    assert statistics_query(tzOffset="-300").time_zone.name == "-05:00"
    assert statistics_query(tzOffset=330).time_zone.name == "+05:30"
    assert statistics_query(tzOffset=330, tz="Europe/Berlin").time_zone.name == "Europe/Berlin"


@pytest.mark.parametrize(
    ("json", "bucket"),
    [
        ({"period": "today"}, stats.BUCKET_HOUR),
        ({"clicksChartInterval": "month"}, stats.BUCKET_MONTH),
        ({"interval": "week"}, stats.BUCKET_WEEK),
        ({"interval": "week", "clicksChartInterval": "hour"}, stats.BUCKET_HOUR),
    ],
)
def test_the_charts_buckets(json: dict[str, Any], bucket: int) -> None:
    """Hours for a single day, else days; interval is another name."""
    assert statistics_query(**json).bucket == bucket


def test_query_strings_ask_as_bodies_do() -> None:
    """A GET and a POST with the same options are one question."""
    request = statistics_service_pb2.GetLinkStatisticsRequest(
        period="last7", tz="Europe/Berlin", clicks_chart_interval="week", skip_tops="true"
    )
    body = options(period="last7", tz="Europe/Berlin", clicksChartInterval="week", skipTops=True)
    assert parse.statistics_query(parse.options_of(request), NOW) == parse.statistics_query(body, NOW)


def test_the_stream_pages_between_exclusive_moments() -> None:
    """BeforeDate is the dt of the last row, afterDate likewise."""
    asked = parse.clickstream_query(
        options(beforeDate="2020-05-02T00:00:00.123Z", afterDate="2020-05-01T00:00:00.000Z"), NOW
    )
    assert asked.interval == Interval(
        datetime(2020, 5, 1, 0, 0, 0, 1000, tzinfo=UTC), datetime(2020, 5, 2, 0, 0, 0, 123000, tzinfo=UTC)
    )
    assert asked.limit == 30


def test_the_total_period_takes_no_notice_of_paging() -> None:
    """As the live service does."""
    assert parse.clickstream_query(options(period="total", beforeDate="2020-05-02"), NOW).interval == Interval()


def test_no_period_is_all_of_the_stream() -> None:
    """Clients page back as far as they like."""
    assert parse.clickstream_query(options(limit=5000), NOW).interval == Interval()
    assert parse.clickstream_query(options(limit=5000), NOW).limit == 1000


def test_a_period_bounds_the_stream_too() -> None:
    """Together with dt and paging."""
    asked = parse.clickstream_query(
        options(period="today", include={"dt": ["2020-05-08T10:00:00Z", "2020-05-08T11:00:00Z"]}), NOW
    )
    assert asked.interval == Interval(datetime(2020, 5, 8, 10, tzinfo=UTC), datetime(2020, 5, 8, 11, tzinfo=UTC))


def test_conditions_become_filters() -> None:
    """Include asks for all of it, exclude for none of it."""
    asked = parse.clickstream_query(
        options(
            include={"human": True, "countries": ["us", "de"], "paths": ["/a", "b"], "utmMediums": ["unknown"]},
            exclude={"browsers": ["Chrome"], "statuses": [404]},
        ),
        NOW,
    )
    written = {(item.dimension, tuple(item.values), item.negated) for item in asked.conditions.filters}
    assert written == {
        (stats.DIMENSION_IS_BOT, ("false",), False),
        (stats.DIMENSION_COUNTRY, ("DE", "US"), False),
        (stats.DIMENSION_CODE, ("a", "b"), False),
        (stats.DIMENSION_UTM_MEDIUM, ("", "unknown"), False),
        (stats.DIMENSION_BROWSER, ("Chrome",), True),
        (stats.DIMENSION_HTTP_STATUS, ("404",), True),
    }


def test_every_documented_condition_is_known() -> None:
    """FilterOptions has fourteen fields."""
    listed = {
        name: ["x"]
        for name in (
            *("paths", "countries", "browsers", "socials", "browserVersions", "methods", "protos", "refhosts"),
            *("utmSources", "utmMediums", "utmCampaigns"),
        )
    }
    include = listed | {"statuses": [302], "human": True, "dt": ["2020-01-01", "2020-01-02"]}
    asked = statistics_query(include=include)
    assert len(asked.conditions.filters) == 13
    assert asked.conditions.interval == Interval(datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC))
    assert statistics_query(exclude=include).conditions.excluded == (asked.conditions.interval,)


@pytest.mark.parametrize("empty", [{"paths": []}, {"paths": {}}, {"paths": None}, {"human": None}, {"dt": []}])
def test_empty_conditions_say_nothing(empty: dict[str, Any]) -> None:
    """An empty list is no list that nothing is in."""
    assert statistics_query(include=empty, exclude=empty).conditions == Conditions()


def test_top_needs_a_known_column() -> None:
    """And says which there are."""
    with pytest.raises(errors.InvalidArgument, match="column: is required"):
        parse.top_query(options())
    with pytest.raises(errors.InvalidArgument, match="path_404"):
        parse.top_query(options(column="device"))
    wanted = parse.top_query(options(column="path", prefix="/ab", limit="3"))
    assert (wanted.column.dimension, wanted.prefix, wanted.limit) == (stats.DIMENSION_CODE, "ab", 3)


def test_ids_are_separated_by_commas() -> None:
    """The client's spelling is kept; what is no id is passed over."""
    assert parse.link_ids(["lnk_lm_1, 2,nonsense", ",lnk_3"]) == {"lnk_lm_1": 1, "2": 2, "lnk_3": 3}
    assert parse.link_ids([]) == parse.link_ids([""]) == {}
    with pytest.raises(errors.InvalidArgument, match="ids"):
        parse.link_ids(str(number) for number in range(1, 1002))


def test_paths_need_their_birth() -> None:
    """CreatedAt is required."""
    body = json_format.ParseDict({"pathsDates": [{"path": "a"}]}, statistics_service_pb2.PathClicksBody())
    with pytest.raises(errors.InvalidArgument, match="createdAt: is required"):
        parse.paths_dates(body.paths_dates)
