"""Messages to domain objects and back."""

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.analytics.v1 import clicks_pb2
from linkmeter.links.v1 import resolution_service_pb2
from services.redirect.domain.resolution import Resolution
from services.redirect.facts import Facts


def resolution_from(message: resolution_service_pb2.Resolution) -> Resolution:
    """Read a resolution; raise ValueError when it could not be followed safely."""
    return Resolution(
        link_id=message.link_id,
        owner_id=message.owner_id,
        domain_id=message.domain_id,
        domain=message.domain,
        code=message.code,
        destination=message.destination,
        redirect_status=message.redirect_status,
        disabled=message.disabled,
        deleted=message.deleted,
        valid_from_time=moment(message.valid_from_time) if message.HasField("valid_from_time") else None,
        expire_time=moment(message.expire_time) if message.HasField("expire_time") else None,
        max_clicks=message.max_clicks,
        password_version=message.password_version,
        title=message.title,
        revision=message.revision,
        short_url=message.short_url,
    )


def recorded_click(resolution: Resolution, facts: Facts, *, time_us: int, latency_us: int) -> bytes:
    """Write the click that following a link made."""
    click = clicks_pb2.RecordedClick(
        time=Timestamp(seconds=time_us // 1_000_000, nanos=time_us % 1_000_000 * 1000),
        link_id=resolution.link_id,
        owner_id=resolution.owner_id,
        domain_id=resolution.domain_id,
        domain=resolution.domain,
        code=resolution.code,
        destination=resolution.destination,
        http_status=resolution.redirect_status,
        method=facts.method,
        scheme=facts.scheme,
        ip=facts.client_ip,
        user_agent=facts.user_agent,
        referrer=facts.referrer,
        accept_language=facts.accept_language,
        query=facts.query,
        purpose=facts.purpose,
        latency_us=latency_us,
    )
    return click.SerializeToString()


def moment(timestamp: Timestamp) -> datetime:
    """Read a moment, aware, in UTC."""
    return timestamp.ToDatetime(tzinfo=UTC)
