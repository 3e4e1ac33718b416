"""Clients and links of shtr's API on the real system."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.support.system import System


@dataclass(frozen=True, slots=True)
class ShtrLink:
    """A link as its creator knows it."""

    code: str
    token: str
    short_url: str


Shorten = Callable[..., Awaitable[ShtrLink]]


@pytest.fixture
async def shtr(system: System) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the public port without any key."""
    async with system.client(api_key="") as client:
        yield client


@pytest.fixture
def shorten(shtr: httpx.AsyncClient) -> Shorten:
    """Return what creates a link."""

    async def create(**body: Any) -> ShtrLink:
        answer = await shtr.post("/api/shorten", json={"url": "https://example.com/page", **body})
        assert answer.status_code == 201, answer.text
        created = answer.json()
        return ShtrLink(created["code"], created["editToken"], created["shortUrl"])

    return create


async def link_id_of(shtr: httpx.AsyncClient, link: ShtrLink) -> int:
    """Return the number of a link, which its statistics show."""
    answer = await shtr.get(f"/api/links/{link.code}/stats", params={"token": link.token})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["link"]["id"])


def assert_error(answer: httpx.Response, status: int, text: str = "") -> None:
    """Fail unless an answer is an error of shtr's shape, with this text if one is given."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"error"}
    message = answer.json()["error"]
    assert isinstance(message, str)
    assert message
    if text:
        assert message == text
