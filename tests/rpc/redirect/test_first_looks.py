"""Links that a process has not met before, many of them at once."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import redis.asyncio
from google.protobuf.timestamp_pb2 import Timestamp

from services.common.redis_keys import resolution_key
from tests.support.redirect import System, running_redirect
from tests.support.redirect_doubles import HOST
from tests.support.wait import eventually

MANY = [f"link{number}" for number in range(200)]


async def look(system: System, codes: Sequence[str]) -> list[tuple[int, str]]:
    """Visit all at the same time; return what each visitor got."""
    responses = await asyncio.gather(*(system.get(f"/{code}") for code in codes))
    return [(response.status_code, response.headers.get("location", "")) for response in responses]


def redirects(codes: Sequence[str]) -> list[tuple[int, str]]:
    return [(302, f"https://example.com/{code}") for code in codes]


async def test_first_looks_share_calls_and_each_visitor_gets_their_own_answer(tmp_path: Path) -> None:
    """Followed, ended, guarded, deleted and unknown ones side by side; each click is counted, each code asked once."""
    async with running_redirect(tmp_path, RATE_LIMITS="off") as system:
        for code in MANY:
            system.links.add(code)
        system.links.add("ended", expire_time=Timestamp(seconds=int(datetime.now(UTC).timestamp()) - 1))
        system.links.add("guarded", password_version="1")
        system.links.add("deleted", deleted=True, destination="")
        system.links.add("once", max_clicks=1)
        # Nobody may redirect there: a fault of links costs this link alone.
        system.links.add("broken", destination="https://example.com/\nx")
        system.links.seconds_for_lookup = 0.02
        special = ["ended", "guarded", "deleted", "unknown", "once", "broken"]
        found = await look(system, [*MANY[:100], *special, *MANY[100:]])
        assert found[:100] + found[106:] == redirects(MANY)
        assert [status for status, _ in found[100:106]] == [410, 401, 404, 404, 302, 404]
        assert system.links.lookups == len(MANY) + len(special)
        # How many share one depends on how fast the visitors come.
        assert system.links.bulk_calls < system.links.lookups
        await eventually(lambda: len(system.analytics.clicks) == len(MANY) + 1)


async def test_what_redis_knows_is_not_asked_of_links(tmp_path: Path, valkey_url: str) -> None:
    """Nor does what makes no sense there keep anything else of the batch from being used."""
    async with (
        redis.asyncio.Redis.from_url(valkey_url) as client,
        running_redirect(tmp_path, redis_url=valkey_url) as system,
    ):
        for code in MANY:
            value = system.links.add(code).SerializeToString()
            if code != MANY[0]:
                await client.set(resolution_key(f"{HOST}/{code}"), value)
        await client.set(resolution_key(f"{HOST}/{MANY[1]}"), b"\xff\xff")
        assert await look(system, MANY) == redirects(MANY)
        assert system.links.lookups == 2


async def test_a_slow_lookup_does_not_keep_others_waiting(tmp_path: Path) -> None:
    """What comes while one hangs is answered before it."""
    async with running_redirect(tmp_path) as system:
        for code in MANY[:20]:
            system.links.add(code)
        system.links.seconds_for["hangs"] = 60.0
        slow = asyncio.create_task(system.get("/hangs"))
        await eventually(lambda: system.links.lookups == 1)
        assert await look(system, MANY[:20]) == redirects(MANY[:20])
        assert not slow.done()
        assert (await slow).status_code == 503


async def test_links_of_the_version_before_is_asked_one_by_one(tmp_path: Path) -> None:
    """R16: redirect may be replaced first."""
    async with running_redirect(tmp_path) as system:
        system.links.knows_bulk = False
        for code in MANY:
            system.links.add(code)
        assert await look(system, MANY) == redirects(MANY)
        assert system.links.bulk_calls == 0


async def test_one_that_links_refuses_spoils_none_of_the_others(tmp_path: Path) -> None:
    """It is asked for alone, and so are they."""
    async with running_redirect(tmp_path) as system:
        system.links.refused = "refused"
        for code in MANY:
            system.links.add(code)
        found = await look(system, [*MANY[:9], "refused", *MANY[9:]])
        assert found[9][0] == 404
        assert found[:9] + found[10:] == redirects(MANY)


async def test_while_links_is_away_first_looks_are_told_to_come_again(tmp_path: Path) -> None:
    """All of them, soon, and none is taken for a missing one."""
    async with running_redirect(tmp_path) as system:
        system.links.add("known")
        assert await look(system, ["known"]) == redirects(["known"])
        await system.links_server.server.stop(0)
        found = await look(system, [*MANY, "known"])
        assert [status for status, _ in found[:-1]] == [503] * len(MANY)
        assert found[-1] == redirects(["known"])[0]
