"""Changes many links at once so that every reader hears of it."""

import asyncio
from collections.abc import Sequence

from services.common.clock import Clock
from services.common.errors import InvalidArgument, LinkmeterError, NotFound
from services.links.domain import batches
from services.links.domain.batches import BatchChange
from services.links.domain.link import Link, Reach
from services.links.link_writer import publication
from services.links.publisher import Publisher
from services.links.store.link_batches import LinkBatchStore
from services.runtime.background import Background


class BatchWriter:
    """Changes many links of an account in the same way."""

    def __init__(self, *, links: LinkBatchStore, publisher: Publisher, background: Background, clock: Clock) -> None:
        self._links = links
        self._publisher = publisher
        self._background = background
        self._clock = clock

    async def change(self, owner_id: int, link_ids: Sequence[int], change: BatchChange) -> list[Link | LinkmeterError]:
        """Change links, and return what became of each, in their order; InvalidArgument for what no link could take.

        Goes on to its end when the caller goes away meanwhile.
        """
        batches.check(change, link_ids)
        return await self._background.settle(self._change(owner_id, link_ids, change))

    async def _change(self, owner_id: int, link_ids: Sequence[int], change: BatchChange) -> list[Link | LinkmeterError]:
        reach = Reach(owner_id=owner_id, link_id=0)
        now = self._clock.now()

        def change_visible(before: Link) -> Link | LinkmeterError:
            if not reach.covers(before):
                return NotFound("link", before.link_id)
            try:
                return batches.apply(change, before, now)
            except InvalidArgument as problem:
                return problem

        outcomes = await self._links.change(owner_id, link_ids, change_visible)
        changed = [after for after, is_change in outcomes.values() if is_change and isinstance(after, Link)]
        await asyncio.gather(*(self._publisher.publish(publication(link)) for link in changed))
        return [outcomes[each][0] if each in outcomes else NotFound("link", each) for each in link_ids]
