"""Visitors who follow links, each click recognisable, and what the statistics say of them."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

from tests.support.system import System

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
_PAGE_SIZE = 1000
# What a visitor does before trying again.
_PATIENCE_SECONDS = 0.01


@dataclass(slots=True)
class Traffic:
    """What visitors saw."""

    codes: Sequence[str]
    answered: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def follow(self, client: httpx.AsyncClient) -> None:
        """Follow the next link once, and note whether the redirect was answered."""
        number = next(self._numbers)
        mark = f"click-{number}"
        code = self.codes[number % len(self.codes)]
        try:
            answer = await client.get(f"/{code}", params={"utm_content": mark}, headers={"user-agent": BROWSER})
        except httpx.TransportError:
            self.failed.add(mark)
        else:
            known = self.answered if answer.status_code == HTTPStatus.FOUND else self.failed
            known.add(mark)
        if mark in self.failed:
            await asyncio.sleep(_PATIENCE_SECONDS)


@asynccontextmanager
async def visitors(system: System, codes: Sequence[str], count: int = 6) -> AsyncIterator[Traffic]:
    """Let visitors follow the links until the block ends, each waiting for one answer before the next request."""
    traffic = Traffic(codes)
    leaving = asyncio.Event()
    async with system.client(api_key="") as client, asyncio.TaskGroup() as group:

        async def visitor() -> None:
            while not leaving.is_set():
                await traffic.follow(client)

        for _ in range(count):
            group.create_task(visitor())
        try:
            yield traffic
        finally:
            leaving.set()


async def create_links(system: System, count: int) -> dict[str, int]:
    """Create links; return their codes with their ids."""
    links = {}
    async with system.client() as client:
        for number in range(count):
            answer = await client.post("/v1/links", json={"destination": f"https://example.com/{number}"})
            assert answer.status_code == HTTPStatus.OK, answer.text
            links[answer.json()["code"]] = int(answer.json()["linkId"])
    return links


async def recorded(system: System, link_ids: Sequence[int]) -> Counter[str]:
    """Read all clicks of the links; count each one's mark."""
    marks: Counter[str] = Counter()
    async with system.client() as client:
        for link_id in link_ids:
            token = ""
            while True:
                query = {"pageSize": str(_PAGE_SIZE), "pageToken": token}
                answer = await client.get(f"/v1/links/{link_id}/clicks", params=query)
                assert answer.status_code == HTTPStatus.OK, answer.text
                page = answer.json()
                marks.update(click["utmContent"] for click in page.get("clicks", []))
                token = page.get("nextPageToken", "")
                if not token:
                    break
    return marks


async def counted(system: System, link_ids: Sequence[int]) -> int:
    """Ask the statistics how many clicks the links have."""
    async with system.client() as client:
        answers = [await client.get(f"/v1/links/{link_id}/stats") for link_id in link_ids]
    return sum(int(answer.raise_for_status().json().get("clicks", 0)) for answer in answers)


async def ledger(system: System) -> dict[str, int]:
    """Read the sum of all ledgers."""
    async with system.client() as client:
        total = (await client.get("/v1/ledger")).raise_for_status().json()["total"]
    numbers = {name: int(total.get(name, 0)) for name in ("accepted", "stored", "setAside", "pending")}
    return {**numbers, "dropped": sum(int(number) for number in total.get("dropped", {}).values())}
