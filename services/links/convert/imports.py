"""Between the messages of imports and the domain."""

from __future__ import annotations  # enum value types are in the stubs only

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from linkmeter.analytics.v1 import clicks_pb2, ingest_service_pb2
from linkmeter.links.v1 import import_service_pb2 as pb
from services.common import emoji_codes
from services.common.errors import InvalidArgument
from services.common.hosts import OwnHosts
from services.common.text import cut
from services.links.convert.links import new_link_fields
from services.links.convert.times import time_of, timestamp
from services.links.domain import imports
from services.links.domain.domains import Domain
from services.links.domain.imports import Import, ImportedLink, LinkOutcome
from services.links.domain.link import LinkDraft, LinkFields
from services.links.importing.clicks import ClickCounts
from services.links.store.import_undo import Undone
from services.links.store.imported_links import FollowedLink, Taken

# As redirect cuts what visitors send.
_LONGEST_REFERRER: Final = 2048
_LONGEST_USER_AGENT: Final = 512
_LONGEST_LANGUAGE: Final = 256
_LONGEST_QUERY: Final = 2048
_LONGEST_PURPOSE: Final = 64
_LONGEST_DESTINATION: Final = 8192
_LONGEST_NAME: Final = 512
# What analytics calls the reasons for which clicks are set aside.
NO_LINK: Final = "no_link"
ABSURD_TIME: Final = "absurd_time"
BAD_VALUE: Final = "bad_value"
_HTTP_STATUSES: Final = range(100, 600)

ClickName = tuple[str, str]


def import_message(found: Import, counts: ClickCounts) -> pb.Import:
    """Write an import, with what became of its clicks."""
    return pb.Import(
        import_id=found.import_id,
        origin=found.origin,
        origin_identity=found.origin_identity,
        generation=found.generation,
        state=pb.ImportState.ValueType(found.state),
        source=str(found.source),
        created_links=found.created_links,
        found_links=found.found_links,
        acknowledged_sequence=counts.mark,
        stored_clicks=counts.stored,
        set_aside_clicks=counts.set_aside,
        create_time=timestamp(found.create_time),
        finish_time=timestamp(found.finish_time),
        undo_time=timestamp(found.undo_time),
    )


def link_fields(message: pb.ImportedLink) -> LinkFields:
    """Read the fields of an imported link; raise InvalidArgument for one that breaks its bounds."""
    return new_link_fields(message.link, has_account=True)


def imported_link(
    message: pb.ImportedLink, domain: Domain, fields: LinkFields, owner_id: int, now: datetime
) -> ImportedLink:
    """Read an imported link whose domain and destinations are known; raise InvalidArgument like check_link."""
    link = ImportedLink(
        draft=LinkDraft(
            owner_id=owner_id,
            domain_id=domain.domain_id,
            host=domain.host,
            public_url=domain.public_url,
            code=emoji_codes.canonical(message.link.code),
            fields=fields,
            password=message.link.password,
        ),
        create_time=time_of(message, "create_time", "create_time") or now,
        clicks_before=message.clicks_before_import,
        consumed_clicks=message.consumed_clicks,
        disabled=message.disabled,
    )
    imports.check_link(link, now)
    return link


def result_message(link: ImportedLink | InvalidArgument, taken: Taken | None) -> pb.ImportLinkResult:
    """Write what became of an imported link; it was refused when nothing was taken."""
    if isinstance(link, InvalidArgument) or taken is None:
        assert isinstance(link, InvalidArgument), "all others are taken"  # noqa: S101
        return pb.ImportLinkResult(
            outcome=pb.IMPORT_LINK_OUTCOME_REFUSED, field=link.field, reason=link.reason, message=link.problem
        )
    is_taken = taken.outcome is LinkOutcome.CODE_TAKEN
    return pb.ImportLinkResult(
        outcome=pb.ImportLinkOutcome.ValueType(taken.outcome),
        link_id=taken.link_id,
        short_url="" if is_taken else f"{link.draft.public_url}/{link.draft.code}",
        created_by_import=taken.is_own,
        message=f"code is taken: {link.draft.code}" if is_taken else "",
    )


def undo_message(found: Import, counts: ClickCounts, undone: Undone) -> pb.UndoImportResponse:
    """Write what an undo has done."""
    return pb.UndoImportResponse(
        undone_import=import_message(found, counts),
        erased_clicks=found.erased_clicks,
        deleted_links=undone.deleted,
        kept_link_count=undone.kept,
        kept_links=[
            pb.KeptLink(link_id=each.link_id, short_url=each.short_url, reason=pb.KeptLinkReason.ValueType(each.reason))
            for each in undone.kept_links
        ],
    )


def check_clicks(clicks: Iterable[pb.ImportedClick]) -> None:
    """Raise InvalidArgument for a batch that is too large or whose sequences have gaps."""
    sequences = [click.sequence for click in clicks]
    if len(sequences) > imports.MAX_CLICKS:
        raise InvalidArgument("clicks", f"must be at most {imports.MAX_CLICKS}")
    if sequences and sequences != [*range(sequences[0], sequences[0] + len(sequences))]:
        raise InvalidArgument("clicks.sequence", "must rise by one from click to click")
    if sequences and not 0 < sequences[0] <= sequences[-1] <= imports.MAX_SEQUENCE:
        raise InvalidArgument("clicks.sequence", "must be a positive number of 63 bits")


def click_name(click: pb.ImportedClick, hosts: OwnHosts) -> ClickName:
    """Return the host and code that a click without link id names."""
    return hosts.domain_host(click.domain), emoji_codes.canonical(click.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickRows:
    """Makes outbox rows of clicks, given what is known of the links that they name."""

    owner_id: int
    hosts: OwnHosts
    by_id: Mapping[int, FollowedLink]
    by_name: Mapping[ClickName, FollowedLink]
    now: datetime

    def of(self, clicks: Iterable[pb.ImportedClick]) -> list[ingest_service_pb2.OutboxRow]:
        """Return the rows; those that cannot be counted say why."""
        return [self._row(click) for click in clicks]

    def _row(self, click: pb.ImportedClick) -> ingest_service_pb2.OutboxRow:
        link = self.by_id.get(click.link_id) if click.link_id else self.by_name.get(click_name(click, self.hosts))
        recorded = _recorded(click, link, self.owner_id)
        return ingest_service_pb2.OutboxRow(
            sequence=click.sequence, click=recorded.SerializeToString(), fault=self._fault(click, link)
        )

    def _fault(self, click: pb.ImportedClick, link: FollowedLink | None) -> str:
        if link is None:
            return NO_LINK
        try:
            time = time_of(click, "time", "time")
        except InvalidArgument:
            time = None
        if time is None or not imports.is_possible(time, self.now):
            return ABSURD_TIME
        return BAD_VALUE if click.http_status and click.http_status not in _HTTP_STATUSES else ""


def _recorded(click: pb.ImportedClick, link: FollowedLink | None, owner_id: int) -> clicks_pb2.RecordedClick:
    """Write a click as redirect would have recorded it; without link, as it was told."""
    recorded = clicks_pb2.RecordedClick(
        owner_id=owner_id,
        method=cut(click.method, _LONGEST_NAME) or "GET",
        query=cut(click.query, _LONGEST_QUERY),
        purpose=cut(click.purpose, _LONGEST_PURPOSE),
        variant=cut(click.variant, _LONGEST_NAME),
        latency_us=click.latency_us,
        ip=cut(click.ip, _LONGEST_NAME),
        user_agent=cut(click.user_agent, _LONGEST_USER_AGENT),
        referrer=cut(click.referrer, _LONGEST_REFERRER),
        accept_language=cut(click.accept_language, _LONGEST_LANGUAGE),
        country_hint=cut(click.country, _LONGEST_NAME),
    )
    recorded.time.CopyFrom(click.time)
    if link is None:
        recorded.link_id = click.link_id
        recorded.domain, recorded.code = cut(click.domain, _LONGEST_NAME), cut(click.code, _LONGEST_NAME)
        return recorded
    recorded.link_id, recorded.domain_id = link.link_id, link.domain_id
    recorded.domain, recorded.code = link.host, link.code
    recorded.destination = cut(click.destination, _LONGEST_DESTINATION) or link.destination
    recorded.http_status = click.http_status or link.redirect_status
    recorded.scheme = cut(click.scheme, _LONGEST_NAME) or link.public_url.partition(":")[0]
    return recorded
