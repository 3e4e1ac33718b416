"""S6 on spoo.me's API: guesses of a link's password are limited on every path that takes one."""

import httpx

from tests.support.system import System

# More than the strictest limits let through, also when a minute ends in between.
GUESSES = 12


async def protected_link(client: httpx.AsyncClient) -> str:
    """Create a link with a password; answer its code."""
    body = {"url": "https://example.com/", "password": "secret@123"}
    answer = await client.post("/api/v1/shorten", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["alias"])


async def guess(client: httpx.AsyncClient, number: int, code: str, password: str) -> httpx.Response:
    """Guess on one of the paths."""
    if number % 3 == 0:
        return await client.post(f"/api/v1/public/stats/{code}", json={"password": password})
    path = f"/stats/{code}" if number % 3 == 1 else f"/export/{code}/json"
    return await client.post(path, data={"password": password})


async def test_guesses_are_counted_over_all_paths(system: System) -> None:
    """Changing the path buys no more guesses, and past the limit even the right password is not tried."""
    async with system.client(api_key="") as client:
        code = await protected_link(client)
        answers = [await guess(client, number, code, f"wrong@{number}") for number in range(GUESSES)]
        assert {answer.status_code for answer in answers[:3]} == {400, 401}
        for number in range(3):
            answer = await guess(client, number, code, "secret@123")
            assert answer.status_code == 429, answer.text
            assert int(answer.headers["retry-after"]) >= 1
            assert "rate" in answer.text.lower()


async def test_a_right_password_costs_no_guesses(system: System) -> None:
    """Whoever knows it may look as often as they like."""
    async with system.client(api_key="") as client:
        code = await protected_link(client)
        answers = [await guess(client, number, code, "secret@123") for number in range(GUESSES)]
    assert {answer.status_code for answer in answers} == {200}
