"""Limits of spoo.me's calls on the real system."""

import pytest

from tests.rest.spoo.conftest import assert_error
from tests.support.people import key_of_new_owner
from tests.support.system import System

ON = {"LINKMETER_RATE_LIMITS": "on"}
FEW = "stats=2/minute;100/day,stats_anonymous=1/minute,shorten_anonymous=3/minute"


@pytest.mark.settings(**ON, LINKMETER_SPOO_RATES=FEW)
async def test_too_many_calls_are_refused(own_system: System) -> None:
    """429 with Retry-After in whole seconds, and headers that say what is left; each key and address for itself."""
    other = await key_of_new_owner(own_system)
    async with own_system.client() as owner, own_system.client(api_key="") as anyone:
        answers = [await owner.get("/api/v1/stats") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
        assert {answer.headers["x-ratelimit-limit"] for answer in answers} == {"2"}
        assert int(answers[2].headers["x-ratelimit-reset"]) > 1_700_000_000
        assert 1 <= int(answers[2].headers["retry-after"]) <= 61
        assert_error(answers[2], 429, "Rate limit exceeded", "rate_limit_exceeded")
        another = await owner.get("/api/v1/stats", headers={"authorization": f"Bearer {other}"})
        assert another.status_code == 200
        # Other groups of calls go on, as documented.
        assert (await owner.get("/api/v1/urls")).headers["x-ratelimit-limit"] == "60"
        refused = [await anyone.get("/api/v1/stats?scope=anon&short_code=absent") for _ in range(2)]
        assert [answer.status_code for answer in refused] == [404, 429]
        forged = {"x-forwarded-for": "203.0.113.7", "cf-connecting-ip": "203.0.113.8", "x-real-ip": "203.0.113.9"}
        assert (await anyone.get("/api/v1/stats?scope=anon", headers=forged)).status_code == 429


@pytest.mark.settings(**ON, LINKMETER_SPOO_RATES=FEW)
async def test_forms_and_json_are_one_group(own_system: System) -> None:
    """And the first API says it in its own shape."""
    async with own_system.client(api_key="") as anyone:
        body = {"url": "https://example.com/"}
        assert (await anyone.post("/api/v1/shorten", json=body)).status_code == 201
        assert [(await anyone.post("/", data=body)).status_code for _ in range(2)] == [302, 302]
        answer = await anyone.post("/", data=body)
        assert answer.status_code == 429
        assert answer.json()["error"] == "RateLimitError"
        assert int(answer.headers["retry-after"]) >= 1
        assert_error(await anyone.post("/api/v1/shorten", json=body), 429)


@pytest.mark.settings(**ON, LINKMETER_SPOO_RATES=FEW, LINKMETER_RATE_LIMITS_SHADOW="on")
async def test_in_shadow_mode_nothing_is_refused(own_system: System) -> None:
    """Headers tell what would be."""
    async with own_system.client() as owner:
        answers = [await owner.get("/api/v1/stats") for _ in range(4)]
    assert {answer.status_code for answer in answers} == {200}
    assert answers[3].headers["x-ratelimit-remaining"] == "0"


@pytest.mark.settings(**ON, LINKMETER_MISSES_PER_MINUTE="2")
async def test_scanning_for_codes_and_keys_is_slowed(own_system: System) -> None:
    """The holders of keys behind the same address do not notice (S8)."""
    async with own_system.client(api_key="") as anyone, own_system.client() as owner:
        paths = ["/api/v1/stats?scope=anon&short_code=absent-{}", "/api/v1/public/stats/absent-{}"]
        answers = [await anyone.get(paths[number % 2].format(number)) for number in range(3)]
        assert [answer.status_code for answer in answers] == [404, 404, 429]
        assert (await anyone.post("/stats/absent-9")).status_code == 429
        wrong = {"authorization": "Bearer spoo_wrong"}
        assert (await anyone.get("/api/v1/urls", headers=wrong)).status_code == 429
        assert (await owner.get("/api/v1/urls")).status_code == 200
