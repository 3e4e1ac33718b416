"""Limits of Short.io's calls on the real system."""

import pytest

from tests.support.system import System

FEW = {"LINKMETER_RATE_LIMITS": "on", "LINKMETER_SHORTIO_STATISTICS_RATE": "2/minute"}


@pytest.mark.settings(**FEW, LINKMETER_SHORTIO_LINKS_RATE="1000/second")
async def test_too_many_calls_are_refused(own_system: System) -> None:
    """429 with Retry-After in whole seconds, and headers that say what is left; other groups of calls go on."""
    async with own_system.client(api_key="") as client:
        client.headers["authorization"] = own_system.api_key
        answers = [await client.get("/statistics/domain/1?period=total") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
        assert {answer.headers["x-ratelimit-limit"] for answer in answers} == {"2"}
        assert int(answers[2].headers["x-ratelimit-reset"]) > 1_700_000_000
        assert 1 <= int(answers[2].headers["retry-after"]) <= 61
        assert answers[2].json() == {"error": "Too many requests. Please slow down"}
        listed = await client.get("/api/domains")
        assert (listed.status_code, listed.headers["x-ratelimit-limit"]) == (200, "1000")


@pytest.mark.settings(**FEW, LINKMETER_RATE_LIMITS_SHADOW="on")
async def test_in_shadow_mode_nothing_is_refused(own_system: System) -> None:
    """Headers tell what would be."""
    async with own_system.client(api_key="") as client:
        client.headers["authorization"] = own_system.api_key
        answers = [await client.get("/statistics/domain/1?period=total") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[2].headers["x-ratelimit-remaining"] == "0"


@pytest.mark.settings(LINKMETER_RATE_LIMITS="on", LINKMETER_MISSES_PER_MINUTE="2")
async def test_guessing_keys_is_slowed(own_system: System) -> None:
    """An address without a known key gets 429 after a few tries; the holders of keys behind it do not notice."""
    async with own_system.client(api_key="") as client:
        answers = [await client.get("/api/domains", headers={"authorization": f"sk_{number}"}) for number in range(3)]
        assert [answer.status_code for answer in answers] == [401, 401, 429]
        assert answers[2].json()["code"] == "RATE_LIMITED"
        known = await client.get("/api/domains", headers={"authorization": own_system.api_key})
        assert known.status_code == 200
