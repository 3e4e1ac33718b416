"""Lists an account's links in every order."""

from collections.abc import Collection
from dataclasses import dataclass

from services.common.caller import STATS_READ, Caller
from services.common.clock import Clock
from services.links.domain.link import Link
from services.links.domain.link_filter import LinkFilter
from services.links.domain.link_order import LinkOrder, Position, Ranking, is_unranked
from services.links.link_rankings import LinkRankings
from services.links.store.link_batches import LinkBatchStore
from services.links.store.link_lists import LinkListStore
from services.links.store.links import LinkStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A page of a list: which links, in which order, after which place, how many, and how many to pass over first."""

    filter: LinkFilter
    order: LinkOrder
    after: Position | None
    limit: int
    skip: int

    @property
    def ascending(self) -> bool:
        """Whether the order is turned round."""
        return self.filter.oldest_first


class LinkLists:
    """Finds which links a page holds, and then these links."""

    def __init__(
        self, *, links: LinkStore, batches: LinkBatchStore, lists: LinkListStore, rankings: LinkRankings, clock: Clock
    ) -> None:
        self._links = links
        self._batches = batches
        self._lists = lists
        self._rankings = rankings
        self._clock = clock

    async def page(self, wanted: Wanted, caller: Caller) -> list[tuple[Position, Link | None]]:
        """Return the links of a page with their places, None for one that is deleted at this moment.

        Raises what positions does.
        """
        if wanted.order is LinkOrder.CREATE_TIME:
            after_id = wanted.after.link_id if wanted.after else None
            links = await self._links.list_page(
                wanted.filter, after_id=after_id, limit=wanted.limit, skip=wanted.skip, now=self._clock.now()
            )
            return [(Position(link.link_id), link) for link in links]
        positions = await self.positions(wanted, caller)
        known = await self._batches.find([position.link_id for position in positions])
        there = {link_id: link for link_id, link in known.items() if not link.deleted}
        return [(position, there.get(position.link_id)) for position in positions]

    async def positions(self, wanted: Wanted, caller: Caller) -> list[Position]:
        """Return the places of the links of a page.

        Raises Unavailable when an order needs analytics, which is away, and PermissionDenied when it needs statistics
        that the caller may not read.
        """
        if wanted.order is LinkOrder.CODE:
            return await self._lists.by_code(
                wanted.filter, after=wanted.after, limit=wanted.limit, skip=wanted.skip, now=self._clock.now()
            )
        if wanted.order is LinkOrder.CREATE_TIME:
            after_id = wanted.after.link_id if wanted.after else None
            return [Position(each) for each in await self._by_creation(wanted, (), after_id, wanted.limit, wanted.skip)]
        caller.require(STATS_READ)
        ranking = await self._rankings.ranking(wanted.order, caller)
        found = await (self._ascending(wanted, ranking) if wanted.ascending else self._descending(wanted, ranking))
        return [ranking.position(link_id) for link_id in found]

    async def _descending(self, wanted: Wanted, ranking: Ranking) -> list[int]:
        """Return links with clicks, and as many of those without as the page has room for."""
        ranked: list[int] = []
        if wanted.after is None or not is_unranked(wanted.after):
            ranked = await self._ranked(wanted, ranking, wanted.after)
        page = ranked[wanted.skip : wanted.skip + wanted.limit]
        if len(page) == wanted.limit:
            return page
        skip = max(0, wanted.skip - len(ranked))
        return page + await self._unranked(wanted, ranking, wanted.limit - len(page), skip)

    async def _ascending(self, wanted: Wanted, ranking: Ranking) -> list[int]:
        """Return links without clicks, and as many of those with clicks as the page has room for."""
        if wanted.after and not is_unranked(wanted.after):
            return (await self._ranked(wanted, ranking, wanted.after))[wanted.skip :][: wanted.limit]
        page = await self._unranked(wanted, ranking, wanted.limit, wanted.skip)
        if len(page) == wanted.limit:
            return page
        ranked = await self._ranked(wanted, ranking, None)
        skip = 0
        if wanted.skip and not page:
            unranked = await self._lists.count_without(wanted.filter, ranking.link_ids, self._clock.now())
            skip = wanted.skip - unranked
        return page + ranked[skip : skip + wanted.limit - len(page)]

    async def _ranked(self, wanted: Wanted, ranking: Ranking, after: Position | None) -> list[int]:
        candidates = ranking.after(after, ascending=wanted.ascending)
        passing = await self._lists.passing(wanted.filter, candidates, self._clock.now())
        return [link_id for link_id in candidates if link_id in passing]

    async def _unranked(self, wanted: Wanted, ranking: Ranking, limit: int, skip: int) -> list[int]:
        after_id = wanted.after.link_id if wanted.after and is_unranked(wanted.after) else None
        return await self._by_creation(wanted, ranking.link_ids, after_id, limit, skip)

    async def _by_creation(
        self, wanted: Wanted, without: Collection[int], after_id: int | None, limit: int, skip: int
    ) -> list[int]:
        return await self._lists.by_creation(
            wanted.filter, without=without, after_id=after_id, limit=limit, skip=skip, now=self._clock.now()
        )
