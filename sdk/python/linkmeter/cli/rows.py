"""What the server answers, as rows: the names are those of the contracts."""

from datetime import datetime
from typing import Any, Final

from linkmeter.analytics.v1 import clicks_pb2, stats_service_pb2
from linkmeter.cli.output import Fields, Row
from linkmeter.convert import moment
from linkmeter.links.v1 import links_pb2

LINK: Final = Fields(
    (
        "link_id",
        "short_url",
        "domain",
        "code",
        "destination",
        "title",
        "tags",
        "state",
        "redirect_status",
        "valid_from_time",
        "expire_time",
        "max_clicks",
        "consumed_clicks",
        "clicks_before_import",
        "has_password",
        "archived",
        "note",
        "private_stats",
        "block_bots",
        "expired_destination",
        "indexable",
        "forward_query",
        "create_time",
        "update_time",
        "etag",
    ),
    table=("short_url", "destination", "title", "tags", "state", "create_time"),
    whole=("short_url", "state", "create_time"),
)
CLICK: Final = Fields(
    (
        "click_id",
        "time",
        "link_id",
        "domain",
        "code",
        "destination",
        "click_class",
        "is_bot",
        "country",
        "country_name",
        "region",
        "city",
        "browser",
        "browser_version",
        "os",
        "device_type",
        "language",
        "referrer",
        "referrer_host",
        "social_network",
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "utm_term",
        "utm_content",
        "variant",
        "ip",
        "user_agent",
        "http_status",
        "method",
        "scheme",
    ),
    table=("time", "code", "click_class", "country", "city", "browser", "os", "referrer_host"),
    whole=("time", "code"),
)
KEY: Final = Fields(
    (
        "api_key_id",
        "title",
        "prefix",
        "scopes",
        "create_time",
        "expire_time",
        "last_use_time",
        "description",
        "revoked",
        "secret",
    ),
    table=("api_key_id", "title", "prefix", "scopes", "create_time", "expire_time", "last_use_time"),
    whole=("api_key_id", "prefix"),
)
DOMAIN: Final = Fields(
    ("domain_id", "host", "public_url", "state", "create_time", "proof_name", "proof_type", "proof_value"),
    table=("domain_id", "host", "public_url", "state", "create_time"),
    whole=("domain_id", "host"),
)
LEDGER: Final = Fields(
    ("source", "name", "accepted", "stored", "pending", "set_aside", "dropped", "lag_seconds", "last_report_time"),
    whole=("source",),
)
DELETED: Final = Fields(("link", "link_id", "deleted"), whole=("link",))


def link(message: links_pb2.Link) -> Row:
    """Return a link as a row of LINK."""
    return {
        **_texts(message, "short_url", "domain", "code", "destination", "title", "note", "expired_destination", "etag"),
        **_numbers(message, "link_id", "redirect_status", "max_clicks", "consumed_clicks", "clicks_before_import"),
        **_times(message, "valid_from_time", "expire_time", "create_time", "update_time"),
        **_flags(message, "has_password", "archived", "block_bots"),
        "tags": list(message.tags),
        "state": _word(links_pb2.LinkState.Name(message.state), "LINK_STATE_"),
        "private_stats": message.private_stats if message.HasField("private_stats") else None,
        "indexable": message.indexable if message.HasField("indexable") else None,
        "forward_query": _word(links_pb2.ForwardQuery.Name(message.forward_query), "FORWARD_QUERY_") or "none",
    }


def click(message: clicks_pb2.Click) -> Row:
    """Return a click as a row of CLICK."""
    apart = ("time", "link_id", "http_status", "is_bot", "click_class")
    return {
        **_texts(message, *(name for name in CLICK.names if name not in apart)),
        **_times(message, "time"),
        **_numbers(message, "link_id", "http_status"),
        "is_bot": message.is_bot,
        "click_class": _word(clicks_pb2.ClickClass.Name(message.click_class), "CLICK_CLASS_"),
    }


def key(message: links_pb2.ApiKey) -> Row:
    """Return an API key as a row of KEY; its secret is there in the answer that issues it only."""
    return {
        **_texts(message, "title", "prefix", "description"),
        **_times(message, "create_time", "expire_time", "last_use_time"),
        "api_key_id": message.api_key_id,
        "scopes": list(message.scopes),
        "revoked": message.revoked,
        "secret": message.secret or None,
    }


def domain(message: links_pb2.Domain) -> Row:
    """Return a domain as a row of DOMAIN, with the DNS record that is to prove it while it is not verified."""
    return {
        **_texts(message, "host", "public_url"),
        **_times(message, "create_time"),
        "domain_id": message.domain_id,
        "state": _word(links_pb2.DomainState.Name(message.state), "DOMAIN_STATE_"),
        "proof_name": message.proof.name,
        "proof_type": message.proof.type,
        "proof_value": message.proof.value,
    }


def ledger_entry(message: stats_service_pb2.LedgerEntry) -> Row:
    """Return an outbox's line of the ledger as a row of LEDGER; without a source it is the sum of all."""
    return {
        **_numbers(message, "accepted", "stored", "pending", "set_aside"),
        **_times(message, "last_report_time"),
        "source": message.source or "total",
        # Of an import: what was imported. Outboxes have none.
        "name": message.name,
        "dropped": dict(message.dropped),
        "lag_seconds": round(message.lag_seconds, 3),
    }


def _texts(message: Any, *names: str) -> dict[str, str]:
    return {name: getattr(message, name) for name in names}


def _numbers(message: Any, *names: str) -> dict[str, int]:
    return {name: getattr(message, name) for name in names}


def _flags(message: Any, *names: str) -> dict[str, bool]:
    return {name: getattr(message, name) for name in names}


def _times(message: Any, *names: str) -> dict[str, datetime | None]:
    return {name: moment(message, name) for name in names}


def _word(name: str, prefix: str) -> str:
    word = name.removeprefix(prefix).lower()
    return "" if word == "unspecified" else word
