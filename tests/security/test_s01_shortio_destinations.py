"""S1 on Short.io's API: a destination that is not http(s) is refused by every call that takes one."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.system import System

BAD = [
    "javascript:alert(1)",
    " JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "\njavascript:x",
    "data:text/html,x",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("url", BAD)
async def test_bad_destinations_are_refused(system: System, url: str) -> None:
    """Creating, in bulk, publicly, updating, and where an ended link leads; campaign parameters do not help."""
    async with system.client(api_key="") as client:
        client.headers["authorization"] = system.api_key
        domain = (await client.get("/api/domains")).json()[0]["hostname"]
        good = f"https://example.com/{uuid4()}"
        link = (await client.post("/links", json={"domain": domain, "originalURL": good})).json()

        async def ask(path: str, **body: Any) -> httpx.Response:
            return await client.post(path, json={"domain": domain, **body})

        for answer in (
            await ask("/links", originalURL=url),
            await ask("/links", originalURL=url, utmSource="x"),
            await ask("/links", originalURL=good, allowDuplicates=True, expiredURL=url),
            await ask("/links/public", originalURL=url),
            await ask(f"/links/{link['idString']}", originalURL=url),
            await ask(f"/links/{link['idString']}", originalURL=url, utmTerm="x"),
            await ask(f"/links/{link['idString']}", expiredURL=url),
        ):
            assert answer.status_code == 400, answer.text
            assert answer.json()["field"] in {"originalURL", "expiredURL"}
        bulk = await ask("/links/bulk", links=[{"originalURL": url}])
        assert [row["statusCode"] for row in bulk.json()] == [400]
        assert (await client.get(f"/links/{link['idString']}")).json()["originalURL"] == good
