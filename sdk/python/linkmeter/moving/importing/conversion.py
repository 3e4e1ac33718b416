"""Bring what an origin tells into the form of the contract; what has to be adjusted for that is counted."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.links.v1 import import_service_pb2, links_pb2
from linkmeter.moving.archive.items import ArchivedClick, ArchivedLink
from linkmeter.moving.importing.tally import Tally
from linkmeter.moving.origin import OriginClick, OriginLink

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST: Final = datetime(1995, 1, 1, tzinfo=UTC)
_LONGEST_TITLE: Final = 512
_LONGEST_NOTE: Final = 4096
_LONGEST_TAG: Final = 64
_MOST_TAGS: Final = 32
_MOST_CLICKS_BEFORE: Final = 2**53
# The server keeps no more of them; without a bound here, one click could be larger than a request.
_LONGEST_REFERRER: Final = 2048
_LONGEST_HEADER: Final = 512
_LONGEST_DESTINATION: Final = 10_000
# No link has it: a click that belongs to no link takes its place among the others, and is set aside.
NO_LINK: Final = 2**63 - 1


def imported_link(link: OriginLink, *, now: datetime, adjusted: Tally) -> import_service_pb2.ImportedLink:
    """Return a link for ImportLinks, without domain and code."""
    message = import_service_pb2.ImportedLink(
        clicks_before_import=max(0, min(link.clicks_before, _MOST_CLICKS_BEFORE)), disabled=not link.is_enabled
    )
    if isinstance(link, ArchivedLink):
        _take_archived(link, message, adjusted)
    else:
        _take(link, message.link, adjusted)
    if link.create_time is not None:
        if _EARLIEST <= link.create_time <= now:
            message.create_time.CopyFrom(timestamp_of(link.create_time))
        else:
            adjusted.add("CREATE_TIME_LEFT_OUT", link.place, f"{link.create_time.isoformat()} cannot be")
    return message


def imported_click(
    click: OriginClick, sequence: int, *, link_id: int = 0, domain: str = ""
) -> import_service_pb2.ImportedClick:
    """Return a click for ImportClicks, of the link of an id, or else of its code in a domain."""
    message = import_service_pb2.ImportedClick(
        sequence=sequence,
        time=timestamp_of(click.time),
        link_id=link_id,
        referrer=plain(click.referrer[:_LONGEST_REFERRER]),
        user_agent=plain(click.user_agent[:_LONGEST_HEADER]),
        ip=plain(click.ip[:_LONGEST_HEADER]),
        accept_language=plain(click.accept_language[:_LONGEST_HEADER]),
        country=plain(click.country[:_LONGEST_HEADER]),
    )
    if not link_id:
        message.domain, message.code = plain(domain), plain(click.code[:_LONGEST_HEADER])
    if isinstance(click, ArchivedClick):
        _take_archived_click(click, message)
    return message


def timestamp_of(moment: datetime) -> Timestamp:
    """Return a time as a message."""
    since = moment - _EPOCH
    return Timestamp(seconds=since.days * 86_400 + since.seconds, nanos=since.microseconds * 1000)


def is_absurd(moment: datetime, now: datetime) -> bool:
    """Return whether no link can have been followed at that time."""
    return not _EARLIEST <= moment <= now


def plain(text: str) -> str:
    """Return text as messages can hold it: without NUL and halves of surrogate pairs."""
    if "\0" in text:
        text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _take(link: OriginLink, message: links_pb2.Link, adjusted: Tally) -> None:
    # Longer ones are refused, however long they are.
    message.destination = plain(link.destination[:_LONGEST_DESTINATION])
    message.title = _cut(_line(link.title), _LONGEST_TITLE, "TITLE_CUT", link, adjusted)
    message.note = _cut(plain(link.description), _LONGEST_NOTE, "DESCRIPTION_CUT", link, adjusted)
    message.tags.extend(_tags(link, adjusted))
    if link.start_time is not None:
        message.valid_from_time.CopyFrom(timestamp_of(link.start_time))
    if link.expire_time is not None:
        message.expire_time.CopyFrom(timestamp_of(link.expire_time))
    if link.max_clicks is not None:
        message.max_clicks = link.max_clicks


def _take_archived(link: ArchivedLink, message: import_service_pb2.ImportedLink, adjusted: Tally) -> None:
    message.link.CopyFrom(link.message)
    message.consumed_clicks = link.consumed_clicks
    if link.had_password:
        # Without its password it would be open to everybody.
        message.disabled = True
        adjusted.add("PASSWORD_NOT_ARCHIVED", link.place, "disabled until it is given a password again")


def _take_archived_click(click: ArchivedClick, message: import_service_pb2.ImportedClick) -> None:
    message.destination = click.destination
    message.http_status = click.http_status
    message.method = click.method
    message.scheme = click.scheme
    message.query = click.query
    message.purpose = click.purpose
    message.variant = click.variant
    message.latency_us = click.latency_us


def _tags(link: OriginLink, adjusted: Tally) -> Iterable[str]:
    lines = (_cut(_line(tag), _LONGEST_TAG, "TAG_CUT", link, adjusted) for tag in link.tags)
    tags = list(dict.fromkeys(tag for tag in lines if tag))
    if len(tags) > _MOST_TAGS:
        adjusted.add("TAGS_LEFT_OUT", link.place, f"{len(tags) - _MOST_TAGS} of {len(tags)}")
    return tags[:_MOST_TAGS]


def _line(text: str) -> str:
    """Return text as one line without control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in plain(text)).split())


def _cut(text: str, most: int, reason: str, link: OriginLink, adjusted: Tally) -> str:
    if len(text) > most:
        adjusted.add(reason, link.place, f"to {most} characters")
    return text[:most].strip()
