"""Promise S21: calls that one client begins and never finishes cost the others nothing."""

import asyncio

import grpc
import httpx
import pytest

from services.runtime.health import LIVENESS
from tests.support.holding import BROKEN_FRAME, held_calls
from tests.support.system import System

# Of a service that looks at credentials itself, of one that links is asked for, and of a dialect.
PATHS = (
    "/linkmeter.links.v1.LinkService/GetLink",
    "/linkmeter.analytics.v1.StatsService/QueryStats",
    "/linkmeter.compat.shtr.v1.ShtrService/Shorten",
)
_HEALTH = "/grpc.health.v1.Health/Check"
_CONNECTIONS = 24
# Of others, one after another, while the calls are held.
_ROUNDS = 4


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("body", "source"), [(b"", "127.0.0.2"), (BROKEN_FRAME, "127.0.0.1")], ids=["bare", "broken"])
async def test_held_calls_cost_others_nothing(system: System, path: str, body: bytes, source: str) -> None:
    """With 2,400 of them, also from the address of the others, all is answered, and every service is healthy."""
    async with system.client() as client:
        made = await client.post("/v1/links", json={"destination": "https://example.com/held"})
        assert made.status_code == 200
        code = made.json()["code"]
        async with held_calls(system.settings.port, path, connections=_CONNECTIONS, body=body, source=source):
            for _ in range(_ROUNDS):
                assert await _answers(client, code) == [302, 200, 200, 200, 200, 200]
                for service in ("links", "analytics", "compat", "redirect"):
                    assert await _is_alive(system, service)


async def _answers(client: httpx.AsyncClient, code: str) -> list[int]:
    """Ask for what the others ask: a redirect, lists, statistics, a dialect, a new link, readiness."""
    answers = await asyncio.gather(
        client.get(f"/{code}"),
        client.get("/v1/links?pageSize=1"),
        client.get("/v1/clicks?pageSize=1"),
        client.get("/health"),
        client.post("/v1/links", json={"destination": "https://example.com/more"}),
        client.get("/readyz"),
    )
    return [answer.status_code for answer in answers]


async def _is_alive(system: System, service: str) -> bool:
    request = b"\x0a" + bytes([len(LIVENESS)]) + LIVENESS.encode()
    async with system.channel(service) as channel:
        for content in (b"", request):
            call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(_HEALTH)
            if await call(content, timeout=10) != b"\x08\x01":
                return False
    return True
