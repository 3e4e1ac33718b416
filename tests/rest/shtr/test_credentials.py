"""Missing and wrong tokens and passwords on every endpoint of shtr's API."""

from typing import Any

import httpx
import pytest

from tests.rest.shtr.conftest import Shorten, assert_error

WITH_TOKEN = [
    ("GET", "/api/links/{code}/stats"),
    ("GET", "/api/links/{code}/clicks"),
    ("DELETE", "/api/links/{code}"),
]


@pytest.mark.parametrize(("method", "path"), WITH_TOKEN)
async def test_a_missing_token_is_unauthorized(
    shtr: httpx.AsyncClient, shorten: Shorten, method: str, path: str
) -> None:
    """401, whether the token is left out or empty, and whether the link is there or not."""
    link = await shorten()
    for code in (link.code, "absent1"):
        for query in ("", "?token="):
            answer = await shtr.request(method, path.format(code=code) + query)
            assert_error(answer, 401, "Edit token is required")
    assert (await shtr.get(f"/api/links/{link.code}")).status_code == 200


@pytest.mark.parametrize(("method", "path"), [*WITH_TOKEN, ("GET", "/api/links/{code}")])
async def test_a_wrong_token_is_forbidden(shtr: httpx.AsyncClient, shorten: Shorten, method: str, path: str) -> None:
    """403 alike for an unknown token, another link's, and a link that is not there (S8)."""
    link, other = await shorten(), await shorten()
    unknown = "tok_" + "A" * len(link.token.removeprefix("tok_"))
    pairs = [
        (link.code, unknown),
        (link.code, other.token),
        (link.code, link.token[:-1]),
        (link.code, link.token.upper()),
        (link.code, "a b"),
        (link.code, "x" * 1000),
        ("absent1", link.token),
        ("absent1", unknown),
    ]
    for code, token in pairs:
        answer = await shtr.request(method, path.format(code=code), params={"token": token})
        assert_error(answer, 403, "Wrong edit token")
    assert (await shtr.get(f"/api/links/{link.code}", params={"token": link.token})).status_code == 200


@pytest.mark.parametrize(("method", "path"), [*WITH_TOKEN, ("GET", "/api/links/{code}"), ("GET", "/api/lookup")])
async def test_a_token_that_is_not_utf_8_is_refused(shtr: httpx.AsyncClient, method: str, path: str) -> None:
    """400, not a fault of ours."""
    assert_error(await shtr.request(method, path.format(code="abc1") + "?token=%FF%FE"), 400)


async def test_lookup_needs_a_token_that_belongs_to_a_link(shtr: httpx.AsyncClient) -> None:
    """401 without, 404 for one that is nobody's, 400 for what no token can hold."""
    assert_error(await shtr.get("/api/lookup"), 401, "Edit token is required")
    assert_error(await shtr.get("/api/lookup?token="), 401, "Edit token is required")
    for token in ("tok_unknown", "lm_key", "a+b", "x" * 1000):
        assert_error(await shtr.get(f"/api/lookup?token={token}"), 404, "Link not found")
    assert_error(await shtr.get("/api/lookup?token=%00"), 400, "token must not hold the character NUL")


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ({}, 400, "code is required"),
        ({"code": "abc1"}, 400, "password is required"),
        ({"code": 5, "password": "x"}, 400, "code must be a string"),
        ({"code": "abc1", "password": {}}, 400, "password must be a string"),
        ({"code": "absent1", "password": "x"}, 403, "Wrong password"),
        ({"code": "a/b", "password": "x"}, 403, "Wrong password"),
        ({"code": "absent1", "password": "x" * 257}, 400, "password must have at most 256 characters"),
    ],
)
async def test_a_wrong_guess_is_refused(shtr: httpx.AsyncClient, body: dict[str, Any], status: int, text: str) -> None:
    """What is missing is named; what cannot be right is wrong, and sets no cookie."""
    answer = await shtr.post("/api/verify-password", json=body)
    assert_error(answer, status, text)
    assert "set-cookie" not in answer.headers


async def test_a_link_without_password_has_no_right_one(shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """The same answer as for a wrong password."""
    link, protected = await shorten(), await shorten(password="secret123")
    for code in (link.code, protected.code):
        answer = await shtr.post("/api/verify-password", json={"code": code, "password": "wrong"})
        assert_error(answer, 403, "Wrong password")
