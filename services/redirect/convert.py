"""Convert messages to domain objects and back."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.analytics.v1 import clicks_pb2
from linkmeter.links.v1 import resolution_service_pb2
from services.common.text import cut
from services.redirect.domain.resolution import Finding, Resolution
from services.redirect.request_facts import RequestFacts

ORPHAN_CODE_BYTES: Final = 256
QUERY_BYTES: Final = 2048
MOST_LINK_SHARES: Final = 16_384
# A field of a resolution has one name, in the contract and here.
_RESOLUTION_FIELDS: Final = tuple(field.name for field in fields(Resolution))
_OPTIONAL_FIELDS: Final = frozenset(
    name for name, field in resolution_service_pb2.Resolution.DESCRIPTOR.fields_by_name.items() if field.has_presence
)
_link_shares: dict[int, tuple[Resolution, bytes]] = {}


class OrphanResponse(NamedTuple):
    """The response to a visitor who followed no link; a destination when they were sent elsewhere."""

    http_status: int
    destination: str = ""


def resolution_from(message: resolution_service_pb2.Resolution) -> Resolution:
    """Return the resolution of a message; raise ValueError when it could not be followed safely."""
    return Resolution(**{name: _value(message, name) for name in _RESOLUTION_FIELDS})


def _value(message: resolution_service_pb2.Resolution, name: str) -> Any:
    """Return a field's value; None when it was not given."""
    if name in _OPTIONAL_FIELDS and not message.HasField(name):  # type: ignore[arg-type] # No literal, but in it.
        return None
    value = getattr(message, name)
    return moment(value) if isinstance(value, Timestamp) else value


def recorded_click(resolution: Resolution, facts: RequestFacts, *, time_us: int, latency_us: int) -> bytes:
    """Return the serialized click of a followed link."""
    visit = _visit(facts, time_us=time_us, latency_us=latency_us)
    # Two messages one behind the other are one with the fields of both.
    return visit.SerializeToString() + _link_share(resolution)


def _link_share(resolution: Resolution) -> bytes:
    """Return, serialized, the fields that all clicks of a link share; cached until the link changes."""
    known = _link_shares.get(resolution.link_id)
    if known is not None and known[0] is resolution:
        return known[1]
    share = clicks_pb2.RecordedClick(
        link_id=resolution.link_id,
        owner_id=resolution.owner_id,
        domain_id=resolution.domain_id,
        domain=resolution.domain,
        code=resolution.code,
        destination=resolution.destination,
        http_status=resolution.redirect_status,
    ).SerializeToString()
    if len(_link_shares) >= MOST_LINK_SHARES:
        _link_shares.clear()
    _link_shares[resolution.link_id] = (resolution, share)
    return share


def recorded_orphan(
    finding: Finding, response: OrphanResponse, facts: RequestFacts, *, time_us: int, latency_us: int
) -> bytes:
    """Return the serialized visit that followed no link."""
    visit = _visit(facts, time_us=time_us, latency_us=latency_us)
    visit.owner_id = finding.owner_id
    visit.domain_id = finding.domain_id
    visit.domain = finding.domain
    # No column takes a NUL, and one in a path must not set the visit aside.
    visit.code = cut(facts.path.removeprefix("/").replace("\0", "\ufffd"), ORPHAN_CODE_BYTES)
    visit.destination = response.destination
    visit.http_status = response.http_status
    return visit.SerializeToString()


def _visit(facts: RequestFacts, *, time_us: int, latency_us: int) -> clicks_pb2.RecordedClick:
    return clicks_pb2.RecordedClick(
        time=Timestamp(seconds=time_us // 1_000_000, nanos=time_us % 1_000_000 * 1000),
        method=facts.method,
        scheme=facts.scheme,
        ip=facts.client_ip,
        user_agent=facts.user_agent,
        referrer=facts.referrer,
        accept_language=facts.accept_language,
        query=cut(facts.query, QUERY_BYTES),
        purpose=facts.purpose,
        latency_us=latency_us,
    )


def moment(timestamp: Timestamp) -> datetime:
    """Return the moment of a timestamp, in UTC."""
    return timestamp.ToDatetime(tzinfo=UTC)
