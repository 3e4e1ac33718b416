"""The program that settles clicks, in the running system."""

import re

from tests.support.inside import http_client
from tests.support.system import System
from tests.support.wait import eventually


async def test_settling_sees_the_clicks_that_come_in(system: System) -> None:
    """It runs beside analytics, works on the same tables, and shows how many clicks wait for it."""
    async with system.client() as client, http_client(system.stack.addresses.settle_metrics) as settle:

        async def waiting() -> float:
            text = (await settle.get("/metrics")).text
            found = re.search(r"^linkmeter_analytics_landing_clicks (\S+)$", text, re.MULTILINE)
            return float(found[1]) if found else -1

        before = await waiting()
        link = (await client.post("/v1/links", json={"destination": "https://example.com/"})).json()
        assert (await client.get(f"/{link['code']}")).status_code == 302

        async def has_come() -> bool:
            return await waiting() > before

        await eventually(has_come)
