"""Clicks, as they come in and as they are read."""

from dataclasses import fields
from operator import attrgetter, itemgetter
from typing import Final
from uuid import UUID

from google.protobuf.message import DecodeError

from linkmeter.analytics.v1 import clicks_pb2, ingest_service_pb2
from services.analytics.convert.times import time_of, timestamp_of
from services.analytics.domain.click import CLICK_FIELDS, Click, ClickFields, RecordedClick
from services.analytics.domain.countries import country_name
from services.analytics.domain.ledger import OutboxReport
from services.common.errors import InvalidArgument
from services.common.text import cut

# Fields that the contract and we call the same; those that need to be converted are written out below.
_RECORDED_NAMES: Final = tuple(field.name for field in fields(RecordedClick) if field.name != "time")
_LONGEST_NAME: Final = 1000
_recorded_values: Final = attrgetter(*_RECORDED_NAMES)
_SHOWN_NAMES: Final = tuple(
    name
    for name in clicks_pb2.Click.DESCRIPTOR.fields_by_name
    if name in CLICK_FIELDS and name not in {"time", "click_class"}
)
_shown_values: Final = attrgetter(*(CLICK_FIELDS[name].path for name in _SHOWN_NAMES))
_shown_fields: Final = itemgetter(*_SHOWN_NAMES)


def source_of(text: str) -> UUID:
    """Return the UUID that an outbox is named by; raise InvalidArgument when it is none."""
    try:
        return UUID(text)
    except ValueError:
        raise InvalidArgument("source", "is no UUID") from None


def import_name_of(request: ingest_service_pb2.IngestClicksRequest) -> str:
    """Return what an import is called, empty for an outbox; raise InvalidArgument for what is no name."""
    if "\0" in request.import_name:
        raise InvalidArgument("import_name", "must not contain the character NUL")
    return cut(request.import_name, _LONGEST_NAME)


def report_of(message: ingest_service_pb2.OutboxReport) -> OutboxReport:
    """Read what an outbox reports of itself; raise InvalidArgument for counts and times that none can have."""
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
    """Decode a recorded click; raise ValueError when it is none."""
    try:
        message = clicks_pb2.RecordedClick.FromString(content)
    except DecodeError as problem:
        raise ValueError("not a RecordedClick") from problem
    return RecordedClick(
        time=time_of(message.time), **dict(zip(_RECORDED_NAMES, _recorded_values(message), strict=True))
    )


def click_message(click: Click) -> clicks_pb2.Click:
    """Return the message of a click."""
    return clicks_pb2.Click(
        click_id=f"{click.source}/{click.sequence}",
        time=timestamp_of(click.time),
        country_name=country_name(click.whereabouts.country),
        click_class=clicks_pb2.ClickClass.ValueType(click.click_class),
        **dict(zip(_SHOWN_NAMES, _shown_values(click), strict=True)),
    )


def message_of_fields(fields: ClickFields) -> clicks_pb2.Click:
    """Return the message of a click, given by its fields; the same as of the click."""
    message = clicks_pb2.Click(
        click_id=f"{fields['source']}/{fields['sequence']}",
        country_name=country_name(fields["country"]),
        click_class=fields["click_class"],
        **dict(zip(_SHOWN_NAMES, _shown_fields(fields), strict=True)),
    )
    message.time.FromDatetime(fields["time"])
    return message
