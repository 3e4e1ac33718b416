"""S8 on Short.io's API: absent, deleted and not-yours look the same."""

from typing import Any
from uuid import uuid4

import pytest

from gateway.compat.shortio import ids
from tests.support.system import System

CALLS: list[tuple[str, str, Any]] = [
    ("GET", "/links/{}", None),
    ("POST", "/links/{}", {"title": "x"}),
    ("DELETE", "/links/{}", None),
    ("POST", "/links/archive", {"link_id": "{}"}),
    ("POST", "/links/duplicate/{}", {}),
    ("POST", "/links/qr/{}", {}),
    ("GET", "/link_country/{}", None),
    ("POST", "/link_country/{}", {}),
    ("GET", "/statistics/link/{}", None),
    ("POST", "/statistics/link/{}", {}),
    ("POST", "/statistics/link/{}/by_interval", {}),
    ("POST", "/statistics/link/{}/top", {"column": "os"}),
]


@pytest.mark.parametrize(("verb", "path", "body"), CALLS)
async def test_links_of_others_are_not_there(system: System, verb: str, path: str, body: Any) -> None:
    """Status and body are equal, whatever the reason."""
    async with system.client(api_key="") as client:
        made = (await client.post("/api/shorten", json={"url": "https://example.com/theirs"})).json()
        stats = await client.get(f"/api/links/{made['code']}/stats", params={"token": made["editToken"]})
        theirs = ids.link_text(int(stats.json()["link"]["id"]))
        client.headers["authorization"] = system.api_key
        domain = (await client.get("/api/domains")).json()[0]["hostname"]
        mine = {"domain": domain, "originalURL": f"https://example.com/{uuid4()}"}
        deleted = (await client.post("/links", json=mine)).json()["idString"]
        await client.delete(f"/links/{deleted}")
        answers = []
        for link_id in (theirs, deleted, ids.link_text(987_654_321)):
            sent = {name: value.format(link_id) for name, value in body.items()} if body else body
            answer = await client.request(verb, path.format(link_id), json=sent)
            answers.append((answer.status_code, answer.text))
    assert len(set(answers)) == 1, answers
    assert answers[0][0] == 404
