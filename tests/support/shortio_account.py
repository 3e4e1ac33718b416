"""An account of our own dialect of Short.io, on the real system, with a domain of its own."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from gateway.compat.shortio import ids
from linkmeter.analytics.v1 import clicks_pb2
from linkmeter.moving.origin import OriginClick, Problem
from linkmeter.moving.origins.shortio import ShortIo
from tests.rest.shortio.examples import ingest
from tests.support.domains import add_domain
from tests.support.system import System


@dataclass(frozen=True, slots=True)
class ShortIoAccount:
    """An account's client and a domain of its own."""

    system: System
    client: httpx.AsyncClient
    domain_id: int
    host: str
    owner_id: int

    @property
    def origin(self) -> ShortIo:
        """The origin that reads this domain."""
        return ShortIo(key=self.system.api_key, domain=self.host, address=self.system.base_url)

    async def shorten(self, path: str, **body: Any) -> dict[str, Any]:
        """Create a link."""
        wanted = {"domain": self.host, "path": path, "originalURL": f"https://example.com/{path}", **body}
        made: dict[str, Any] = (await self.client.post("/links", json=wanted)).raise_for_status().json()
        return made

    async def ingest(self, clicks: Iterable[clicks_pb2.RecordedClick], link: dict[str, Any] | None, code: str) -> None:
        """Bring clicks of a link, or visits that found none."""
        about = {"link_id": ids.link_id(link["idString"])} if link else {"destination": "", "http_status": 404}
        where = {"owner_id": self.owner_id, "domain_id": self.domain_id, "domain": self.host, "code": code}
        await ingest(self.system, clicks, **about, **where)

    async def clicks(self) -> list[OriginClick]:
        """Return all clicks of the domain, which has no problems."""
        listed = await asyncio.to_thread(lambda: list(self.origin.clicks()))
        assert not [row for row in listed if isinstance(row, Problem)]
        return [row for row in listed if isinstance(row, OriginClick)]


@asynccontextmanager
async def shortio_account(system: System) -> AsyncIterator[ShortIoAccount]:
    """Add a domain to the first owner's."""
    async with system.client(api_key="") as client:
        client.headers["authorization"] = system.api_key
        made = (await client.post("/domains", json={"hostname": f"{uuid4().hex[:12]}.example"})).json()
        await add_domain(system.stack.postgres_url, made["hostname"], int(made["UserId"]))
        yield ShortIoAccount(system, client, int(made["id"]), made["hostname"], int(made["UserId"]))
