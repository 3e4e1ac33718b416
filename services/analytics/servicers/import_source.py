"""ImportSourceService: what analytics keeps of imports. Its caller, links, has made sure whose they are."""

from collections.abc import Iterable
from typing import Final

from linkmeter.analytics.v1 import import_source_service_pb2 as pb
from linkmeter.analytics.v1 import import_source_service_pb2_grpc
from services.analytics.convert.clicks import source_of
from services.analytics.domain.query import Audience
from services.analytics.questions.process import QuestionProcess
from services.analytics.store.import_sources import ImportSources
from services.common.clock import Clock
from services.common.errors import InvalidArgument
from services.runtime.interceptors import Context

_MOST_SOURCES: Final = 1000
_MOST_SUMS: Final = 1000
_MOST_LINKS: Final = 10_000


class ImportSourceServicer(import_source_service_pb2_grpc.ImportSourceServiceServicer):
    """Counts, completes and erases what came from imports."""

    def __init__(self, *, questions: QuestionProcess, sources: ImportSources, clock: Clock) -> None:
        self._questions = questions
        self._sources = sources
        self._clock = clock

    async def GetImportSources(
        self, request: pb.GetImportSourcesRequest, context: Context
    ) -> pb.GetImportSourcesResponse:
        """Return what became of the clicks of some sources."""
        _ = context
        _check("sources", request.sources, _MOST_SOURCES)
        known = await self._sources.list([source_of(source) for source in request.sources])
        return pb.GetImportSourcesResponse(
            sources=[
                pb.ImportSource(
                    source=str(each.source),
                    acknowledged_sequence=each.mark,
                    stored=each.stored,
                    set_aside=each.set_aside,
                )
                for each in known
            ]
        )

    async def PutClicksBeforeImport(
        self, request: pb.PutClicksBeforeImportRequest, context: Context
    ) -> pb.PutClicksBeforeImportResponse:
        """Note how many clicks links had before."""
        _ = context
        _check("sums", request.sums, _MOST_SUMS)
        clicks = {each.link_id: each.clicks for each in request.sums}
        await self._sources.put_clicks_before(source_of(request.source), request.owner_id, clicks)
        return pb.PutClicksBeforeImportResponse()

    async def EraseImportSource(
        self, request: pb.EraseImportSourceRequest, context: Context
    ) -> pb.EraseImportSourceResponse:
        """Erase all that came from a source."""
        _ = context
        erased = await self._questions.erase_source(
            _owner(request.owner_id), source_of(request.source), request.name, self._clock.now()
        )
        return pb.EraseImportSourceResponse(erased_clicks=erased)

    async def FindClickedLinks(
        self, request: pb.FindClickedLinksRequest, context: Context
    ) -> pb.FindClickedLinksResponse:
        """Return those of an account's links that have clicks."""
        _ = context
        _check("link_ids", request.link_ids, _MOST_LINKS)
        found = await self._questions.find_clicked(_owner(request.owner_id), tuple(request.link_ids))
        return pb.FindClickedLinksResponse(link_ids=found)


def _owner(owner_id: int) -> Audience:
    if owner_id <= 0:
        raise InvalidArgument("owner_id", "is required")
    return Audience(owner_id=owner_id)


def _check(field: str, values: Iterable[object], most: int) -> None:
    if len(list(values)) > most:
        raise InvalidArgument(field, f"at most {most} are taken at once")
