"""From our answers to Bitly's data."""

from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit

from gateway.compat.bitly.envelope import ByName
from gateway.compat.bitly.parse import MetricsQuery
from linkmeter.analytics.v1.stats_service_pb2 import StatsRow
from linkmeter.links.v1 import link_graph_service_pb2, links_pb2

Row = dict[str, object]

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
    """Render what the caller asked, as every metric repeats it."""
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
    """Render the same for counts of clicks, which always say what they refer to."""
    return {**window_echo(query), "unit_reference_ts": int(query.window.reference.timestamp())}


def steps(rows: Iterable[StatsRow], key: str) -> list[Row]:
    """Render clicks by time; the key names the start of the step."""
    return [{"clicks": row.metrics[0], key: row.bucket_start_time.seconds} for row in rows]


def countries(rows: Iterable[StatsRow]) -> list[Row]:
    """Render clicks by country."""
    return [{"clicks": row.metrics[0], "country": _value(row) or NO_COUNTRY} for row in rows]


def referrers(rows: Iterable[StatsRow]) -> list[Row]:
    """Render clicks by referring page."""
    counted: dict[str, int] = {}
    for row in rows:
        # A visitor may send the word "direct" for a referrer.
        referrer = _value(row) or DIRECT
        counted[referrer] = counted.get(referrer, 0) + row.metrics[0]
    ranked = sorted(counted.items(), key=lambda item: -item[1])
    return [{"clicks": clicks, "referrer": referrer} for referrer, clicks in ranked]


def referrers_by_domain(rows: Iterable[StatsRow]) -> ByName:
    """Render clicks by referring page, grouped by site; in each, and among them, most clicks first."""
    groups: dict[str, list[Row]] = {}
    for row in referrers(rows):
        groups.setdefault(site_of(str(row["referrer"])), []).append(row)
    return ByName(groups)


def referring_domains(rows: Iterable[StatsRow]) -> list[Row]:
    """Render clicks by referring host."""
    return [
        {"clicks": row.metrics[0], "domain": host, "url": f"http://{host}/"}
        if (host := _value(row))
        else {"clicks": row.metrics[0], "domain": DIRECT}
        for row in rows
    ]


def site_of(referrer: str) -> str:
    """Name the site of a page; what is no address of a page stands for itself."""
    try:
        host = urlsplit(referrer).hostname
    except ValueError:
        host = None
    return _NAMES_OF_SITES.get(host, host) if host else referrer


def encoders(answer: link_graph_service_pb2.ListEncodersResponse, *, expand_user: bool) -> Row:
    """Render who has a link to the same place."""
    return {
        "aggregate_link": answer.aggregate_short_url,
        "entries": [_encoder(encoder, expand_user=expand_user) for encoder in answer.encoders],
    }


def encoders_count(answer: link_graph_service_pb2.ListEncodersResponse) -> Row:
    """Render how many they are."""
    return {"aggregate_link": answer.aggregate_short_url, "count": answer.total_owners}


def person(owner: links_pb2.Owner) -> Row:
    """Render what others may know of an account."""
    return {"login": owner.login, "display_name": owner.display_name, "full_name": owner.display_name}


def profile(owner: links_pb2.Owner) -> Row:
    """Render an account for itself or for others of its group."""
    return {
        **person(owner),
        "member_since": owner.create_time.seconds,
        "profile_url": "",
        "profile_image": "",
        "share_accounts": [],
    }


def own_profile(owner: links_pb2.Owner, domains: Sequence[links_pb2.Domain]) -> Row:
    """Render an account for itself."""
    own = [domain.host for domain in domains if domain.owner_id == owner.owner_id]
    return {
        **profile(owner),
        # Only its hash is kept.
        "apiKey": None,
        "custom_short_domain": own[0] if own else None,
        "default_link_privacy": "public",
        "domain_preference_options": [domain.host for domain in domains],
        "is_enterprise": False,
        "tracking_domains": [],
    }


def history_entry(link: links_pb2.Link, aggregate_link: str, owner: links_pb2.Owner) -> Row:
    """Render one of the caller's links."""
    created = link.create_time.seconds
    return {
        "link": link.short_url,
        "aggregate_link": aggregate_link,
        "long_url": link.destination,
        "title": link.title or None,
        "note": link.note,
        "created_at": created,
        "modified_at": link.update_time.seconds or created,
        "user_ts": created,
        "archived": link.archived,
        "private": link.private_stats,
        "client_id": None,
        "campaign_ids": [],
        "tags": list(link.tags),
        "encoding_user": person(owner),
    }


def shortened(link: links_pb2.Link, global_hash: str, *, is_new: bool) -> Row:
    """Render a link that Shorten made or found."""
    return {
        "url": link.short_url,
        "hash": link.code,
        "global_hash": global_hash,
        "long_url": link.destination,
        "new_hash": int(is_new),
    }


def saved(link: links_pb2.Link, aggregate_link: str, *, is_new: bool) -> Row:
    """Render a link that UserLinkSave made or found."""
    return {
        "link_save": {
            "link": link.short_url,
            "aggregate_link": aggregate_link,
            "long_url": link.destination,
            "user_hash": link.code,
            "new_link": int(is_new),
        }
    }


def code_of(short_url: str) -> str:
    """Answer the code in one of our short URLs."""
    return urlsplit(short_url).path.strip("/")


def _encoder(encoder: link_graph_service_pb2.Encoder, *, expand_user: bool) -> Row:
    row: Row = {
        "link": encoder.short_url,
        "ts": encoder.create_time.seconds,
        "user": encoder.owner.login,
    }
    if expand_user:
        row |= {"display_name": encoder.owner.display_name, "full_name": encoder.owner.display_name}
    return row


def _value(row: StatsRow) -> str:
    return row.dimensions[0].value
