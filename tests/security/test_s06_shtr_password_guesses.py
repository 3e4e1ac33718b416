"""S6 on shtr's API: guesses of a link's password are limited on every path that takes one."""

import httpx

from tests.support.system import System

PATHS = ("/api/verify-password", "/api/verify", "/api/links/{code}/verify-password", "/api/links/{code}/verify")
# More than the strictest limits let through, also when a minute ends in between.
GUESSES = 12


async def protected_link(client: httpx.AsyncClient) -> str:
    """Create a link with the password secret123; return its code."""
    answer = await client.post("/api/shorten", json={"url": "https://example.com/", "password": "secret123"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


async def guess(client: httpx.AsyncClient, path: str, code: str, password: str) -> httpx.Response:
    return await client.post(path.format(code=code), json={"code": code, "password": password})


def assert_limited(answer: httpx.Response) -> None:
    assert answer.status_code == 429, answer.text
    assert answer.json() == {"error": "Too many requests. Please wait before making more"}
    assert int(answer.headers["retry-after"]) >= 1
    assert "set-cookie" not in answer.headers


async def test_guesses_are_counted_over_all_paths(system: System) -> None:
    """Changing the path buys no more guesses, and past the limit even the right password is not tried."""
    async with system.client(api_key="") as client:
        code = await protected_link(client)
        answers = [await guess(client, PATHS[number % len(PATHS)], code, f"wrong{number}") for number in range(GUESSES)]
        assert answers[0].status_code == 403
        assert_limited(answers[-1])
        assert_limited(await guess(client, PATHS[0], code, "secret123"))


async def test_a_forged_address_buys_no_guesses(system: System) -> None:
    """The client is the peer that the gateway sees, whatever headers say (S10)."""
    async with system.client(api_key="") as client:
        code = await protected_link(client)
        for number in range(GUESSES):
            forged = {"x-forwarded-for": f"203.0.113.{number}", "x-linkmeter-client-ip": f"203.0.113.{number}"}
            body = {"code": code, "password": f"wrong{number}"}
            answer = await client.post("/api/verify-password", json=body, headers=forged)
        assert_limited(answer)


async def test_without_redis_nobody_may_guess(own_system: System) -> None:
    """What cannot be counted is refused: this limit fails closed."""
    async with own_system.client(api_key="") as client:
        code = await protected_link(client)
        own_system.kill("valkey")
        assert_limited(await guess(client, PATHS[0], code, "secret123"))
