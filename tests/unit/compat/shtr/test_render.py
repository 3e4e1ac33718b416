"""From our messages to shtr's."""

from datetime import UTC, datetime

from google.protobuf import json_format
from google.protobuf.message import Message

from gateway.compat.shtr import queries, render
from gateway.compat.shtr.parse import Page
from linkmeter.analytics.v1 import clicks_pb2, stats_service_pb2
from linkmeter.links.v1 import links_pb2

CREATED = datetime(2024, 1, 15, 10, 30, 0, 987_654, tzinfo=UTC)


def link(**fields: object) -> links_pb2.Link:
    """Build an active link, unless told otherwise."""
    built = links_pb2.Link(
        link_id=1, code="abc1", destination="https://example.com/page", state=links_pb2.LINK_STATE_ACTIVE
    )
    built.create_time.FromDatetime(CREATED)
    built.MergeFrom(links_pb2.Link(**fields))  # type: ignore[arg-type]
    return built


def as_json(message: Message) -> object:
    """Print as the gateway does."""
    return json_format.MessageToDict(message, always_print_fields_with_no_presence=True)


def report(*rows: tuple[str, int], label: str = "") -> stats_service_pb2.ReportResult:
    """Build a report of one dimension."""
    values = [
        stats_service_pb2.StatsRow(
            dimensions=[stats_service_pb2.DimensionValue(value=value, label=label)], metrics=[clicks]
        )
        for value, clicks in rows
    ]
    return stats_service_pb2.ReportResult(rows=values)


def day(text: str, clicks: int) -> stats_service_pb2.StatsRow:
    row = stats_service_pb2.StatsRow(metrics=[clicks])
    row.bucket_start_time.FromJsonString(f"{text}T00:00:00Z")
    return row


def test_the_public_view_is_three_fields() -> None:
    """Whoever has no token learns nothing else."""
    assert as_json(render.public_view(link(), 42)) == {"code": "abc1", "clicks": 42, "isActive": True}


def test_the_full_view_has_every_field_even_when_it_says_no() -> None:
    """False and null are written out."""
    assert as_json(render.full_view(link(), 0)) == {
        "code": "abc1",
        "originalUrl": "https://example.com/page",
        "clicks": 0,
        "createdAt": "2024-01-15T10:30:00Z",
        "expiresAt": None,
        "isPasswordProtected": False,
        "isOneTime": False,
        "isActive": True,
    }


def test_a_link_that_cannot_be_followed_is_not_active() -> None:
    """Every state but active: switched off, not yet valid, expired, used up."""
    others = set(links_pb2.LinkState.values()) - {links_pb2.LINK_STATE_ACTIVE}
    assert [render.is_active(link(state=state)) for state in sorted(others) if state] == [False] * 4


def test_statistics_name_things_as_shtr_does() -> None:
    """Direct for no referrer, macOS for Mac OS X, days without clicks left out."""
    days = stats_service_pb2.ReportResult(rows=[day("2024-01-15", 10), day("2024-01-16", 0), day("2024-01-17", 15)])
    answer = as_json(
        render.statistics(
            link(has_password=True),
            queries.Totals(clicks=25, visitors=20),
            [
                days,
                report(("US", 25), label="United States"),
                report(("desktop", 20), ("tv", 3), ("other", 2)),
                report(("Chrome", 25)),
                report(("Windows", 20), ("Mac OS X", 5)),
                report(("", 15), ("https://twitter.com", 10)),
            ],
            [],
        )
    )
    assert answer == {
        "link": {
            "id": 1.0,
            "code": "abc1",
            "original_url": "https://example.com/page",
            "created_at": "2024-01-15T10:30:00Z",
            "expires_at": None,
            "password_hash": None,
            "is_one_time": False,
            "is_active": True,
            "clicks": 25,
        },
        "clicksOverTime": [{"date": "2024-01-15", "clicks": 10}, {"date": "2024-01-17", "clicks": 15}],
        "topCountries": [{"country": "United States", "country_code": "US", "clicks": 25}],
        "deviceBreakdown": [{"device_type": "desktop", "clicks": 20}, {"device_type": "other", "clicks": 5}],
        "browserBreakdown": [{"browser_name": "Chrome", "clicks": 25}],
        "osBreakdown": [{"os_name": "Windows", "clicks": 20}, {"os_name": "macOS", "clicks": 5}],
        "topReferers": [{"referer": "Direct", "clicks": 15}, {"referer": "https://twitter.com", "clicks": 10}],
        "recentClicks": [],
        "uniqueVisitors": 20,
        "totalClickEvents": 25,
    }


def test_the_reports_are_asked_for_in_the_order_in_which_they_are_rendered() -> None:
    """The question has the totals first and then one report for each list."""
    question = queries.everything_of(7)
    dimensions = [list(asked.dimensions) for asked in question.reports]
    names = [[stats_service_pb2.Dimension.Name(value) for value in values] for values in dimensions]
    assert names == [
        [],
        [],
        ["DIMENSION_COUNTRY"],
        ["DIMENSION_DEVICE_TYPE"],
        ["DIMENSION_BROWSER_FAMILY"],
        ["DIMENSION_OS"],
        ["DIMENSION_REFERRER_ORIGIN"],
    ]
    assert question.filters[0].values == ["7"]


def test_totals_of_a_link_without_clicks_are_nothing() -> None:
    """No row is as good as a row of zeros."""
    assert queries.totals(stats_service_pb2.ReportResult()) == queries.Totals(clicks=0, visitors=0)


def test_pages_are_counted_up() -> None:
    """The last page may be part full; without clicks there is none."""
    pages = [render.click_page([], total, Page(number=1, limit=20)).total_pages for total in (0, 1, 20, 21, 42)]
    assert pages == [0, 1, 1, 2, 3]


def test_a_clicks_number_is_whole_steady_and_not_too_long() -> None:
    """The same click has the same number, others have others, none has more than 15 digits."""
    numbers = [render.click_number(f"0197-source/{sequence}") for sequence in range(1000)]
    assert len(set(numbers)) == 1000
    assert numbers == [render.click_number(f"0197-source/{sequence}") for sequence in range(1000)]
    assert max(numbers) < 10**15


def test_a_click_is_written_as_documented() -> None:
    """Every field, unknown ones empty."""
    click = clicks_pb2.Click(click_id="s/1", browser="Chrome Mobile", browser_family="Chrome", os="Mac OS X", ip="::1")
    click.time.FromDatetime(CREATED)
    assert as_json(render.click_row(click)) == {
        "id": float(render.click_number("s/1")),
        "clicked_at": "2024-01-15T10:30:00Z",
        "ip_address": "::1",
        "user_agent": "",
        "referer": "",
        "country": "",
        "country_code": "",
        "city": "",
        "device_type": "",
        "browser_name": "Chrome",
        "os_name": "macOS",
        "is_bot": False,
    }


def test_counts_beyond_the_contract_stop_at_its_end() -> None:
    """A count too large for its type is no failure."""
    assert render.public_view(link(), 2**40).clicks == 2**32 - 1
