"""What the scripts that spoo.me's makers run against a live server expect, step by step."""

import secrets

import httpx

from tests.support.system import System

FORM = {"accept": "application/json"}


async def test_links(system: System, anyone: httpx.AsyncClient) -> None:
    """Forms, JSON, emojis, passwords, and what must not work."""
    alias = secrets.token_hex(3)
    answer = await anyone.post("/", data={"url": "https://example.com/v1", "alias": alias}, headers=FORM)
    assert answer.status_code == 200
    assert alias in answer.json()["short_url"]
    answer = await anyone.post("/", data={"url": "https://example.com/dupe", "alias": alias}, headers=FORM)
    assert answer.status_code == 400
    answer = await anyone.get(f"/{alias}")
    assert (answer.status_code, answer.headers["location"]) == (302, "https://example.com/v1")

    answer = await anyone.post("/api/v1/shorten", json={"url": "https://example.com/v2"})
    assert answer.status_code == 201
    assert {"short_url", "alias"} <= set(answer.json())
    answer = await anyone.get(f"/{answer.json()['alias']}")
    assert (answer.status_code, answer.headers["location"]) == (302, "https://example.com/v2")
    body = {"url": "https://example.com/secret", "password": "Test@123"}
    answer = await anyone.post("/api/v1/shorten", json=body)
    assert answer.status_code == 201
    assert (await anyone.get(answer.json()["short_url"])).status_code == 401

    answer = await anyone.post("/emoji", data={"url": "https://example.com/emoji"}, headers=FORM)
    assert answer.status_code == 200
    answer = await anyone.get(answer.json()["short_url"])
    assert (answer.status_code, answer.headers["location"]) == (302, "https://example.com/emoji")

    assert (await anyone.post("/api/v1/shorten", json={"url": "not-a-valid-url"})).status_code == 400
    assert (await anyone.post("/api/v1/shorten", json={})).status_code == 422
    assert (await anyone.get("/nonexistent12345")).status_code == 404
    assert {"total-shortlinks", "total-clicks"} <= set((await anyone.get("/metric")).json())
    assert system.settings.port


async def test_statistics(anyone: httpx.AsyncClient) -> None:
    """Of both generations of links, and the preview."""
    alias = secrets.token_hex(3)
    form = {"url": "https://example.com/stats-test", "alias": alias}
    assert (await anyone.post("/", data=form, headers=FORM)).status_code == 200
    second = (await anyone.post("/api/v1/shorten", json={"url": "https://example.com/stats-v2"})).json()["alias"]
    for code in (alias, alias, second):
        await anyone.get(f"/{code}")
    answer = await anyone.post(f"/stats/{alias}")
    assert answer.status_code == 200
    assert {"total-clicks", "url"} <= set(answer.json())
    answer = await anyone.get("/api/v1/stats", params={"scope": "anon", "short_code": second})
    assert answer.status_code == 200
    assert "summary" in answer.json()
    assert (await anyone.post("/stats/nonexistent12345")).status_code == 404
    answer = await anyone.get(f"/{alias}+")
    assert answer.status_code == 200
    assert "example.com" in answer.text
