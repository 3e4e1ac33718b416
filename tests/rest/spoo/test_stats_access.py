"""Who sees which statistics: keys, scopes, private and protected links."""

import httpx

from tests.rest.spoo.conftest import NewClient, Shorten, SpooLink, assert_error
from tests.rest.spoo.test_stats import ask, counts, example

__all__ = ["example"]


async def test_private_statistics(
    anyone: httpx.AsyncClient, owner: httpx.AsyncClient, client_of: NewClient, example: SpooLink
) -> None:
    """Their owner sees them under scope anon, too; nobody else does, with a key or without."""
    parameters = {"scope": "anon", "short_code": example.alias}
    assert (await ask(owner, **parameters))["summary"]["total_clicks"] == 12
    text = "this URL has private statistics - authentication required"
    assert_error(await anyone.get("/api/v1/stats", params=parameters), 401, text)
    other = await client_of()
    assert_error(await other.get("/api/v1/stats", params=parameters), 403, "access denied - private statistics")
    answer = await owner.patch(f"/api/v1/urls/{example.url_id}", json={"private_stats": False})
    assert answer.json()["private_stats"] is False
    for client in (anyone, other):
        assert (await ask(client, **parameters))["summary"]["total_clicks"] == 12


async def test_an_account_sees_its_own_links_only(
    owner: httpx.AsyncClient, client_of: NewClient, example: SpooLink
) -> None:
    """By no filter does it get at others."""
    other = await client_of()
    for parameters in ({}, {"short_code": example.alias}, {"url_id": example.url_id}):
        assert (await ask(other, **parameters))["summary"]["total_clicks"] == 0
    assert_error(await other.get(f"/api/v1/stats/links/{example.url_id}"), 404, "URL not found")
    assert (await ask(owner))["summary"]["total_clicks"] == 12


async def test_one_link_by_its_id(owner: httpx.AsyncClient, example: SpooLink) -> None:
    """The newer client's call: the same numbers, the link's id and alias besides, no scope needed."""
    body = await ask(owner, f"/api/v1/stats/links/{example.url_id}", group_by="country", short_code="other")
    assert (body["url_id"], body["alias"]) == (example.url_id, example.alias)
    assert body["filters"] == {}
    assert counts(body, "country")["US"] == 5


async def test_an_unknown_key_is_nobody(anyone: httpx.AsyncClient, shorten: Shorten) -> None:
    """It opens what is public, and nothing else."""
    link = await shorten(anyone)
    for key in ("spoo_unknown", "lm_unknown", "eyJhbGciOi.J9", "spoo_", "ü" * 3, "x" * 1000):
        headers = {b"authorization": f"Bearer {key}".encode()}
        answer = await anyone.get(f"/api/v1/stats?scope=anon&short_code={link.alias}", headers=headers)
        assert answer.status_code == 200, key
        assert_error(await anyone.get("/api/v1/stats", headers=headers), 401, "authentication required for scope=all")


async def test_keys_in_each_spelling(anyone: httpx.AsyncClient, client_of: NewClient) -> None:
    """spoo_… and lm_… are the same key."""
    key = (await client_of()).headers["authorization"].removeprefix("Bearer spoo_")
    for text in (f"Bearer spoo_{key}", f"Bearer lm_{key}", f"bearer  spoo_{key}"):
        assert (await anyone.get("/api/v1/stats", headers={"authorization": text})).status_code == 200
    assert_error(await anyone.get("/api/v1/stats", headers={"authorization": f"spoo_{key}"}), 401)


async def test_scopes_of_keys(client_of: NewClient, anyone: httpx.AsyncClient, shorten: Shorten) -> None:
    """Statistics need stats:read, urls:read or admin:all, even those that nobody needs a key for."""
    link = await shorten(anyone)
    public = f"/api/v1/stats?scope=anon&short_code={link.alias}"
    for scope in ("stats:read", "links:read", "admin"):
        client = await client_of(scope)
        assert (await client.get("/api/v1/stats")).status_code == 200
        assert (await client.get(public)).status_code == 200
    writer = await client_of("links:write")
    for path in ("/api/v1/stats", public, f"/api/v1/stats/links/{link.url_id}", "/api/v1/export?format=json"):
        assert_error(await writer.get(path), 403, "Insufficient scope for this operation", "forbidden")


async def test_a_protected_link_shows_its_statistics_to_those_who_know_its_password(
    anyone: httpx.AsyncClient, shorten: Shorten
) -> None:
    """The password travels in a body, never in an address; the codes tell what is missing."""
    link = await shorten(anyone, password="secret@123")
    path = f"/api/v1/public/stats/{link.alias}"
    assert_error(await anyone.get(path), 401, code="password_required")
    assert_error(await anyone.get(path, params={"password": "secret@123"}), 401, code="password_required")
    assert_error(await anyone.post(path, json={}), 401, code="password_required")
    assert_error(await anyone.post(path, json={"password": "wrong@123"}), 401, code="invalid_password")
    answer = await anyone.post(path, json={"password": "secret@123"}, params={"timezone": "Asia/Kolkata"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["link"]["password_protected"] is True
    assert answer.json()["stats"]["timezone"] == "Asia/Kolkata"


async def test_private_statistics_look_as_if_there_were_no_link(
    anyone: httpx.AsyncClient, owner: httpx.AsyncClient, example: SpooLink
) -> None:
    """On the public page of statistics, byte for byte; their owner needs no password."""
    private = await anyone.get(f"/api/v1/public/stats/{example.alias}")
    absent = await anyone.get("/api/v1/public/stats/absent-1")
    assert (private.status_code, private.content) == (absent.status_code, absent.content)
    assert private.status_code == 404
    assert (await owner.get(f"/api/v1/public/stats/{example.alias}")).status_code == 200
