"""ImportService: links and clicks of another product, and their way back."""

import asyncio
from collections.abc import Sequence
from typing import Final

from linkmeter.links.v1 import import_service_pb2 as pb
from linkmeter.links.v1 import import_service_pb2_grpc
from services.common.caller import ANONYMOUS_OWNER_ID, LINKS_IMPORT
from services.common.clock import Clock
from services.common.errors import InvalidArgument, Unauthenticated
from services.common.hosts import OwnHosts
from services.links.authentication import Authenticator, Context, owner_of
from services.links.convert import imports as convert
from services.links.domain import imports, link_filter
from services.links.domain.imports import Import, ImportedLink
from services.links.domain.page_tokens import PageTokens
from services.links.importing.clicks import ImportClicks
from services.links.importing.importer import Importer
from services.links.link_writer import LinkWriter
from services.links.store.imported_links import ImportedLinkStore, Taken
from services.links.store.imports import ImportStore

_LIST: Final = "imports"


class ImportServicer(import_service_pb2_grpc.ImportServiceServicer):
    """Implements ImportService."""

    def __init__(
        self,
        *,
        authenticator: Authenticator,
        importer: Importer,
        writer: LinkWriter,
        store: ImportStore,
        links: ImportedLinkStore,
        clicks: ImportClicks,
        hosts: OwnHosts,
        page_tokens: PageTokens,
        clock: Clock,
    ) -> None:
        self._authenticator = authenticator
        self._importer = importer
        self._writer = writer
        self._store = store
        self._links = links
        self._clicks = clicks
        self._hosts = hosts
        self._page_tokens = page_tokens
        self._clock = clock

    async def CreateImport(self, request: pb.CreateImportRequest, context: Context) -> pb.Import:
        """Begin an import, or return the one that there is of the origin."""
        owner_id = await self._owner(context)
        imports.check_origin(request.origin, request.origin_identity)
        found = await self._store.get_or_create(owner_id, request.origin, request.origin_identity, self._clock.now())
        return await self._message(found)

    async def GetImport(self, request: pb.GetImportRequest, context: Context) -> pb.Import:
        """Return an import; NotFound when there is none of the caller's."""
        return await self._message(await self._found(request.import_id, context, counted=True))

    async def ListImports(self, request: pb.ListImportsRequest, context: Context) -> pb.ListImportsResponse:
        """Return a page of the caller's imports, newest first."""
        owner_id = await self._owner(context)
        size = link_filter.page_size(request.page_size)
        list_name = f"{_LIST}/{owner_id}"
        before = self._page_tokens.read(request.page_token, list_name)
        # One more than asked tells whether there is a next page.
        found = await self._store.list_page(owner_id, before_id=before, limit=size + 1)
        page = found[:size]
        counts = await self._clicks.counts(page) if page else []
        return pb.ListImportsResponse(
            imports=[convert.import_message(each, count) for each, count in zip(page, counts, strict=True)],
            next_page_token=self._page_tokens.make(page[-1].import_id, list_name) if len(found) > size else "",
        )

    async def ImportLinks(self, request: pb.ImportLinksRequest, context: Context) -> pb.ImportLinksResponse:
        """Create links, or find them; of a dry run, say what would become of them."""
        found = await self._found(request.import_id, context)
        found.check_open()
        if not 1 <= len(request.links) <= imports.MAX_LINKS:
            raise InvalidArgument("links", f"must be 1 to {imports.MAX_LINKS}")
        links = await self._read_links(request.links, found.owner_id)
        good = [link for link in links if isinstance(link, ImportedLink)]
        taken: list[Taken] = []
        if good and request.validate_only:
            taken = await self._links.plan(found, good)
        elif good:
            taken = await self._importer.take_links(found, good)
        outcomes = iter(taken)
        return pb.ImportLinksResponse(
            results=[
                convert.result_message(link, next(outcomes) if isinstance(link, ImportedLink) else None)
                for link in links
            ]
        )

    async def ImportClicks(self, request: pb.ImportClicksRequest, context: Context) -> pb.ImportClicksResponse:
        """Store clicks of the caller's links."""
        found = await self._found(request.import_id, context)
        found.check_open()
        convert.check_clicks(request.clicks)
        names = {convert.click_name(click, self._hosts) for click in request.clicks if not click.link_id}
        rows = convert.ClickRows(
            owner_id=found.owner_id,
            hosts=self._hosts,
            by_id=await self._links.find_by_id(found.owner_id, {click.link_id for click in request.clicks}),
            by_name=await self._links.find_by_code(found.owner_id, names),
            now=self._clock.now(),
        )
        # In a thread: a full batch would keep the loop from answering anybody for a while.
        made = await asyncio.to_thread(rows.of, request.clicks)
        mark = 0 if request.validate_only else await self._importer.take_clicks(found, made)
        return pb.ImportClicksResponse(
            acknowledged_sequence=mark,
            set_aside=[pb.SetAsideClick(sequence=row.sequence, reason=row.fault) for row in made if row.fault],
        )

    async def FinishImport(self, request: pb.FinishImportRequest, context: Context) -> pb.Import:
        """Note that all was brought."""
        found = await self._found(request.import_id, context)
        return await self._message(await self._importer.finish(found))

    async def UndoImport(self, request: pb.UndoImportRequest, context: Context) -> pb.UndoImportResponse:
        """Take an import back."""
        found, undone = await self._importer.undo(await self._found(request.import_id, context))
        (counts,) = await self._clicks.counts([found])
        return convert.undo_message(found, counts, undone)

    async def _owner(self, context: Context) -> int:
        owner_id = owner_of(await self._authenticator.caller(context), LINKS_IMPORT)
        if owner_id == ANONYMOUS_OWNER_ID:
            raise Unauthenticated
        return owner_id

    async def _found(self, import_id: int, context: Context, *, counted: bool = False) -> Import:
        return await self._importer.found(import_id, await self._owner(context), counted=counted)

    async def _message(self, found: Import) -> pb.Import:
        (counts,) = await self._clicks.counts([found])
        return convert.import_message(found, counts)

    async def _read_links(
        self, messages: Sequence[pb.ImportedLink], owner_id: int
    ) -> list[ImportedLink | InvalidArgument]:
        """Read links; where one is refused, why."""
        now = self._clock.now()
        links: list[ImportedLink | InvalidArgument | None] = [None] * len(messages)
        fields = {}
        for number, message in enumerate(messages):
            try:
                fields[number] = convert.link_fields(message)
            except InvalidArgument as problem:
                links[number] = problem
        asked = [(each, self._hosts.domain_host(messages[number].link.domain)) for number, each in fields.items()]
        placed = await self._writer.placed_all(asked, owner_id)
        for number, place in zip(fields, placed, strict=True):
            if isinstance(place, InvalidArgument):
                links[number] = place
                continue
            try:
                links[number] = convert.imported_link(messages[number], *place, owner_id, now)
            except InvalidArgument as problem:
                links[number] = problem
        return [link for link in links if link is not None]
