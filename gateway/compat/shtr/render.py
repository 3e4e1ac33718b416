"""From our messages to shtr's."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from google.protobuf.struct_pb2 import NULL_VALUE, Value
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.compat.shared.device_types import UNDOCUMENTED
from gateway.compat.shtr.parse import Page
from gateway.compat.shtr.queries import Totals
from linkmeter.analytics.v1 import clicks_pb2, stats_service_pb2
from linkmeter.compat.shtr.v1 import shtr_pb2
from linkmeter.links.v1 import links_pb2

_LARGEST_COUNT: Final = 2**32 - 1
_DIRECT: Final = "Direct"
# Where shtr's name of an operating system is not ua-parser's.
_OS_NAMES: Final = {"Mac OS X": "macOS"}
# Below 10^15: the gateway prints whole numbers of up to 15 digits plainly, and JavaScript reads them rightly.
_ID_BITS: Final = 49


def created(link: links_pb2.Link, qr_code: str) -> shtr_pb2.ShortenResponse:
    """Return a new link, with its QR code as a data URI."""
    return shtr_pb2.ShortenResponse(
        short_url=link.short_url, code=link.code, edit_token=link.edit_token, qr_code=qr_code
    )


def public_view(link: links_pb2.Link, clicks: int) -> shtr_pb2.GetLinkResponse:
    """Return what everybody may see of a link."""
    return shtr_pb2.GetLinkResponse(code=link.code, clicks=_count(clicks), is_active=is_active(link))


def full_view(link: links_pb2.Link, clicks: int) -> shtr_pb2.GetLinkResponse:
    """Return what a caller with the edit token may see of a link."""
    return shtr_pb2.GetLinkResponse(
        code=link.code,
        original_url=link.destination,
        clicks=_count(clicks),
        created_at=moment(link.create_time),
        expires_at=_expiry(link),
        is_password_protected=link.has_password,
        is_one_time=link.one_time,
        is_active=is_active(link),
    )


def found(link: links_pb2.Link) -> shtr_pb2.LookupResponse:
    """Return the link of a token."""
    return shtr_pb2.LookupResponse(code=link.code, original_url=link.destination, is_active=is_active(link))


def statistics(
    link: links_pb2.Link,
    totals: Totals,
    reports: Sequence[stats_service_pb2.ReportResult],
    newest: Sequence[clicks_pb2.Click],
) -> shtr_pb2.GetStatsResponse:
    """Return a link's statistics, from the reports of queries.everything_of() after the first, in that order."""
    days, countries, devices, browsers, systems, referrers = reports
    return shtr_pb2.GetStatsResponse(
        link=_link_row(link, totals.clicks),
        clicks_over_time=[_day_clicks(row) for row in days.rows if row.metrics[0]],
        top_countries=[
            shtr_pb2.CountryClicks(
                country=row.dimensions[0].label or row.dimensions[0].value,
                country_code=row.dimensions[0].value,
                clicks=_count(row.metrics[0]),
            )
            for row in countries.rows
        ],
        device_breakdown=[
            shtr_pb2.DeviceClicks(device_type=name, clicks=clicks) for name, clicks in _device_pairs(devices)
        ],
        browser_breakdown=[
            shtr_pb2.BrowserClicks(browser_name=name, clicks=clicks) for name, clicks in _pairs(browsers)
        ],
        os_breakdown=[shtr_pb2.OsClicks(os_name=_os_name(name), clicks=clicks) for name, clicks in _pairs(systems)],
        top_referers=[
            shtr_pb2.RefererClicks(referer=name or _DIRECT, clicks=clicks) for name, clicks in _pairs(referrers)
        ],
        recent_clicks=[click_row(click) for click in newest],
        unique_visitors=_count(totals.visitors),
        total_click_events=_count(totals.clicks),
    )


def click_page(clicks: Sequence[clicks_pb2.Click], total: int, page: Page) -> shtr_pb2.ListClicksResponse:
    """Return a page of clicks; total counts those of all pages."""
    return shtr_pb2.ListClicksResponse(
        clicks=[click_row(click) for click in clicks],
        total=_count(total),
        page=page.number,
        limit=page.limit,
        total_pages=_count(-(-total // page.limit)),
    )


def click_row(click: clicks_pb2.Click) -> shtr_pb2.ClickRow:
    """Return a click."""
    return shtr_pb2.ClickRow(
        id=click_number(click.click_id),
        clicked_at=moment(click.time),
        ip_address=click.ip,
        user_agent=click.user_agent,
        referer=click.referrer,
        country=click.country_name,
        country_code=click.country,
        city=click.city,
        device_type=_device_type(click.device_type),
        browser_name=click.browser_family,
        os_name=_os_name(click.os),
        is_bot=click.is_bot,
    )


def click_number(click_id: str) -> int:
    """Return the whole number below 2^49 that stands for a click's id: always the same, and in practice unique."""
    digest = hashlib.blake2b(click_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> (64 - _ID_BITS)


def is_active(link: links_pb2.Link) -> bool:
    """Return whether the link can be followed now."""
    return link.state == links_pb2.LINK_STATE_ACTIVE


def moment(time: Timestamp) -> str:
    """Return a time to the second, as 2024-01-15T10:30:00Z."""
    return datetime.fromtimestamp(time.seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _link_row(link: links_pb2.Link, clicks: int) -> shtr_pb2.LinkRow:
    return shtr_pb2.LinkRow(
        id=link.link_id,
        code=link.code,
        original_url=link.destination,
        created_at=moment(link.create_time),
        expires_at=_expiry(link),
        password_hash=Value(null_value=NULL_VALUE),
        is_one_time=link.one_time,
        is_active=is_active(link),
        clicks=_count(clicks),
    )


def _expiry(link: links_pb2.Link) -> Value:
    if link.HasField("expire_time"):
        return Value(string_value=moment(link.expire_time))
    return Value(null_value=NULL_VALUE)


def _day_clicks(row: stats_service_pb2.StatsRow) -> shtr_pb2.DayClicks:
    return shtr_pb2.DayClicks(date=moment(row.bucket_start_time)[:10], clicks=_count(row.metrics[0]))


def _pairs(report: stats_service_pb2.ReportResult) -> list[tuple[str, int]]:
    return [(row.dimensions[0].value, _count(row.metrics[0])) for row in report.rows]


def _device_pairs(report: stats_service_pb2.ReportResult) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for name, clicks in _pairs(report):
        counts[_device_type(name)] += clicks
    return counts.most_common()


def _device_type(name: str) -> str:
    return "other" if name in UNDOCUMENTED else name


def _os_name(name: str) -> str:
    return _OS_NAMES.get(name, name)


def _count(number: int) -> int:
    return min(number, _LARGEST_COUNT)
