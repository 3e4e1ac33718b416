"""Clicks, as they come in and as they are read."""

from uuid import UUID

from google.protobuf.message import DecodeError

from linkmeter.analytics.v1 import clicks_pb2, ingest_service_pb2
from services.analytics.convert.times import time_of, timestamp_of
from services.analytics.domain.click import Click, RecordedClick
from services.analytics.domain.countries import country_name
from services.analytics.domain.ledger import OutboxReport
from services.common.errors import InvalidArgument


def source_of(text: str) -> UUID:
    """Read the name of an outbox."""
    try:
        return UUID(text)
    except ValueError:
        raise InvalidArgument("source", "is no UUID") from None


def report_of(message: ingest_service_pb2.OutboxReport) -> OutboxReport:
    """Read what an outbox says of itself."""
    largest = 2**63 - 1
    if message.last_sequence > largest or any(count > largest for count in message.dropped.values()):
        raise InvalidArgument("report", "a count is larger than any outbox can have")
    if any("\0" in reason for reason in message.dropped):
        raise InvalidArgument("report.dropped", "a reason must not contain the character NUL")
    try:
        waiting = time_of(message.oldest_pending_time) if message.HasField("oldest_pending_time") else None
    except ValueError:
        raise InvalidArgument("report.oldest_pending_time", "is beyond the calendar") from None
    return OutboxReport(last_sequence=message.last_sequence, dropped=dict(message.dropped), oldest_pending_time=waiting)


def recorded_click_of(content: bytes) -> RecordedClick:
    """Decode a recorded click; ValueError when it is none."""
    try:
        message = clicks_pb2.RecordedClick.FromString(content)
    except DecodeError as problem:
        raise ValueError("not a RecordedClick") from problem
    return RecordedClick(
        time=time_of(message.time),
        link_id=message.link_id,
        owner_id=message.owner_id,
        domain_id=message.domain_id,
        domain=message.domain,
        code=message.code,
        destination=message.destination,
        http_status=message.http_status,
        method=message.method,
        scheme=message.scheme,
        ip=message.ip,
        user_agent=message.user_agent,
        referrer=message.referrer,
        accept_language=message.accept_language,
        query=message.query,
        purpose=message.purpose,
        variant=message.variant,
        latency_us=message.latency_us,
    )


def click_message(click: Click) -> clicks_pb2.Click:
    """Write a click."""
    country = click.whereabouts.country
    return clicks_pb2.Click(
        click_id=f"{click.source}/{click.sequence}",
        time=timestamp_of(click.time),
        link_id=click.link_id,
        domain=click.domain,
        code=click.code,
        destination=click.destination,
        http_status=click.http_status,
        method=click.method,
        scheme=click.scheme,
        ip=click.ip,
        user_agent=click.user_agent,
        referrer=click.referral.referrer,
        referrer_host=click.referral.host,
        social_network=click.social_network,
        country=country,
        country_name=country_name(country),
        city=click.whereabouts.city,
        city_geoname_id=click.whereabouts.city_geoname_id,
        browser=click.agent.browser,
        browser_family=click.agent.browser_family,
        browser_version=click.agent.browser_version,
        os=click.agent.os,
        device_type=click.agent.device_type,
        is_bot=click.is_bot,
        language=click.language,
        utm_source=click.campaign.source,
        utm_medium=click.campaign.medium,
        utm_campaign=click.campaign.campaign,
        utm_term=click.campaign.term,
        utm_content=click.campaign.content,
        variant=click.variant,
        click_class=clicks_pb2.ClickClass.ValueType(click.click_class),
    )
