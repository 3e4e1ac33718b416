"""Creating links, and asking which alias is free."""

from typing import Any

import httpx
import pytest

from tests.rest.spoo.conftest import Shorten, assert_error

URL = "https://example.com/page"
SHORTEN = "/api/v1/shorten"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "long_url"),
        ({"long_url": 5}, 422, "long_url"),
        ({"url": "not-a-valid-url"}, 400, "long_url"),
        ({"url": "javascript:alert(1)"}, 400, "long_url"),
        ({"url": "http://localhost/x"}, 400, "long_url"),
        ({"url": URL, "alias": "ab"}, 422, "alias"),
        ({"url": URL, "alias": "healthz"}, 400, "alias"),
        ({"url": URL, "password": "weak"}, 422, "password"),
        ({"url": URL, "max_clicks": 0}, 422, "max_clicks"),
        ({"url": URL, "expire_after": 1}, 400, "expire_after"),
        ({"url": URL, "private_stats": True}, 400, "private_stats"),
    ],
)
async def test_a_wrong_body_is_refused(
    anyone: httpx.AsyncClient, body: dict[str, Any], status: int, field: str
) -> None:
    """With the field's name; nothing is created."""
    answer = await anyone.post(SHORTEN, json=body)
    assert_error(answer, status, code="validation_error")
    assert answer.json()["field"] == field


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"", "application/json", 422),
        (b"{", "application/json", 400),
        (b'{"url": "https://example.com"', "application/json", 400),
        (b"[]", "application/json", 400),
        (b'"x"', "application/json", 400),
        (b'{"url": "\xff"}', "application/json", 400),
        (b'{"url": "https://example.com"}', "text/plain", 415),
        (b'{"url": "' + b"a" * 2_000_000 + b'"}', "application/json", 413),
    ],
)
async def test_what_is_no_json_object_is_refused(
    anyone: httpx.AsyncClient, content: bytes, content_type: str, status: int
) -> None:
    """In this API's shape."""
    assert_error(await anyone.post(SHORTEN, content=content, headers={"content-type": content_type}), status)


async def test_unknown_fields_are_passed_over(anyone: httpx.AsyncClient) -> None:
    """Newer clients send fields that older services do not know."""
    body = {"url": URL, "alias_type": "alphanumeric", "geo_rules": ["x"], "meta_tags": {"title": "x"}}
    assert (await anyone.post(SHORTEN, json=body)).status_code == 201


async def test_a_taken_alias(anyone: httpx.AsyncClient, shorten: Shorten) -> None:
    """409, also of a link that was deleted."""
    link = await shorten(anyone)
    assert_error(await anyone.post(SHORTEN, json={"url": URL, "alias": link.alias}), 409, "Alias is already in use")


async def test_a_random_alias_has_seven_characters(anyone: httpx.AsyncClient) -> None:
    """Letters and digits."""
    alias = (await anyone.post(SHORTEN, json={"url": URL})).json()["alias"]
    assert len(alias) == 7
    assert alias.isalnum()


async def test_emojis_as_alias(anyone: httpx.AsyncClient) -> None:
    """They name the link in every call, however they are drawn."""
    answer = await anyone.post(SHORTEN, json={"url": URL, "alias": "🥥🥕🥦🍉🐍❤️"})
    assert answer.status_code == 201
    alias = answer.json()["alias"]
    assert alias == "🥥🥕🥦🍉🐍❤"
    assert (await anyone.get(f"/{alias}")).headers["location"] == URL
    body = (await anyone.get("/api/v1/stats", params={"scope": "anon", "short_code": alias})).json()
    assert body["short_code"] == alias
    taken = await anyone.get("/api/v1/shorten/check-alias", params={"alias": "🥥🥕🥦🍉🐍❤️"})
    assert taken.json() == {"available": False, "reason": "taken"}


@pytest.mark.parametrize(
    ("alias", "reason"),
    [("free-alias", None), ("ab", "length"), ("a" * 17, "length"), ("a b c", "format"), ("api", "reserved")],
)
async def test_check_alias(anyone: httpx.AsyncClient, alias: str, reason: str | None) -> None:
    """The reason says why one could not be had."""
    answer = await anyone.get("/api/v1/shorten/check-alias", params={"alias": alias})
    assert answer.json() == {"available": reason is None, "reason": reason}


async def test_check_alias_needs_one(anyone: httpx.AsyncClient) -> None:
    """422 for none and for an endless one."""
    for query in ("", "?alias=", f"?alias={'a' * 65}"):
        assert_error(await anyone.get(f"/api/v1/shorten/check-alias{query}"), 422)
