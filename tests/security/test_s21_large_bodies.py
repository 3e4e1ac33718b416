"""Promise S21: bodies that are costly to read cost others nothing."""

import asyncio
import statistics
import time

import httpx

from tests.support.system import System

_JSON = {"content-type": "application/json"}
_BODIES = (
    b'{"filters":[' + b"0," * 500_000 + b"0]}",
    b'{"reports":[' + b"{}," * 300_000 + b"{}]}",
    b'{"reports":[{"filters":[{"values":[' + b'"",' * 300_000 + b'""]}]}]}',
)
_ASKED = 40


async def test_large_bodies_of_strangers_slow_nobody(system: System) -> None:
    """While a stranger sends bodies of a mebibyte one after another, redirects take no more than a little longer.

    The measure is the median of others' redirects beside what it was in peace. A body that is walked for a stranger
    takes the gateway's thread for a tenth of a second.
    """
    async with system.client() as client:
        made = await client.post("/v1/links", json={"destination": "https://example.com/bodies"})
        path = f"/{made.json()['code']}"
        quiet = await _median(client, path)
        flood = asyncio.create_task(_send_for_ever(system))
        try:
            loud = await _median(client, path)
        finally:
            flood.cancel()
            await asyncio.gather(flood, return_exceptions=True)
    assert loud < quiet + 0.1


async def _median(client: httpx.AsyncClient, path: str) -> float:
    seconds = []
    for _ in range(_ASKED):
        began = time.monotonic()
        assert (await client.get(path)).status_code == 302
        seconds.append(time.monotonic() - began)
        await asyncio.sleep(0.02)
    return statistics.median(seconds)


async def _send_for_ever(system: System) -> None:
    async with system.client(api_key="") as stranger:
        while True:
            for body in _BODIES:
                try:
                    answer = await stranger.post("/v1/stats:query", content=body, headers=_JSON)
                    assert answer.status_code == 401
                except httpx.TransportError:
                    # The gateway need not read what it has refused.
                    pass
                await asyncio.sleep(0.1)
