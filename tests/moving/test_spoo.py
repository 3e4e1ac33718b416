"""spoo.me's links and their sums, from our own dialect of it on the real system."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from linkmeter.moving.origin import OriginError, OriginLink, Problem
from linkmeter.moving.origins import spoo
from linkmeter.moving.origins.spoo import SpooMe
from tests.rest.spoo.examples import WINDOWS_CHROME, click, ingest
from tests.support.http_product import Answer, Product, Request, serving
from tests.support.people import key_of_new_owner
from tests.support.system import System
from tests.support.wait import eventually


async def shorten(client: httpx.AsyncClient, alias: str, **body: Any) -> dict[str, Any]:
    """Create a link."""
    wanted = {"long_url": f"https://example.com/{alias}", "alias": alias, **body}
    made: dict[str, Any] = (await client.post("/api/v1/shorten", json=wanted)).raise_for_status().json()
    return made


async def test_links_come_with_their_sums(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    """On several pages; of a limit what is left of it; one with a password comes disabled, which is said."""
    monkeypatch.setattr(spoo, "_PER_PAGE", 2)
    key = f"spoo_{(await key_of_new_owner(system)).removeprefix('lm_')}"
    unique = secrets.token_hex(4)
    async with system.client(api_key=key) as client:
        first = await shorten(client, f"a{unique}", max_clicks=10)
        await shorten(client, f"b{unique}", password="Long-1.secret@2", expire_after="2030-01-01T00:00:00Z")
        third = await shorten(client, f"c{unique}")
        (await client.patch(f"/api/v1/urls/{third['id']}/status", json={"status": "INACTIVE"})).raise_for_status()
        clicks = [click(datetime.now(UTC) - timedelta(days=1), user_agent=WINDOWS_CHROME) for _ in range(3)]
        about = {"link_id": int(first["id"], 16), "owner_id": int(first["owner_id"], 16)}
        await ingest(system, clicks, **about, code=first["alias"])
        await eventually(lambda: _counts(client, 3), what="the clicks are counted")

    origin = SpooMe(key=key, address=system.base_url)
    listed = await asyncio.to_thread(lambda: list(origin.links()))
    links = [row for row in listed if isinstance(row, OriginLink)]
    assert [row.code for row in links] == [f"{letter}{unique}" for letter in "abc"]
    assert links[0].destination == f"https://example.com/a{unique}"
    assert abs(links[0].create_time.timestamp() - first["created_at"]) <= 1  # type: ignore[union-attr]
    assert (links[0].clicks_before, links[0].max_clicks, links[0].is_enabled) == (3, 7, True)
    assert (links[1].is_enabled, links[1].expire_time) == (False, datetime(2030, 1, 1, tzinfo=UTC))
    assert [row.reason for row in listed if isinstance(row, Problem)] == ["PASSWORD_LEFT_BEHIND"]
    assert (links[2].is_enabled, links[2].max_clicks, links[2].clicks_before) == (False, None, 0)
    assert links[0].domain == links[2].domain != ""
    assert await asyncio.to_thread(origin.count_links) == 3
    assert list(origin.clicks()) == []

    with pytest.raises(OriginError, match="refuses the key"):
        await asyncio.to_thread(lambda: list(SpooMe(key="spoo_wrong", address=system.base_url).links()))


class OddSpoo(Product):
    """Two pages of links that no spoo.me would make."""

    def answer(self, request: Request) -> Answer:
        """Answer a page."""
        items = {
            "1": [
                {
                    "alias": "used",
                    "long_url": "https://a.example/",
                    "max_clicks": 5,
                    "total_clicks": 5,
                    "status": "EXPIRED",
                },
                {"alias": "😀", "long_url": "https://b.example/", "expire_after": 1893456000, "total_clicks": None},
            ],
            "2": [
                {"alias": "😀", "long_url": "https://b.example/"},
                {"alias": "bad", "long_url": 5.5, "total_clicks": -1},
                "nothing",
            ],
        }
        page = request.query["page"]
        return Answer({"items": items[page], "page": int(page), "total": 5, "hasNext": page == "1"})


def test_odd_links_are_problems_and_the_rest_goes_on() -> None:
    """A limit that is used up disables; emojis are codes; a link that moved to the next page comes once."""
    product = OddSpoo()
    product.troubles = {2: Answer({}, 429, {"retry-after": "20"})}
    with serving(product) as address:
        listed = list(SpooMe(key="spoo_x", address=address, patience=product.patience()).links())
    links = [(row.code, row.is_enabled, row.max_clicks) for row in listed if isinstance(row, OriginLink)]
    assert links == [("used", False, None), ("😀", True, None)]
    assert [row.reason for row in listed if isinstance(row, Problem)] == ["ROW_MALFORMED", "ROW_MALFORMED"]
    assert product.slept == [20]


async def _counts(client: httpx.AsyncClient, clicks: int) -> bool:
    rows = (await client.get("/api/v1/urls")).json()["items"]
    return bool(sum(row["total_clicks"] for row in rows) == clicks)
