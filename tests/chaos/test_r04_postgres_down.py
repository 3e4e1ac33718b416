"""R4: PostgreSQL down: cached links go on with their rules, writes are refused politely, recovery needs no restart."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.support.chaos import processes_of
from tests.support.system import System
from tests.support.traffic import BROWSER
from tests.support.wait import eventually

pytestmark = pytest.mark.chaos_long

OURS = ("links", "analytics", "settle", "redirect", "compat", "envoy")


async def create(client: httpx.AsyncClient, code: str, **fields: Any) -> None:
    """Create a link."""
    body = {"destination": f"https://example.com/{code}", "code": code, **fields}
    (await client.post("/v1/links", json=body)).raise_for_status()


async def test_r04_links_keep_their_rules_and_writes_are_refused(own_system: System) -> None:
    """Expiry, passwords and limits hold while nobody can be asked; afterwards everything works as before."""
    soon = datetime.now(UTC) + timedelta(seconds=15)
    browser = {"user-agent": BROWSER}
    async with own_system.client() as owner, own_system.client(api_key="") as visitor:
        await create(owner, "plain")
        await create(owner, "ending", expireTime=soon.isoformat())
        await create(owner, "guarded", password="open sesame")
        await create(owner, "limited", maxClicks=5)

        async def statuses() -> dict[str, int]:
            codes = ("plain", "ending", "guarded", "limited")
            return {code: (await visitor.get(f"/{code}", headers=browser)).status_code for code in codes}

        assert await statuses() == {"plain": 302, "ending": 302, "guarded": 401, "limited": 302}
        before = {name: processes_of(own_system, name)[0] for name in OURS}
        own_system.kill("postgres")
        assert await statuses() == {"plain": 302, "ending": 302, "guarded": 401, "limited": 503}

        async def has_ended() -> bool:
            return await statuses() == {"plain": 302, "ending": 410, "guarded": 401, "limited": 503}

        await eventually(has_ended, every=0.5)
        for refused in (
            await owner.post("/v1/links", json={"destination": "https://example.com/"}),
            await visitor.get("/limited", headers=browser),
            await visitor.get("/neverseen", headers=browser),
        ):
            assert (refused.status_code, refused.headers["retry-after"].isdigit()) == (503, True)
        own_system.start("postgres")
        await own_system.ready("postgres")

        async def is_well() -> bool:
            made = await owner.post("/v1/links", json={"destination": "https://example.com/"})
            return made.status_code == 200 and (await statuses())["limited"] == 302

        await eventually(is_well, every=0.2)
        assert {name: processes_of(own_system, name)[0] for name in OURS} == before
