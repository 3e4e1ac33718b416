"""S12 on shtr's API: what visitors send comes back as data."""

from tests.support.system import System
from tests.support.wait import eventually

MARKUP = '"><script>alert(1)</script>'


async def test_what_a_visitor_sent_comes_back_as_json_text(system: System) -> None:
    """User agent and referrer are strings in JSON that says to be JSON, byte for byte."""
    async with system.client(api_key="") as client:
        created = (await client.post("/api/shorten", json={"url": "https://example.com/"})).json()
        code, token = created["code"], {"token": created["editToken"]}
        referer = f"https://news.example/{MARKUP}"
        assert (await client.get(f"/{code}", headers={"user-agent": MARKUP, "referer": referer})).status_code == 302

        async def total() -> int:
            return int((await client.get(f"/api/links/{code}/clicks", params=token)).json()["total"])

        assert await eventually(total) == 1
        answer = await client.get(f"/api/links/{code}/clicks", params=token)
        assert answer.headers["content-type"] == "application/json"
        (click,) = answer.json()["clicks"]
        assert (click["user_agent"], click["referer"]) == (MARKUP, referer)


async def test_a_wrong_code_is_not_echoed(system: System) -> None:
    """An error does not repeat what was asked for."""
    async with system.client(api_key="") as client:
        answer = await client.get("/api/links/%3Cscript%3Ealert(1)%3C%2Fscript%3E".replace("%2F", "%5C"))
        assert "script" not in answer.text
        assert answer.headers["content-type"] == "application/json"
