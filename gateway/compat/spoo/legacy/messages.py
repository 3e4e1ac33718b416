"""What spoo.me's first API asks and answers."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from gateway.compat.spoo import moments
from gateway.compat.spoo.legacy import errors
from gateway.compat.spoo.legacy.errors import wrong
from gateway.compat.spoo.legacy.forms import Form
from gateway.compat.spoo.stats import render, sites
from gateway.compat.spoo.stats.exports import Table
from gateway.compat.spoo.urls import parse
from linkmeter.analytics.v1 import clicks_pb2
from linkmeter.analytics.v1.stats_service_pb2 import (
    BUCKET_DAY,
    DIMENSION_BROWSER,
    DIMENSION_COUNTRY,
    DIMENSION_IS_BOT,
    DIMENSION_LINK,
    DIMENSION_OS,
    DIMENSION_REFERRER_HOST,
    METRIC_CLICKS,
    METRIC_MEAN_LATENCY,
    METRIC_VISITORS,
    Dimension,
    Filter,
    QueryStatsRequest,
    QueryStatsResponse,
    Report,
    ReportResult,
)
from linkmeter.links.v1 import links_pb2
from services.common import emoji_codes

FORMATS: Final = ("json", "csv", "xlsx", "xml")

_LONGEST_ALIAS: Final = 16
# Sixty-four that every device draws, and nobody takes offence at.
PLAIN_EMOJIS: Final = [chr(number) for number in (*range(0x1F400, 0x1F430), *range(0x1F345, 0x1F355))]
_RANDOM_EMOJIS: Final = 6
_BREAKDOWNS: Final[Mapping[str, Dimension.ValueType]] = {
    "browser": DIMENSION_BROWSER,
    "os_name": DIMENSION_OS,
    "country": DIMENSION_COUNTRY,
    "referrer": DIMENSION_REFERRER_HOST,
}
_MOST_ROWS: Final = 1000
_UNKNOWN: Final = "Unknown"
_DIRECT: Final = "Direct"
_THOUSAND: Final = 1000
_MAGNITUDES: Final = ("", "K", "M", "B", "T", "P")

Body = dict[str, Any]


def new_link(form: Form) -> links_pb2.Link:
    """Parse the form of a new link, but for its code."""
    if not form.get("url"):
        raise wrong(errors.URL, "URL is required")
    password = form.get("password", "")
    if password and not parse.is_good_password(password):
        text = (
            "Invalid password, password must be atleast 8 characters long, must contain a letter and a number and a "
            "special character either '@' or '.' and cannot be consecutive"
        )
        raise wrong(errors.PASSWORD, text)
    return links_pb2.Link(
        destination=form["url"],
        password=password,
        max_clicks=_max_clicks(form.get("max-clicks", "")),
        # A box that was ticked, whatever it says, as on the real service; but false is what a program means by it.
        block_bots=form.get("block-bots", "").lower() not in {"", "false", "0"},
    )


def alias(form: Form) -> str:
    """Parse the code; what is too long is cut, as the real service does; empty for a random one."""
    text = form.get("alias", "")
    if not text:
        return ""
    if parse.alias_problem(text[:_LONGEST_ALIAS]) or not text.isascii():
        raise wrong(errors.ALIAS, "Invalid Alias")
    return text[:_LONGEST_ALIAS]


def emojis(form: Form) -> str:
    """Parse a code of emojis; empty when none is wished."""
    text = form.get("emojies", "")
    code = emoji_codes.code_of(text) if text else ""
    if code is None:
        raise wrong(errors.EMOJI, "Invalid emoji")
    return code


def random_emojis() -> str:
    """Draw a code of emojis: 36 bits, as much as six random characters."""
    text = "".join(secrets.choice(PLAIN_EMOJIS) for _ in range(_RANDOM_EMOJIS))
    code = emoji_codes.code_of(text)
    assert code is not None, "they are emojis"  # noqa: S101
    return code


def export_format(text: str) -> str:
    """Parse the format of a file."""
    if text.lower() not in FORMATS:
        raise wrong(errors.FORMAT, "Invalid format; format must be json, csv, xlsx or xml")
    return text.lower()


def totals_request() -> QueryStatsRequest:
    """Ask for all clicks of an account."""
    return QueryStatsRequest(reports=[Report(metrics=[METRIC_CLICKS])])


def request(link: links_pb2.Link, now: datetime) -> QueryStatsRequest:
    """Ask for everything about a link: sums, days, then each list, then bots."""
    metrics = [METRIC_CLICKS, METRIC_VISITORS]
    only_bots = Filter(dimension=DIMENSION_IS_BOT, values=["true"])
    asked = QueryStatsRequest(
        filters=[Filter(dimension=DIMENSION_LINK, values=[str(link.link_id)])],
        reports=[
            Report(metrics=[*metrics, METRIC_MEAN_LATENCY]),
            Report(metrics=metrics, bucket=BUCKET_DAY),
            *(Report(dimensions=[dimension], metrics=metrics, limit=_MOST_ROWS) for dimension in _BREAKDOWNS.values()),
            Report(dimensions=[DIMENSION_BROWSER], metrics=[METRIC_CLICKS], filters=[only_bots], limit=_MOST_ROWS),
        ],
    )
    asked.interval.end_time.FromDatetime(now + timedelta(seconds=1))
    return asked


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
        "total-clicks": render.count(clicks),
        "total_unique_clicks": render.count(visitors),
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
            for name, result in zip(_BREAKDOWNS, lists, strict=True)
        },
        "bots": _counts("browser", bots, 0),
    }


def tables_of(body: Body) -> list[Table]:
    """Answer statistics as tables: the single values, then each list."""
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


def _max_clicks(text: str) -> int:
    if not text:
        return 0
    number = text.strip()
    if not (number.isascii() and number.isdigit()) or int(number[:10]) == 0:
        raise wrong(errors.MAX_CLICKS, "max-clicks must be an positive integer")
    return min(int(number[:10]), 10**9)


def _expired(link: links_pb2.Link) -> bool | None:
    if not link.max_clicks and not link.HasField("expire_time"):
        return None
    return render.status_of(link) == "EXPIRED"


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
