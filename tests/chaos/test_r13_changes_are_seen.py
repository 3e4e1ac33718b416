"""R13 at redirect: what links announces in Redis is seen within a second, by every process."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import redis.asyncio

from tests.support.redirect import System, running_redirect
from tests.support.redirect_doubles import HOST
from tests.support.wait import eventually, promised

KEY = f"{HOST}/abc"


async def is_watching(system: System) -> bool:
    return await system.metric("linkmeter_redirect_subscribed") == 1


async def test_create_after_a_404_update_disable_and_delete_are_seen_within_a_second(
    tmp_path: Path, valkey_url: str
) -> None:
    """Each change is written to Redis and announced, as links does it; two processes show it, each visited before."""
    async with AsyncExitStack() as stack:
        systems = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            system = await stack.enter_async_context(running_redirect(tmp_path / name, redis_url=valkey_url))
            await eventually(lambda system=system: is_watching(system))  # type: ignore[misc]
            systems.append(system)
        client = redis.asyncio.Redis.from_url(valkey_url)
        stack.push_async_callback(client.aclose)

        async def change(expected: tuple[int, str | None], **fields: Any) -> None:
            for system in systems:
                link = system.links.add("abc", **fields)
            await client.set(f"lm:resolution:{KEY}", link.SerializeToString(), ex=60)
            await client.publish("lm:invalidate", KEY)
            for system in systems:
                await eventually(_shows(system, expected), timeout=promised(1.0))

        for system in systems:
            assert (await system.get("/abc")).status_code == 404
        await change((302, "https://example.com/abc"))
        await change((302, "https://example.com/new"), destination="https://example.com/new")
        await change((404, None), disabled=True)
        await change((302, "https://example.com/abc"))
        await change((404, None), deleted=True, destination="")


def _shows(system: System, expected: tuple[int, str | None]) -> Callable[[], Awaitable[bool]]:
    async def shows() -> bool:
        response = await system.get("/abc")
        return (response.status_code, response.headers.get("location")) == expected

    return shows
