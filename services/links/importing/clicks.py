"""What links asks of analytics for imports: their clicks go there, and what is kept of them is there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import grpc

from linkmeter.analytics.v1 import (
    import_source_service_pb2,
    import_source_service_pb2_grpc,
    ingest_service_pb2,
    ingest_service_pb2_grpc,
)
from services.links.domain.imports import Import

if TYPE_CHECKING:
    from linkmeter.analytics.v1.import_source_service_pb2_grpc import ImportSourceServiceAsyncStub
    from linkmeter.analytics.v1.ingest_service_pb2_grpc import IngestServiceAsyncStub

# May be sent again when analytics was away for a moment: nothing counts twice.
IDEMPOTENT: Final = (
    "linkmeter.analytics.v1.IngestService/IngestClicks",
    *(
        f"linkmeter.analytics.v1.ImportSourceService/{method}"
        for method in ("GetImportSources", "PutClicksBeforeImport", "EraseImportSource", "FindClickedLinks")
    ),
)
# A batch is enriched and stored within a second or so; on a busy machine, within a few.
_STORE_SECONDS: Final = 15.0
# It may have to read files of years, and waits for its turn.
_ERASE_SECONDS: Final = 60.0
_FIND_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class ClickCounts:
    """What became of an import's clicks."""

    mark: int = 0
    stored: int = 0
    set_aside: int = 0


class ImportClicks:
    """The clicks of imports, in analytics. Every method raises Unavailable while analytics is away."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._ingest: IngestServiceAsyncStub = ingest_service_pb2_grpc.IngestServiceStub(channel)
        self._sources: ImportSourceServiceAsyncStub = import_source_service_pb2_grpc.ImportSourceServiceStub(channel)

    async def store(self, found: Import, rows: Sequence[ingest_service_pb2.OutboxRow]) -> int:
        """Store a batch, and return the mark.

        Raise Aborted when it does not go on behind the mark, FailedPrecondition when the import was undone.
        """
        request = ingest_service_pb2.IngestClicksRequest(
            source=str(found.source),
            rows=rows,
            report=ingest_service_pb2.OutboxReport(last_sequence=rows[-1].sequence if rows else 0),
            import_name=found.name,
        )
        response = await self._ingest.IngestClicks(request, timeout=_STORE_SECONDS)
        return response.acknowledged_sequence

    async def counts(self, imports: Sequence[Import]) -> list[ClickCounts]:
        """Return what became of the clicks of imports, in their order."""
        sources = [str(each.source) for each in imports]
        request = import_source_service_pb2.GetImportSourcesRequest(sources=sources)
        response = await self._sources.GetImportSources(request)
        known = {
            each.source: ClickCounts(each.acknowledged_sequence, each.stored, each.set_aside)
            for each in response.sources
        }
        return [known.get(source, ClickCounts()) for source in sources]

    async def put_clicks_before(self, found: Import, clicks: Mapping[int, int]) -> None:
        """Note how many clicks links had before, by link; raise FailedPrecondition when the import was undone."""
        request = import_source_service_pb2.PutClicksBeforeImportRequest(
            source=str(found.source),
            owner_id=found.owner_id,
            sums=[
                import_source_service_pb2.ClicksBeforeImport(link_id=link_id, clicks=count)
                for link_id, count in clicks.items()
            ],
        )
        await self._sources.PutClicksBeforeImport(request, timeout=_STORE_SECONDS)

    async def erase(self, found: Import) -> int:
        """Erase all of an import, and return how many clicks that were; again, the same.

        Raise FailedPrecondition when nothing tells its clicks from others any more.
        """
        request = import_source_service_pb2.EraseImportSourceRequest(
            source=str(found.source), owner_id=found.owner_id, name=found.name
        )
        response = await self._sources.EraseImportSource(request, timeout=_ERASE_SECONDS)
        return response.erased_clicks

    async def find_clicked(self, owner_id: int, link_ids: Collection[int]) -> set[int]:
        """Return those of an account's links that have clicks."""
        if not link_ids:
            return set()
        request = import_source_service_pb2.FindClickedLinksRequest(owner_id=owner_id, link_ids=link_ids)
        return {*(await self._sources.FindClickedLinks(request, timeout=_FIND_SECONDS)).link_ids}
