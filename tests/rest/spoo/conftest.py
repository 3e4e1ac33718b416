"""Clients, accounts, links and clicks of spoo.me's API on the real system."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from linkmeter.analytics.v1 import clicks_pb2
from services.common.caller import ANONYMOUS_OWNER_ID
from tests.rest.spoo import examples
from tests.support.people import key_of_new_owner
from tests.support.system import System, running_system


@dataclass(frozen=True, slots=True)
class SpooLink:
    """A link as its creator knows it."""

    system: System
    url_id: str
    alias: str
    short_url: str
    owner_id: int

    async def ingest(self, clicks: Iterable[clicks_pb2.RecordedClick]) -> None:
        """Bring clicks of the link."""
        await examples.ingest(
            self.system, clicks, link_id=int(self.url_id, 16), owner_id=self.owner_id, code=self.alias
        )


Shorten = Callable[..., Awaitable[SpooLink]]
NewClient = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Run the whole system once, with a database of places that knows the examples' addresses."""
    folder = tmp_path_factory.mktemp("spoo")
    places = examples.write_places(folder / "places.mmdb")
    with running_system(folder / "data", LINKMETER_GEOIP_DB=str(places)) as running:
        yield running


@pytest.fixture
async def anyone(system: System) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client without any key."""
    async with system.client(api_key="") as client:
        yield client


@pytest.fixture
async def client_of(system: System) -> AsyncIterator[NewClient]:
    """Return what makes clients of new accounts, whose keys have these native scopes or all but admin's."""
    async with AsyncExitStack() as stack:

        async def make(*scopes: str) -> httpx.AsyncClient:
            key = await key_of_new_owner(system, *scopes)
            return await stack.enter_async_context(system.client(api_key=f"spoo_{key.removeprefix('lm_')}"))

        yield make


@pytest.fixture
async def owner(client_of: NewClient) -> httpx.AsyncClient:
    """Return a client of an account of its own, so that nobody else's clicks are in its numbers."""
    return await client_of()


@pytest.fixture
def shorten(system: System) -> Shorten:
    """Return what creates a link for a client."""

    async def create(client: httpx.AsyncClient, **body: Any) -> SpooLink:
        wanted = {"long_url": "https://example.com/page", "alias": f"s{secrets.token_hex(6)}", **body}
        answer = await client.post("/api/v1/shorten", json=wanted)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        owner_id = int(made["owner_id"], 16) if made["owner_id"] else ANONYMOUS_OWNER_ID
        return SpooLink(system, made["id"], made["alias"], made["short_url"], owner_id)

    return create


def assert_error(answer: httpx.Response, status: int, text: str = "", code: str = "") -> None:
    """Fail unless an answer is an error of this API's shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert isinstance(body["error"], str)
    assert body["error"]
    assert body["code"] == body["error_code"]
    if text:
        assert body["error"] == text
    if code:
        assert body["code"] == code
