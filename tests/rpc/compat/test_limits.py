"""How often one client may create, and ask in vain."""

from typing import Any

import grpc
import pytest
import redis.asyncio
from google.protobuf import json_format

from linkmeter.compat.shtr.v1 import shtr_pb2
from linkmeter.links.v1 import links_pb2
from services.common import errors
from tests.rpc.compat.conftest import Compat
from tests.rpc.compat.test_shtr import LINK, LINKS, QUERY, counted, fails

A, B = ((("x-linkmeter-client-ip", ip),) for ip in ("203.0.113.7", "203.0.113.8"))


@pytest.fixture
def limits(valkey_url: str) -> dict[str, str]:
    """Allow little, counted in a real Valkey."""
    return {
        "LINKMETER_RATE_LIMITS": "on",
        "LINKMETER_REDIS_URL": valkey_url,
        "LINKMETER_CREATES_PER_MINUTE": "3",
        "LINKMETER_MISSES_PER_MINUTE": "3",
    }


async def status(call: Any) -> tuple[str, str]:
    """Await a call; return its HTTP status and Retry-After."""
    try:
        await call
        metadata = dict(await call.initial_metadata())
    except grpc.aio.AioRpcError as error:
        metadata = dict(error.initial_metadata() or ())
    return str(metadata.get("x-http-code", "200")), str(metadata.get("retry-after", ""))


def shorten(compat: Compat, metadata: Any) -> Any:
    body = {"url": "https://example.com/page"}
    return compat.shtr.Shorten(json_format.ParseDict(body, shtr_pb2.ShortenRequest()), metadata=metadata)


async def test_a_client_that_creates_too_much_has_to_wait(compat: Compat) -> None:
    """The fourth link of a minute is 429 with Retry-After in whole seconds; other clients go on."""
    compat.behind.answer(f"{LINKS}/CreateLink", LINK)
    answers = [await status(shorten(compat, A)) for _ in range(4)]
    assert [code for code, _ in answers] == ["201", "201", "201", "429"]
    assert 1 <= int(answers[-1][1]) <= 61
    assert (await status(shorten(compat, B)))[0] == "201"


async def test_refused_requests_are_not_counted(compat: Compat) -> None:
    """A body with a mistake creates nothing, so it costs nothing."""
    compat.behind.answer(f"{LINKS}/CreateLink", LINK)
    for _ in range(5):
        assert (await status(compat.shtr.Shorten(shtr_pb2.ShortenRequest(), metadata=A)))[0] == "400"
    assert (await status(shorten(compat, A)))[0] == "201"


async def test_scanning_for_codes_is_slowed(compat: Compat) -> None:
    """After some links that are not there a client is asked to wait, also for one that is (S8)."""
    compat.behind.on(f"{LINKS}/LookupLink", fails(errors.NotFound("link", "x")))
    calls = [compat.shtr.GetLink(shtr_pb2.GetLinkRequest(code=f"code{n}"), metadata=A) for n in range(3)]
    assert [(await status(call))[0] for call in calls] == ["404"] * 3
    compat.behind.answer(f"{LINKS}/LookupLink", links_pb2.Link(link_id=7, code="abc1"))
    compat.behind.answer(QUERY, counted(1))
    there = shtr_pb2.GetLinkRequest(code="abc1")
    assert (await status(compat.shtr.GetLink(there, metadata=A)))[0] == "429"
    assert (await status(compat.shtr.GetLink(there, metadata=B)))[0] == "200"


async def test_redis_holds_no_address(compat: Compat, valkey_url: str) -> None:
    """Clients are counted under keyed hashes: whoever reads Redis learns no address."""
    compat.behind.answer(f"{LINKS}/CreateLink", LINK)
    assert (await status(shorten(compat, A)))[0] == "201"
    async with redis.asyncio.Redis.from_url(valkey_url) as client:
        names = [name.decode() async for name in client.scan_iter("*lm:limit*")]
    assert names
    assert [name for name in names if "203.0.113" in name] == []


class TestWithoutRedis:
    """Redis is down."""

    @pytest.fixture
    def limits(self) -> dict[str, str]:
        """Point at a port where nobody listens."""
        return {
            "LINKMETER_RATE_LIMITS": "on",
            "LINKMETER_REDIS_URL": "redis://127.0.0.1:1",
            "LINKMETER_CREATES_PER_MINUTE": "1",
        }

    async def test_limits_fail_open(self, compat: Compat) -> None:
        """What cannot be counted is allowed (R3)."""
        compat.behind.answer(f"{LINKS}/CreateLink", LINK)
        assert [(await status(shorten(compat, A)))[0] for _ in range(3)] == ["201"] * 3
