"""Clients, links and clicks of Short.io's API on the real system."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from gateway.compat.shortio import ids
from linkmeter.analytics.v1 import clicks_pb2
from tests.rest.shortio.examples import ingest, write_places
from tests.support import npm
from tests.support.domains import add_domain
from tests.support.system import System, running_system

collect_ignore = [] if npm.IS_PRESENT else ["test_npm_clients.py"]


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain of its own, so that nobody else's clicks are in its counts."""

    system: System
    domain_id: int
    host: str
    owner_id: int

    async def ingest(self, clicks: Iterable[clicks_pb2.RecordedClick], link: dict[str, Any]) -> None:
        """Bring clicks of a link."""
        await ingest(
            self.system,
            clicks,
            link_id=ids.link_id(link["idString"]),
            owner_id=self.owner_id,
            domain_id=self.domain_id,
            domain=self.host,
            code=link["path"],
        )

    async def ingest_orphans(self, clicks: Iterable[clicks_pb2.RecordedClick], path: str) -> None:
        """Bring visits that found no link."""
        await ingest(
            self.system,
            clicks,
            owner_id=self.owner_id,
            domain_id=self.domain_id,
            domain=self.host,
            code=path,
            destination="",
            http_status=404,
        )


MakeDomain = Callable[..., Awaitable[Domain]]
Shorten = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Run the whole system once, with a database of places that knows the examples' addresses."""
    folder = tmp_path_factory.mktemp("shortio")
    settings = {
        "LINKMETER_GEOIP_DB": str(write_places(folder / "places.mmdb")),
        # Each test has a domain of its own, all of one account.
        "LINKMETER_DOMAINS_PER_OWNER": "10000",
    }
    with running_system(folder / "data", **settings) as running:
        yield running


@pytest.fixture
async def shortio(system: System) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client with the first owner's key, as Short.io's clients send it."""
    async with system.client(api_key="") as client:
        client.headers["authorization"] = system.api_key
        yield client


@pytest.fixture
def make_domain(system: System, shortio: httpx.AsyncClient) -> MakeDomain:
    """Return what adds a domain."""

    async def make(host: str = "") -> Domain:
        answer = await shortio.post("/domains", json={"hostname": host or f"{uuid4().hex[:12]}.example"})
        assert answer.status_code == 200, answer.text
        made = answer.json()
        await add_domain(system.stack.postgres_url, made["hostname"], int(made["UserId"]))
        return Domain(system, int(made["id"]), made["hostname"], int(made["UserId"]))

    return make


@pytest.fixture
async def domain(make_domain: MakeDomain) -> Domain:
    """Return a domain without links."""
    return await make_domain()


@pytest.fixture
def shorten(shortio: httpx.AsyncClient, domain: Domain) -> Shorten:
    """Return what creates a link in the domain."""

    async def create(**body: Any) -> dict[str, Any]:
        wanted = {"domain": domain.host, "originalURL": f"https://example.com/{uuid4()}", **body}
        answer = await shortio.post("/links", json=wanted)
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    return create
