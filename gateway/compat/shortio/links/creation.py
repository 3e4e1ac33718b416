"""Create links as Short.io does: where there is one that is just as asked, that one is returned."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from gateway.compat.backends import Backends
from gateway.compat.shared.accounts import Account
from gateway.compat.shortio.access import reading_metadata
from gateway.compat.shortio.links.parse import NewLink
from linkmeter.links.v1 import link_service_pb2, links_pb2
from services.common import errors

# So many links of a bulk may be under way at once.
_AT_ONCE: Final = 16
# Of the ten that a call has (services/runtime/interceptors.py).
_MOST_SECONDS: Final = 7.0


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
        """Create a link, or find the one that is just as asked.

        Raises AlreadyExists for a path that another link has, and what links raises besides.
        """
        if wanted.allows_duplicates:
            request = link_service_pb2.CreateLinkRequest(link=wanted.link)
            return Created(await self._backends.links.CreateLink(request, metadata=account.metadata), duplicate=False)
        response = await self._backends.links.FindOrCreateLink(
            link_service_pb2.FindOrCreateLinkRequest(link=wanted.link), metadata=reading_metadata(account)
        )
        return Created(response.link, duplicate=not response.created)

    async def many(self, account: Account, wanted: list[NewLink]) -> list[Created | errors.LinkmeterError]:
        """Create links side by side, those to the same place in turn, and return each or its error, in order.

        Those that were not begun in time are DeadlineExceeded, which leaves time to say what became of the others.
        """
        end = asyncio.get_running_loop().time() + _MOST_SECONDS
        slots = asyncio.Semaphore(_AT_ONCE)
        locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

        async def create(item: NewLink) -> Created | errors.LinkmeterError:
            async with locks[item.link.destination], slots:
                if asyncio.get_running_loop().time() > end:
                    return errors.DeadlineExceeded("there was no time left for this link")
                try:
                    return await self.one(account, item)
                except errors.LinkmeterError as error:
                    return error

        return list(await asyncio.gather(*(create(item) for item in wanted)))
