"""From statistics to Bitly's data."""

from datetime import UTC, datetime

from gateway.compat.bitly.statistics import parse, render
from linkmeter.analytics.v1.stats_service_pb2 import DimensionValue, StatsRow
from linkmeter.compat.bitly.v3 import bitly_pb2

NOW = datetime(2013, 2, 8, 19, 19, 17, tzinfo=UTC)


def rows(**clicks: int) -> list[StatsRow]:
    return [StatsRow(dimensions=[DimensionValue(value=value)], metrics=[count]) for value, count in clicks.items()]


def test_unknown_country_is_a_word() -> None:
    """Bitly writes None as text."""
    assert render.countries(rows(**{"US": 517, "": 165})) == [
        {"clicks": 517, "country": "US"},
        {"clicks": 165, "country": "None"},
    ]


def test_direct_visits_have_no_address() -> None:
    """Their domain is direct, without url."""
    assert render.referring_domains(rows(**{"": 3, "t.co": 1})) == [
        {"clicks": 3, "domain": "direct"},
        {"clicks": 1, "domain": "t.co", "url": "http://t.co/"},
    ]
    assert render.referrers(rows(**{"": 3})) == [{"clicks": 3, "referrer": "direct"}]


def test_a_visitor_who_sends_the_word_direct_is_in_the_row_of_those_who_send_nothing() -> None:
    assert render.referrers(rows(**{"https://a.example/": 5, "": 4, "direct": 2})) == [
        {"clicks": 6, "referrer": "direct"},
        {"clicks": 5, "referrer": "https://a.example/"},
    ]


def test_pages_are_grouped_by_site() -> None:
    """Known sites have a name, and several hosts; what is no address stands for itself."""
    grouped = render.referrers_by_domain(
        rows(**{"": 9, "http://twitter.com/": 4, "yxG0=": 3, "http://t.co/1": 2, "http://me/x": 1, "http://[": 1})
    )
    assert {site: [row["clicks"] for row in found] for site, found in grouped.items()} == {
        "direct": [9],
        "Twitter": [4, 2],
        "yxG0=": [3],
        "me": [1],
        "http://[": [1],
    }


def test_clicks_say_what_they_refer_to() -> None:
    """Counts of clicks echo the moment always, breakdowns only one that was given."""
    query = parse.metrics(bitly_pb2.LinkMetricsRequest(), NOW)
    assert render.window_echo(query) == {"tz_offset": -5, "unit": "day", "units": -1}
    assert render.clicks_echo(query)["unit_reference_ts"] == int(NOW.timestamp())
    given = parse.metrics(bitly_pb2.LinkMetricsRequest(unit_reference_ts="1360351157"), NOW)
    assert render.window_echo(given)["unit_reference_ts"] == 1360351157
