"""What stands around the API: the account, health, and paths that are not there."""

import httpx
import pytest

from tests.rest.spoo.conftest import assert_error


async def test_me(owner: httpx.AsyncClient) -> None:
    """At the root of the site."""
    user = (await owner.get("/auth/me")).json()["user"]
    assert set(user) == {"id", "email", "email_verified", "user_name", "plan", "password_set", "auth_providers"}
    assert len(user["id"]) == 24


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", "/api/v1/urls", 405),
        ("POST", "/api/v1/stats", 405),
        ("GET", "/api/v1/shorten", 405),
        ("GET", "/api/v1/nope", 404),
        ("GET", "/api/v1", 404),
        ("GET", "/auth/nope", 404),
        ("GET", "/emoji", 405),
        ("GET", "/stats/x", 405),
        ("POST", "/metric", 405),
        ("GET", "/api/v1/urls/%2e%2e", 400),
    ],
)
async def test_unknown_paths_and_methods(anyone: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    """In this API's shape."""
    answer = await anyone.request(method, path)
    assert answer.status_code == status
    if path != "/api/v1/urls/%2e%2e":
        assert_error(answer, status)


async def test_the_root_is_still_everybodys(anyone: httpx.AsyncClient) -> None:
    """Only its POST is this API's."""
    assert (await anyone.get("/")).status_code == 200
    assert (await anyone.head("/")).status_code == 200
    assert (await anyone.put("/")).status_code == 405
