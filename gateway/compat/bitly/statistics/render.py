"""From statistics to Bitly's data."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from gateway.compat.bitly.envelope import ByName, Row
from gateway.compat.bitly.statistics.parse import MetricsQuery
from linkmeter.analytics.v1.stats_service_pb2 import StatsRow

DIRECT: Final = "direct"
NO_COUNTRY: Final = "None"
# Sites that are called by name where pages are grouped by site.
_NAMES_OF_SITES: Final = {
    "twitter.com": "Twitter",
    "www.twitter.com": "Twitter",
    "mobile.twitter.com": "Twitter",
    "m.twitter.com": "Twitter",
    "x.com": "Twitter",
    "t.co": "Twitter",
    "facebook.com": "Facebook",
    "www.facebook.com": "Facebook",
    "m.facebook.com": "Facebook",
    "l.facebook.com": "Facebook",
    "lm.facebook.com": "Facebook",
    "linkedin.com": "LinkedIn",
    "www.linkedin.com": "LinkedIn",
    "lnkd.in": "LinkedIn",
}


def window_echo(query: MetricsQuery) -> Row:
    """Return the window that was asked for, as every metric repeats it."""
    window = query.window
    echo: Row = {
        "tz_offset": window.zone.offset_hours(window.reference),
        "unit": window.unit_name,
        "units": window.units,
    }
    if query.reference_ts is not None:
        echo["unit_reference_ts"] = query.reference_ts
    return echo


def clicks_echo(query: MetricsQuery) -> Row:
    """Return the same for counts of clicks, which always name the moment that they refer to."""
    return {**window_echo(query), "unit_reference_ts": int(query.window.reference.timestamp())}


def steps(rows: Iterable[StatsRow], key: str) -> list[Row]:
    """Return clicks by unit of time, whose start, in epoch seconds, is under the key."""
    return [{"clicks": row.metrics[0], key: row.bucket_start_time.seconds} for row in rows]


def countries(rows: Iterable[StatsRow]) -> list[Row]:
    """Return clicks by country, of which the unknown one is None as a text."""
    return [{"clicks": row.metrics[0], "country": _value(row) or NO_COUNTRY} for row in rows]


def referrers(rows: Iterable[StatsRow]) -> list[Row]:
    """Return clicks by referring page, most clicks first; visits without one are direct."""
    counted: dict[str, int] = {}
    for row in rows:
        # A visitor may send the text "direct" for a referrer.
        referrer = _value(row) or DIRECT
        counted[referrer] = counted.get(referrer, 0) + row.metrics[0]
    ranked = sorted(counted.items(), key=lambda item: -item[1])
    return [{"clicks": clicks, "referrer": referrer} for referrer, clicks in ranked]


def referrers_by_domain(rows: Iterable[StatsRow]) -> ByName:
    """Return clicks by referring page, grouped by site; in each, and among them, most clicks first."""
    groups: dict[str, list[Row]] = {}
    for row in referrers(rows):
        groups.setdefault(site_of(str(row["referrer"])), []).append(row)
    return ByName(groups)


def referring_domains(rows: Iterable[StatsRow]) -> list[Row]:
    """Return clicks by referring host; visits without one are direct, and have no address."""
    return [
        {"clicks": row.metrics[0], "domain": host, "url": f"http://{host}/"}
        if (host := _value(row))
        else {"clicks": row.metrics[0], "domain": DIRECT}
        for row in rows
    ]


def site_of(referrer: str) -> str:
    """Return the name of a page's site, else its host; what is no address of a page stands for itself."""
    try:
        host = urlsplit(referrer).hostname
    except ValueError:
        host = None
    return _NAMES_OF_SITES.get(host, host) if host else referrer


def _value(row: StatsRow) -> str:
    return row.dimensions[0].value
