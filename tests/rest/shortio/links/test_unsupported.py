"""What Short.io takes and this installation does not have, on the real system."""

from typing import Any

import httpx
import pytest

from tests.rest.shortio.conftest import Domain, Shorten

UNSUPPORTED: dict[str, Any] = {
    "iphoneURL": "https://apps.apple.com/app/id1",
    "androidURL": "https://play.google.com/store/apps/details?id=x",
    "splitURL": "https://example.com/b",
    "splitPercent": 50,
    "cloaking": True,
    "skipQS": True,
    "passwordContact": True,
    "integrationFB": "1",
    "integrationGA": "1",
    "integrationGTM": "1",
    "integrationTT": "1",
    "integrationAdroll": "1",
    "folderId": "abc",
    "icon": "x",
    "createdAt": 1577836800000,
    "source": "slack",
}


@pytest.mark.parametrize("name", UNSUPPORTED)
async def test_what_would_be_dropped_is_refused(
    shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten, name: str
) -> None:
    """402 that names the field, from every call that takes it, and nothing is written."""
    link = await shorten()
    wanted = {"originalURL": "https://example.com/x", name: UNSUPPORTED[name]}
    for path, body in (
        ("/links", {"domain": domain.host, **wanted}),
        ("/links/public", {"domain": domain.host, **wanted}),
        ("/links/bulk", {"domain": domain.host, "links": [{"originalURL": "https://example.com/y"}, wanted]}),
        (f"/links/{link['idString']}", wanted),
    ):
        answer = await shortio.post(path, json=body)
        said = answer.json()
        assert (answer.status_code, said["success"], said["code"]) == (402, False, "PAYMENT_REQUIRED"), path
        assert said["field"] == name
    listed = (await shortio.get("/api/links", params={"domain_id": domain.domain_id})).json()
    assert [row["originalURL"] for row in listed["links"]] == [link["originalURL"]]


async def test_what_says_nothing_is_taken(shortio: httpx.AsyncClient, shorten: Shorten) -> None:
    """Typed clients send nulls and defaults, and some send back the whole answer."""
    nothing = dict.fromkeys(UNSUPPORTED) | {"skipQS": False, "cloaking": False, "passwordContact": False, "icon": ""}
    link = await shorten(**nothing, title="T")
    answer = await shortio.post(f"/links/{link['idString']}", json={**link, "title": "New"})
    assert (answer.status_code, answer.json()["title"]) == (200, "New"), answer.text


async def test_other_calls_refuse_likewise(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """Filters of lists, settings of domains, options of copies, and a move to another domain."""
    link = await shorten()
    for name in ("folderId", "createdAt"):
        answer = await shortio.get("/api/links", params={"domain_id": domain.domain_id, name: "x"})
        assert (answer.status_code, answer.json()["field"]) == (402, name)
    answer = await shortio.post("/links/bulk", json={"domain": domain.host, "folderId": "x", "links": [{}]})
    assert (answer.status_code, answer.json()["field"]) == (402, "folderId")
    for name, value in (("hideReferer", True), ("linkType", "secure"), ("caseSensitive", False), ("httpsLinks", True)):
        answer = await shortio.post("/domains", json={"hostname": f"new.{domain.host}", name: value})
        assert (answer.status_code, answer.json()["field"]) == (402, name)
    for name in ("title", "password", "originalURL"):
        answer = await shortio.post(f"/links/duplicate/{link['idString']}", json={name: "x"})
        assert (answer.status_code, answer.json()["field"]) == (400, name)
    answer = await shortio.post(f"/links/{link['idString']}", json={"domain": "other.example"})
    assert (answer.status_code, answer.json()["field"]) == (400, "domain")
