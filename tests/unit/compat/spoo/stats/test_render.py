"""Statistics as spoo.me writes them."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.compat.spoo import values
from gateway.compat.spoo.public import render as render_public
from gateway.compat.spoo.stats import parse, render
from gateway.compat.spoo.stats.queries import Count
from linkmeter.analytics.v1 import stats_service_pb2 as stats
from linkmeter.compat.spoo.v1 import stats_pb2
from linkmeter.links.v1 import links_pb2

NOW = datetime(2025, 11, 3, 12, tzinfo=UTC)


def query(**parameters: Any) -> parse.StatsQuery:
    return parse.stats_query(stats_pb2.StatsRequest(**parameters), NOW)


def statistics(*counts: tuple[str, int, int], clicks: int = 0, visitors: int = 0) -> render.Body:
    rows = [Count(label, number, people, frozenset()) for label, number, people in counts]
    sums = render.Totals(clicks=clicks, visitors=visitors)
    return render.statistics(query(group_by=["country"]), sums, {"country": rows}, NOW)


def test_shares_are_of_the_list() -> None:
    """With two decimals, for each metric by itself."""
    metrics = statistics(("US", 3, 2), ("XX", 1, 1))["metrics"]
    assert metrics["clicks_by_country"] == [
        {"country": "US", "clicks": 3, "clicks_percentage": 75.0},
        {"country": "XX", "clicks": 1, "clicks_percentage": 25.0},
    ]
    assert [row["unique_clicks_percentage"] for row in metrics["unique_clicks_by_country"]] == [66.67, 33.33]


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=50))
def test_shares_sum_up_to_a_hundred(numbers: list[int]) -> None:
    """But for rounding."""
    rows = statistics(*((str(number), number, number) for number in numbers))["metrics"]["clicks_by_country"]
    assert abs(sum(row["clicks_percentage"] for row in rows) - 100) <= 0.005 * len(rows) + 1e-9


def test_without_clicks_there_are_no_shares_and_nothing_is_computed() -> None:
    """The answer has its full form all the same."""
    body = render.statistics(query(), render.Totals(), {"time": [Count("2025-11-03", 0, 0, frozenset())]}, NOW)
    assert body["metrics"]["clicks_by_time"] == [{"time": "2025-11-03", "clicks": 0}]
    assert body["summary"] == {
        "total_clicks": 0,
        "unique_clicks": 0,
        "first_click": None,
        "last_click": None,
        "avg_redirection_time": 0.0,
    }
    assert body["computed_metrics"] is None
    assert body["short_code"] is None
    assert statistics()["time_bucket_info"] is None


def test_rates() -> None:
    """With two decimals."""
    assert statistics(clicks=4, visitors=3)["computed_metrics"] == {
        "unique_click_rate": 75.0,
        "repeat_click_rate": 25.0,
        "average_clicks_per_visitor": 1.33,
    }


def test_two_hours_of_one_name_are_one_row() -> None:
    """When clocks go back in autumn: nothing is lost, and no name stands there twice."""
    parsed = query(start_date="2025-11-02T04:00:00Z", end_date="2025-11-02T08:00:00Z", timezone="America/New_York")
    rows = []
    for hour in range(4, 9):
        row = stats.StatsRow(metrics=[hour, 1])
        row.bucket_start_time.FromDatetime(datetime(2025, 11, 2, hour, tzinfo=UTC))
        rows.append(row)
    counts = render.time_counts(parsed, stats.ReportResult(rows=rows))
    assert [(count.label, count.clicks) for count in counts] == [
        ("2025-11-02 00:00", 4),
        ("2025-11-02 01:00", 5 + 6),
        ("2025-11-02 02:00", 7),
        ("2025-11-02 03:00", 8),
    ]


def test_who_may_not_see_it_is_not_told_where_a_link_leads() -> None:
    """Everybody sees that there is a link, its status in this call's own words, and no more."""
    for state, status in (
        (links_pb2.LINK_STATE_ACTIVE, "active"),
        (links_pb2.LINK_STATE_EXPIRED, "expired"),
        (links_pb2.LINK_STATE_EXHAUSTED, "expired"),
        (links_pb2.LINK_STATE_SCHEDULED, "inactive"),
    ):
        link = links_pb2.Link(code="x", destination="https://example.com/", state=state)
        shown = render_public.public_link(link, with_destination=False)
        assert (shown["long_url"], shown["status"]) == (None, status)
        assert render_public.public_link(link, with_destination=True)["long_url"] == "https://example.com/"


def test_huge_counts_fit() -> None:
    """The contract's numbers end somewhere."""
    assert values.count(2**40) == 2**32 - 1
