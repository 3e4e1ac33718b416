"""R10: the same idempotency key fifty times in parallel makes one link; another request under the key is refused."""

import asyncio
import uuid
from typing import Any

import httpx
import pytest

from tests.support.people import key_of_new_owner
from tests.support.system import System

TIMES = 50
WANTED = {"destination": "https://example.com/once", "title": "Once", "password": "a link's password"}


async def create(
    client: httpx.AsyncClient, key: str, wanted: dict[str, Any], *, in_header: bool = True
) -> httpx.Response:
    """Create a link under a key."""
    headers = {"idempotency-key": key} if in_header else {}
    params = {"issueEditToken": "true"} | ({} if in_header else {"idempotencyKey": key})
    return await client.post("/v1/links", headers=headers, params=params, json=wanted)


@pytest.mark.parametrize("code", ["", "custom"])
async def test_fifty_parallel_creates_make_one_link(system: System, code: str) -> None:
    """All fifty answers are equal to the last letter, edit token included, and one link is there."""
    wanted = WANTED | ({"code": f"{code}-{uuid.uuid4().hex[:8]}"} if code else {})
    async with system.client(api_key=await key_of_new_owner(system), timeout=30) as client:
        answers = await asyncio.gather(
            *(create(client, "the same", wanted, in_header=number % 2 == 0) for number in range(TIMES))
        )
        assert {answer.status_code for answer in answers} == {200}, answers[0].text
        assert len({answer.text for answer in answers}) == 1
        link = answers[0].json()
        listed = (await client.get("/v1/links")).json()["links"]
        assert [row["linkId"] for row in listed] == [link["linkId"]]
        # The token that all got is the one that works.
        holder = {"authorization": f"Bearer {link['editToken']}"}
        assert (await client.get(f"/v1/links/{link['linkId']}", headers=holder)).status_code == 200
        assert (await create(client, "the same", wanted)).text == answers[0].text


async def test_another_request_under_the_key_is_refused(system: System) -> None:
    """However small the difference, also while the first one is under way; another key or owner is free."""
    others = [
        WANTED | {"destination": "https://example.com/twice"},
        WANTED | {"title": "once"},
        WANTED | {"password": ""},
    ]
    async with (
        system.client(api_key=await key_of_new_owner(system), timeout=30) as client,
        system.client(api_key=await key_of_new_owner(system)) as somebody,
    ):
        mixed = await asyncio.gather(
            *(create(client, "raced", [WANTED, *others][number % 4]) for number in range(TIMES))
        )
        made = {answer.text for answer in mixed if answer.status_code == 200}
        refused = [answer.json() for answer in mixed if answer.status_code != 200]
        assert len(made) == 1
        assert {status["code"] for status in refused} == {9}
        assert len(refused) >= TIMES // 2

        first = await create(client, "settled", WANTED)
        for other in others:
            answer = await create(client, "settled", other)
            assert (answer.status_code, answer.json()["code"]) == (400, 9)
        second = await create(client, "fresh", WANTED)
        theirs = await create(somebody, "settled", WANTED)
        assert len({answer.json()["linkId"] for answer in (first, second, theirs)}) == 3
