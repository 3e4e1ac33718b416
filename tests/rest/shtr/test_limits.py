"""Limits of shtr's API, with the limits switched on."""

import httpx
import pytest

from tests.support.system import System

BODY = {"url": "https://example.com/page"}


def assert_limited(answer: httpx.Response) -> None:
    """Fail unless an answer asks to wait, in shtr's shape and with the time in whole seconds."""
    assert answer.status_code == 429
    assert answer.json() == {"error": "Too many requests. Please wait before making more"}
    assert 1 <= int(answer.headers["retry-after"]) <= 61


@pytest.mark.settings(LINKMETER_RATE_LIMITS="on", LINKMETER_CREATES_PER_MINUTE="5", LINKMETER_MISSES_PER_MINUTE="5")
async def test_too_many_requests_are_answered_429(own_system: System) -> None:
    """Creating without end and scanning for codes both end at 429 (S8), each without stopping the other."""
    async with own_system.client(api_key="") as client:
        # One more than twice the limit: a minute may end in between.
        created = [await client.post("/api/shorten", json=BODY) for _ in range(11)]
        assert {answer.status_code for answer in created} == {201, 429}
        assert_limited(next(answer for answer in created if answer.status_code == 429))
        link = next(answer.json() for answer in created if answer.status_code == 201)
        assert (await client.get(f"/api/links/{link['code']}")).status_code == 200
        scanned = [await client.get(f"/api/links/guess{number}") for number in range(11)]
        assert {answer.status_code for answer in scanned} == {404, 429}
        assert_limited(next(answer for answer in scanned if answer.status_code == 429))
