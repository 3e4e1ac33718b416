"""Clicks with times of their own, for whoever looks at statistics: brought as an import brings them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import httpx
from playwright.async_api import Page, expect

from tests.support.dashboard import Dashboard
from tests.support.wait import eventually

BROWSER: Final = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
_BATCH: Final = 1000


async def is_quiet(page: Page) -> None:
    """Wait until nothing on the screen is awaited, or of the question before."""
    await expect(page.locator("[aria-busy=true], [data-skeleton]")).to_have_count(0)


async def bring_clicks(dashboard: Dashboard, clicks: Sequence[dict[str, object]]) -> None:
    """Store clicks of the account's links, as ImportClicks takes them but for their sequence."""
    async with dashboard.client() as client:
        begun = await client.post("/v1/imports", json={"origin": "test", "originIdentity": "past clicks"})
        assert begun.status_code == httpx.codes.OK, begun.text
        path = f"/v1/imports/{begun.json()['importId']}/clicks:import"
        numbered = [{"sequence": number, **click} for number, click in enumerate(clicks, 1)]
        before = await _clicks_of(client)
        for first in range(0, len(numbered), _BATCH):
            answer = await client.post(path, json={"clicks": numbered[first : first + _BATCH]})
            assert answer.status_code == httpx.codes.OK, answer.text
            assert not answer.json().get("setAside"), answer.text
        await eventually(lambda: _has(client, before + len(clicks)), what="all clicks are counted")


def daily_clicks(code: str, first: datetime, counts: Iterable[int], **fields: object) -> list[dict[str, object]]:
    """Build so many clicks a day from one moment on, a minute apart, each by a visitor of its own unless told."""
    moments = [
        first + timedelta(days=day, minutes=number) for day, count in enumerate(counts) for number in range(count)
    ]
    return [
        {
            "time": moment.isoformat(),
            "code": code,
            "userAgent": BROWSER,
            "ip": f"192.0.2.{1 + number % 250}",
            **fields,
        }
        for number, moment in enumerate(moments)
    ]


async def _has(client: httpx.AsyncClient, wanted: int) -> bool:
    return await _clicks_of(client) == wanted


async def _clicks_of(client: httpx.AsyncClient) -> int:
    """Count the clicks of the account."""
    answer = await client.post("/v1/stats:query", json={"reports": [{}]})
    assert answer.status_code == httpx.codes.OK, answer.text
    rows = answer.json()["results"][0].get("rows", [])
    return int(rows[0]["metrics"][0]) if rows else 0
