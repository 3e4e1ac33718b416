"""Redirects while what they depend on is down."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from google.protobuf.timestamp_pb2 import Timestamp

from deploy.local.process import Process
from tests.support.redirect import System, running_redirect
from tests.support.redirect_doubles import serve_links
from tests.support.valkey import running_valkey
from tests.support.wait import eventually


async def status(system: System, path: str) -> int:
    return (await system.get(path)).status_code


async def test_known_links_go_on_while_links_is_down_with_their_rules(tmp_path: Path) -> None:
    """R4: stale links redirect, expire and keep their passwords; a limited one and an unknown one answer 503."""
    async with running_redirect(tmp_path) as system:
        soon = Timestamp()
        soon.FromDatetime(datetime.now(UTC) + timedelta(seconds=10))
        system.links.add("plain")
        system.links.add("ends", expire_time=soon)
        system.links.add("guarded", password_version="1")
        system.links.add("once", max_clicks=5)
        before = [await status(system, path) for path in ("/plain", "/ends", "/guarded", "/once")]
        assert before == [302, 302, 401, 302]
        await system.links_server.server.stop(0)
        # Without Redis entries are fresh for a second: from then on these are stale ones.
        await eventually(lambda: _is_stale(system))
        assert await status(system, "/plain") == 302
        assert await status(system, "/guarded") == 401
        limited = await system.get("/once")
        assert (limited.status_code, limited.headers["retry-after"].isdigit()) == (503, True)
        assert await status(system, "/unknown") == 503
        await eventually(lambda: _has_status(system, "/ends", 410))
        system.links_server = await serve_links(system.links, system.links_server.port)
        await eventually(lambda: _has_status(system, "/once", 302))
        assert system.links.consumed.total() == 2


async def _is_stale(system: System) -> bool:
    await system.get("/plain")
    return await system.metric("linkmeter_redirect_lookups_total") > 0 and "stale" in await _layers(system)


async def _layers(system: System) -> str:
    text = (await system.client.get(f"http://{system.metrics_address}/metrics")).text
    used = (line for line in text.splitlines() if "lookups_total{" in line and not line.endswith(" 0.0"))
    return " ".join(used)


async def _has_status(system: System, path: str, expected: int) -> bool:
    return await status(system, path) == expected


async def test_redirects_go_on_without_redis_and_hear_of_changes_again_when_it_is_back(tmp_path: Path) -> None:
    """R3: Redis dies and returns; nothing fails, and announcements work anew."""
    with running_valkey(tmp_path / "first") as valkey:
        async with running_redirect(tmp_path, redis_url=valkey.server.url()) as system:
            system.links.add("abc")
            await eventually(lambda: _is_watching(system, 1))
            valkey.process.kill()
            assert [await status(system, "/abc") for _ in range(50)] == [302] * 50
            await eventually(lambda: _is_watching(system, 0))
            assert await status(system, "/abc") == 302
            again = Process(valkey.server.command(), tmp_path)
            try:
                await eventually(lambda: _is_watching(system, 1))
            finally:
                await asyncio.to_thread(again.stop)


async def _is_watching(system: System, expected: float) -> bool:
    return await system.metric("linkmeter_redirect_subscribed") == expected
