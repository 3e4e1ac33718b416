"""Questions about statistics."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.compat.shared.refusal import Refusal
from gateway.compat.spoo.stats import parse
from linkmeter.compat.spoo.v1 import stats_pb2

NOW = datetime(2025, 6, 15, 12, 0, 0, 250000, tzinfo=UTC)


def query(**parameters: Any) -> parse.StatsQuery:
    """Parse the parameters of /stats."""
    return parse.stats_query(stats_pb2.StatsRequest(**parameters), NOW)


def problem(**parameters: Any) -> str:
    """Return how the parameters of /stats are refused."""
    with pytest.raises(Refusal) as caught:
        query(**parameters)
    return str(caught.value.response.body["error"])


def test_defaults() -> None:
    """All links of the caller, seven days until now, by time, both metrics, UTC, no filters."""
    assert query() == parse.StatsQuery(
        scope="all",
        short_code="",
        filters={},
        group_by=("time",),
        metrics=("clicks", "unique_clicks"),
        timezone="UTC",
        zone=UTC,
        start=NOW - timedelta(days=7),
        end=NOW,
    )


@pytest.mark.parametrize("text", ["anon", " ANON ", "Anon"])
def test_scope_is_trimmed_and_in_any_letter_case(text: str) -> None:
    """As on the real service."""
    assert query(scope=text, short_code=["mylink"]).scope == "anon"


def test_wrong_scopes_and_a_missing_code_are_refused() -> None:
    """In the words of the real service."""
    assert problem(scope="everything") == "scope must be one of: all, anon"
    assert problem(scope="anon") == "short_code is required when scope=anon"
    assert problem(scope="anon", short_code=[" "]) == "short_code is required when scope=anon"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("", "", (NOW - timedelta(days=7), NOW)),
        ("", "2025-06-10", (datetime(2025, 6, 3, tzinfo=UTC), datetime(2025, 6, 10, tzinfo=UTC))),
        ("2025-06-10", "", (datetime(2025, 6, 10, tzinfo=UTC), NOW)),
        ("1749513600", "1749600000", (datetime(2025, 6, 10, tzinfo=UTC), datetime(2025, 6, 11, tzinfo=UTC))),
        ("2025-06-10", "2030-01-01", (datetime(2025, 6, 10, tzinfo=UTC), NOW)),
        ("2030-01-01", "2031-01-01", (NOW, NOW)),
        ("2025-06-10", "2025-06-10", (datetime(2025, 6, 10, tzinfo=UTC),) * 2),
    ],
)
def test_the_period(start: str, end: str, expected: tuple[datetime, datetime]) -> None:
    """One end gives the other; the future is now."""
    parsed = query(start_date=start, end_date=end)
    assert (parsed.start, parsed.end) == expected


def test_ninety_days_and_some_hours_are_the_longest_period() -> None:
    """As the real service counts whole days."""
    end = "2025-06-01T23:00:00Z"
    assert query(start_date="2025-03-03T00:00:00Z", end_date=end).start == datetime(2025, 3, 3, tzinfo=UTC)
    assert problem(start_date="2025-03-02T23:00:00Z", end_date=end) == "date range cannot exceed 90 days"


def test_wrong_dates_are_refused() -> None:
    """In the words of the real service."""
    assert problem(start_date="soon") == "invalid start_date format"
    assert problem(end_date="soon") == "invalid end_date format"
    assert problem(start_date="2025-06-02", end_date="2025-06-01") == "start_date must be before end_date"


def test_lists_are_split_and_keep_their_order() -> None:
    """Commas, blanks, and a parameter that is given again."""
    parsed = query(group_by=["country, time", "browser,,"], metrics=["unique_clicks"])
    assert parsed.group_by == ("country", "time", "browser")
    assert parsed.metrics == ("unique_clicks",)


def test_unknown_dimensions_and_metrics_are_named() -> None:
    """In the words of the real service."""
    assert problem(group_by=["time,moon,sun"]) == "invalid group_by values: moon, sun"
    assert problem(metrics=["clicks,money"]) == "invalid metrics: money"


def test_campaigns_are_the_owners_business() -> None:
    """Nobody else groups or filters by them."""
    assert query(group_by=["utm_source"]).group_by == ("utm_source",)
    assert problem(scope="anon", short_code=["x"], group_by=["utm_source"]) == "invalid group_by values: utm_source"
    assert query(scope="anon", short_code=["x"], utm_source=["mail"]).filters == {}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Asia/Kolkata", "Asia/Kolkata"),
        ("US/Eastern", "America/New_York"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Mars/Olympus", "UTC"),
        ("../etc/passwd", "UTC"),
        ("+05:30", "UTC"),
        ("", "UTC"),
    ],
)
def test_time_zones(given: str, name: str) -> None:
    """Old names become new ones, unknown ones UTC."""
    assert query(timezone=given).timezone == name


def test_filters_come_as_json_and_as_parameters() -> None:
    """A parameter takes the place of the same in the JSON; a text is a list; unknown ones are passed over."""
    text = json.dumps({"browser": ["Chrome", " Firefox "], "os": "Windows, macOS", "moon": ["full"], "city": []})
    assert query(filters=text, browser=["Edge,Safari"], country=["US"]).filters == {
        "browser": ("Edge", "Safari"),
        "os": ("Windows", "macOS"),
        "city": (),
        "country": ("US",),
    }


@pytest.mark.parametrize("text", ["[1,2]", '"text"', "5", "null"])
def test_json_that_is_no_object_filters_nothing(text: str) -> None:
    """As on the real service."""
    assert query(filters=text).filters == {}


@pytest.mark.parametrize("text", ["{", "{'browser': []}", "[" * 4000])
def test_filters_that_are_no_json_are_refused(text: str) -> None:
    """In the words of the real service."""
    assert problem(filters=text) == "filters must be valid JSON"


def test_values_that_are_no_text_become_text() -> None:
    """Numbers, null, half a character."""
    parsed = query(filters='{"browser": [5, true, "\\ud800"], "os": 7, "city": null}').filters
    assert parsed == {"browser": ("5", "true", "?"), "os": ("7",), "city": ()}


def test_short_code_filters_an_account_and_names_the_link_of_anybody() -> None:
    """It cannot be both."""
    assert query(short_code=["one,two"]).filters == {"short_code": ("one", "two")}
    assert query(scope="anon", short_code=["one"]).filters == {}
    text = "short_code filter not allowed with scope=anon - short_code is already specified"
    assert problem(scope="anon", short_code=["one"], filters='{"short_code": ["two"]}') == text


@pytest.mark.parametrize("name", ["start_date", "timezone", "filters", "browser", "country", "referrer", "group_by"])
def test_endless_parameters_are_refused(name: str) -> None:
    """Each has its longest length."""
    value: Any = "x" * 5001
    fields = stats_pb2.StatsRequest.DESCRIPTOR.fields_by_name
    assert problem(**{name: [value] if fields[name].is_repeated else value}).startswith(f"{name} must have at most")


def test_a_link_of_the_caller_needs_no_scope_and_takes_no_other_link() -> None:
    """What names links is passed over there."""
    request = stats_pb2.StatsRequest(scope="anon", short_code=["a"], url_id=["b"], tag=["c"], browser=["Chrome"])
    parsed = parse.link_query(request, NOW)
    assert (parsed.scope, parsed.short_code, parsed.filters) == ("all", "", {"browser": ("Chrome",)})


def test_public_statistics_show_everything_but_campaigns() -> None:
    """Without being asked for."""
    parsed = parse.public_query(stats_pb2.StatsRequest(code_in_path="mylink"), NOW)
    assert parsed.short_code == "mylink"
    assert parsed.group_by == ("time", "browser", "os", "device", "country", "city", "referrer")


def test_formats() -> None:
    """One is required."""
    assert parse.export_format(stats_pb2.StatsRequest(format=" XLSX ")) == "xlsx"
    for text in ("", "pdf"):
        with pytest.raises(Refusal):
            parse.export_format(stats_pb2.StatsRequest(format=text))
