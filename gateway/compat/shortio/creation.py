"""Create links as Short.io does: where one leads to the same place already, that one is answered."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from gateway.compat.backends import Backends
from gateway.compat.shortio.access import Account
from gateway.compat.shortio.parse_links import NewLink
from linkmeter.links.v1 import link_service_pb2, links_pb2
from services.common import errors

# So many links of a bulk may be under way at once.
_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class Created:
    """A link, and whether it was there before."""

    link: links_pb2.Link
    duplicate: bool


class Creation:
    """Creates links for accounts."""

    def __init__(self, *, backends: Backends) -> None:
        self._backends = backends

    async def one(self, account: Account, wanted: NewLink) -> Created:
        """Create a link, or find the one that serves as well."""
        if wanted.link.code:
            return await self._with_path(account, wanted)
        if not wanted.allows_duplicates:
            listed = await self._backends.links.ListLinks(
                link_service_pb2.ListLinksRequest(
                    page_size=1, domain=wanted.link.domain, destination=wanted.link.destination, oldest_first=True
                ),
                metadata=account.reading,
            )
            if listed.links:
                return Created(listed.links[0], duplicate=True)
        return Created(await self._create(account, wanted), duplicate=False)

    async def many(self, account: Account, wanted: list[NewLink]) -> list[Created | errors.LinkmeterError]:
        """Create links side by side, those to the same place one after the other; what fails stays by itself."""
        gate = asyncio.Semaphore(_AT_ONCE)
        turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

        async def create(item: NewLink) -> Created | errors.LinkmeterError:
            async with turns[item.link.destination], gate:
                try:
                    return await self.one(account, item)
                except errors.LinkmeterError as error:
                    return error

        return list(await asyncio.gather(*(create(item) for item in wanted)))

    async def _with_path(self, account: Account, wanted: NewLink) -> Created:
        try:
            return Created(await self._create(account, wanted), duplicate=False)
        except errors.AlreadyExists:
            if wanted.allows_duplicates:
                raise
            there = await self._at_path(account, wanted.link)
            if there is None or there.destination != wanted.link.destination:
                raise
            return Created(there, duplicate=True)

    async def _at_path(self, account: Account, link: links_pb2.Link) -> links_pb2.Link | None:
        try:
            return await self._backends.links.LookupLink(
                link_service_pb2.LookupLinkRequest(domain=link.domain, code=link.code), metadata=account.reading
            )
        except errors.NotFound:
            return None

    async def _create(self, account: Account, wanted: NewLink) -> links_pb2.Link:
        return await self._backends.links.CreateLink(
            link_service_pb2.CreateLinkRequest(link=wanted.link), metadata=account.metadata
        )
