"""From our numbers to the statistics of spoo.me's first API."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from gateway.compat.spoo import moments, values
from gateway.compat.spoo.legacy.queries import BREAKDOWNS
from gateway.compat.spoo.stats import sites
from gateway.compat.spoo.stats.exports import Table
from gateway.compat.spoo.urls.status import status_of
from linkmeter.analytics.v1 import clicks_pb2
from linkmeter.analytics.v1.stats_service_pb2 import QueryStatsResponse, ReportResult
from linkmeter.links.v1 import links_pb2
from services.common import emoji_codes

_UNKNOWN: Final = "Unknown"
_DIRECT: Final = "Direct"
_THOUSAND: Final = 1000
_MAGNITUDES: Final = ("", "K", "M", "B", "T", "P")

Body = dict[str, Any]


def statistics(
    link: links_pb2.Link,
    answer: QueryStatsResponse,
    newest: Iterable[clicks_pb2.Click],
    now: datetime,
    *,
    with_destination: bool,
) -> Body:
    """Render a link's statistics."""
    sums, days, *lists, bots = answer.results
    clicks, visitors, latency = sums.rows[0].metrics if sums.rows else (0, 0, 0)
    created = moments.of(link.create_time)
    age = (now.astimezone(UTC).date() - created.date()).days + 1
    code = emoji_codes.text_of(link.code)
    last = next(iter(newest), None)
    counters = [_days(days, place, created.date(), now.date()) for place in (0, 1)]
    return {
        "_id": code,
        "short_code": code,
        # Always text in this API.
        "url": link.destination if with_destination else "",
        "total-clicks": values.count(clicks),
        "total_unique_clicks": values.count(visitors),
        "creation-date": created.strftime("%Y-%m-%d"),
        "creation-time": created.strftime("%H:%M:%S"),
        "last-click": moments.of(last.time).strftime("%Y-%m-%d %H:%M:%S") if last else None,
        "last-click-browser": (last.browser or None) if last else None,
        "last-click-os": (last.os or None) if last else None,
        "last-click-country": (last.country_name or None) if last else None,
        "average_daily_clicks": round(clicks / age, 2),
        "average_weekly_clicks": round(clicks / 7, 2),
        "average_monthly_clicks": round(clicks / 30, 2),
        "average_redirection_time": round(latency / _THOUSAND, 2),
        "max-clicks": link.max_clicks or None,
        "expiration-time": moments.iso(moments.of(link.expire_time)) if link.HasField("expire_time") else None,
        "password": None,
        "expired": _expired(link),
        "block-bots": link.block_bots,
        "counter": counters[0],
        "unique_counter": counters[1],
        **{
            prefix + name: _counts(name, result, place)
            for place, prefix in enumerate(("", "unique_"))
            for name, result in zip(BREAKDOWNS, lists, strict=True)
        },
        "bots": _counts("browser", bots, 0),
    }


def tables_of(body: Body) -> list[Table]:
    """Return statistics as tables: the single values, then each list."""
    general = [(name.replace("_", " ").replace("-", " ").upper(), value) for name, value in body.items()]
    lists = [(name, value) for name, value in body.items() if isinstance(value, dict)]
    return [
        Table("general_info", [(name, value) for name, value in general if not isinstance(value, dict)]),
        *(Table(name, [(name.removeprefix("unique_").capitalize(), "Count"), *value.items()]) for name, value in lists),
    ]


def in_words(number: int) -> str:
    """Write a large number for people, as 12K+."""
    magnitude = 0
    value: float = number
    while value >= _THOUSAND and magnitude < len(_MAGNITUDES) - 1:
        magnitude += 1
        value /= _THOUSAND
    return f"{int(value)}{_MAGNITUDES[magnitude]}+"


def _expired(link: links_pb2.Link) -> bool | None:
    if not link.max_clicks and not link.HasField("expire_time"):
        return None
    return status_of(link) == "EXPIRED"


def _days(result: ReportResult, place: int, first: date, last: date) -> dict[str, int]:
    """Count by day; every day since the link's creation is there."""
    counted = {moments.of(row.bucket_start_time).date(): row.metrics[place] for row in result.rows if row.metrics[0]}
    start = min([first, *counted])
    days = (start + timedelta(days=number) for number in range((last - start).days + 1))
    return {day.isoformat(): counted.get(day, 0) for day in days} if counted else {}


def _counts(name: str, result: ReportResult, place: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in result.rows:
        value = row.dimensions[0]
        if name == "referrer":
            label = sites.site_of(value.value) or _DIRECT
        else:
            label = (value.label if name == "country" else value.value) or _UNKNOWN
        counts[label] = counts.get(label, 0) + row.metrics[place]
    return counts
