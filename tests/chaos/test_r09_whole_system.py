"""R9 from the outside: through Envoy, with PostgreSQL keeping count."""

import asyncio
from collections import Counter

import httpx
import pytest

from tests.support.system import System
from tests.support.traffic import BROWSER
from tests.support.wait import eventually

CROWD = 200
PERSON = {"user-agent": BROWSER}
LOOKS = [
    {"user-agent": "facebookexternalhit/1.1"},
    {"user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
    {"user-agent": "curl/8.5.0"},
    {**PERSON, "sec-purpose": "prefetch"},
]


async def create(client: httpx.AsyncClient, max_clicks: int) -> tuple[str, str]:
    """Create a limited link; answer its path and id."""
    body = {"destination": "https://example.com/", "maxClicks": max_clicks}
    link = (await client.post("/v1/links", json=body)).raise_for_status().json()
    return f"/{link['code']}", link["linkId"]


async def clicks_of(client: httpx.AsyncClient, link_id: str) -> int:
    """Ask the statistics."""
    answer = await client.get(f"/v1/links/{link_id}/stats")
    return int(answer.raise_for_status().json().get("clicks", 0))


@pytest.mark.parametrize("most", [1, 7])
async def test_r09_of_two_hundred_at_once_as_many_follow_as_may(system: System, most: int) -> None:
    """One 302 and 199 times 410 for a one-time link, N for N, also among many connections; so the statistics."""
    async with system.client() as owner, system.client(api_key="", timeout=30) as crowd:
        path, link_id = await create(owner, most)
        answers = await asyncio.gather(*(crowd.get(path, headers=PERSON) for _ in range(CROWD)))
        assert Counter(answer.status_code for answer in answers) == {302: most, 410: CROWD - most}
        await eventually(lambda: _has_clicks(owner, link_id, most))


async def test_r09_looking_uses_nothing_up(system: System) -> None:
    """HEAD, previews, prefetches and known bots leave the one click to a person, and learn no destination."""
    async with system.client() as owner, system.client(api_key="") as visitor:
        path, link_id = await create(owner, 1)
        looks = [await visitor.head(path, headers=PERSON), await visitor.get(f"{path}+", headers=PERSON)]
        looks += [await visitor.get(path, headers=headers) for headers in LOOKS]
        assert [(look.status_code, look.headers.get("location")) for look in looks] == [(200, None)] * len(looks)
        assert (await visitor.get(path, headers=PERSON)).headers["location"] == "https://example.com/"
        assert (await visitor.get(path, headers=PERSON)).status_code == 410
        await eventually(lambda: _has_clicks(owner, link_id, 1))


async def _has_clicks(client: httpx.AsyncClient, link_id: str, count: int) -> bool:
    return await clicks_of(client, link_id) == count
