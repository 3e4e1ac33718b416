"""Brings links and clicks of imports in, and takes them back."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from linkmeter.analytics.v1 import ingest_service_pb2
from services.common.clock import Clock
from services.common.errors import FailedPrecondition, NotFound
from services.links import metrics
from services.links.domain.imports import Import, ImportedLink, KeptReason
from services.links.importing.clicks import ImportClicks
from services.links.importing.turns import ImportTurns
from services.links.link_writer import publication
from services.links.publisher import Publisher
from services.links.store.import_undo import ImportUndoStore, Undone
from services.links.store.imported_links import ImportedLinkStore, Taken
from services.links.store.imports import ImportStore
from services.runtime.background import Background

_MOST_NAMED: Final = 1000
# At a time: each look asks analytics once.
_LINKS_AT_ONCE: Final = 5000


class Importer:
    """Writes what imports bring so that every reader hears of it."""

    def __init__(
        self,
        *,
        imports: ImportStore,
        links: ImportedLinkStore,
        undos: ImportUndoStore,
        clicks: ImportClicks,
        publisher: Publisher,
        background: Background,
        clock: Clock,
    ) -> None:
        self._imports = imports
        self._links = links
        self._undos = undos
        self._clicks = clicks
        self._publisher = publisher
        self._background = background
        self._clock = clock
        self._turns = ImportTurns()

    async def found(self, import_id: int, owner_id: int, *, counted: bool = False) -> Import:
        """Find an account's import, on demand with its numbers of links; NotFound when there is none."""
        found = await self._imports.find(import_id, owner_id, counted=counted)
        if found is None:
            raise NotFound("import", import_id)
        return found

    async def take_links(self, found: Import, links: Sequence[ImportedLink]) -> list[Taken]:
        """Create links or find them, and return what became of each; FailedPrecondition when the import was undone."""
        return await self._background.settle(self._take_links(found, links))

    async def take_clicks(self, found: Import, rows: Sequence[ingest_service_pb2.OutboxRow]) -> int:
        """Store clicks, and return up to which sequence all are dealt with; raise what ImportClicks.store does."""
        found.check_open()
        async with self._turns.turn(found.owner_id):
            mark = await self._clicks.store(found, rows)
        if found.finish_time and rows:
            await self._imports.set_finished(found.import_id, None)
        return mark

    async def finish(self, found: Import) -> Import:
        """Note that all was brought; FailedPrecondition when it was undone."""
        found.check_open()
        await self._imports.set_finished(found.import_id, self._clock.now())
        return await self.found(found.import_id, found.owner_id, counted=True)

    async def undo(self, found: Import) -> tuple[Import, Undone]:
        """Take an import back, to the end even when the caller goes away; again, return the same.

        Raise FailedPrecondition when nothing tells its clicks from others any more: then nothing was changed.
        """
        if not found.undo_time:
            await self._background.settle(self._undo(found))
        return (
            await self.found(found.import_id, found.owner_id, counted=True),
            await self._undos.outcome(found.import_id, _MOST_NAMED),
        )

    async def _take_links(self, found: Import, links: Sequence[ImportedLink]) -> list[Taken]:
        async with self._turns.turn(found.owner_id):
            taken = await self._links.take(found, links)
        created = [each.created for each in taken if each.created]
        metrics.LINKS_CREATED.inc(len(created))
        await asyncio.gather(*(self._publisher.publish(publication(link)) for link in created))
        # What is left undone here is done when the batch is sent again, as it is for want of an answer.
        sums = {each.link_id: link.clicks_before for each, link in zip(taken, links, strict=True) if each.had_clicks}
        if sums:
            await self._clicks.put_clicks_before(found, sums)
        return taken

    async def _undo(self, found: Import) -> None:
        await self._imports.begin_undo(found.import_id, self._clock.now())
        try:
            erased = await self._clicks.erase(found)
        except FailedPrecondition:
            await self._imports.call_off_undo(found.import_id)
            raise
        while pending := await self._undos.pending(found.import_id, _LINKS_AT_ONCE):
            kept = {each.link_id: each.reason for each in pending if each.reason}
            rest = [each.link_id for each in pending if each.link_id not in kept]
            clicked = await self._clicks.find_clicked(found.owner_id, rest)
            kept |= dict.fromkeys(clicked, KeptReason.FOLLOWED)
            await self._undos.keep(found.import_id, kept)
            await self._delete(found, [link_id for link_id in rest if link_id not in clicked], self._clock.now())
        while await self._undos.take_history(found.import_id, _LINKS_AT_ONCE):
            pass
        await self._imports.end_undo(found.import_id, erased, self._clock.now())

    async def _delete(self, found: Import, link_ids: Sequence[int], now: datetime) -> None:
        tombstones = await self._undos.delete(found.import_id, link_ids, now)
        await asyncio.gather(*(self._publisher.publish(publication(link)) for link in tombstones))
