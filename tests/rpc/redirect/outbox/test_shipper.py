"""Clicks on their way to analytics, with the real process."""

import asyncio
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.redirect.outbox import folder
from services.redirect.outbox.file import NewRow, OutboxFile
from tests.support.redirect import BROWSER, System, open_channel, running_redirect
from tests.support.redirect_doubles import HOST, serve_analytics
from tests.support.wait import eventually, promised


async def follow(system: System, names: range) -> list[str]:
    """Follow the link once for each name, at once; answer the names whose redirect arrived."""

    async def one(name: str) -> str | None:
        try:
            return name if (await system.get(f"/abc?{name}")).status_code == 302 else None
        except Exception:  # noqa: BLE001 - the process may die under us
            return None

    answered = await asyncio.gather(*(one(f"n{number}") for number in names))
    return [name for name in answered if name]


@pytest.mark.measured
async def test_a_click_is_shipped_within_half_a_second(tmp_path: Path) -> None:
    """R11 leaves most of its five seconds to analytics."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        await follow(system, range(1))
        started = time.monotonic()
        await follow(system, range(1, 2))
        await eventually(lambda: len(system.analytics.clicks) == 2)
        assert time.monotonic() - started < promised(0.5)


async def test_acknowledged_rows_are_deleted_and_the_report_says_so(tmp_path: Path) -> None:
    """When nothing waits, a report without rows goes out every few seconds."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        await follow(system, range(5))
        source = (await eventually(lambda: list(system.analytics.reports)))[0]
        idle = await eventually(lambda: not system.analytics.reports[source].HasField("oldest_pending_time"))
        assert idle
        assert system.analytics.reports[source].last_sequence == 5
        assert await system.metric("linkmeter_redirect_outbox_clicks") == 0
        assert await system.metric("linkmeter_redirect_clicks_recorded_total") == 5


async def test_while_analytics_is_down_nothing_fails_and_nothing_is_lost(tmp_path: Path) -> None:
    """R2: redirects go on, and analytics catches up, from the same port, without a gap."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        await system.analytics_server.server.stop(0)
        answered = await follow(system, range(200))
        assert len(answered) == 200
        system.analytics_server = await serve_analytics(system.analytics, system.analytics_server.port)
        await eventually(lambda: len(system.analytics.clicks) == 200)
        assert system.analytics.gaps == []


async def test_a_lost_acknowledgement_counts_nothing_twice(tmp_path: Path) -> None:
    """R5: the batch goes again with the same sequences."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        system.analytics.lost_answers = 2
        await follow(system, range(20))
        await eventually(lambda: system.analytics.lost_answers == 0)
        await follow(system, range(20, 21))
        await eventually(lambda: len(system.analytics.clicks) == 21)
        assert set(system.analytics.followed().values()) == {1}


@pytest.mark.parametrize("sync", ["normal", "full"])
async def test_every_answered_redirect_arrives_exactly_once_although_the_process_is_killed(
    tmp_path: Path, sync: str
) -> None:
    """R1: SIGKILL under load, twice, then a start; what was answered is there, once."""
    async with running_redirect(tmp_path, OUTBOX_SYNC=sync) as system:
        system.links.add("abc")
        answered: list[str] = []
        for round_number in range(2):
            first = round_number * 1000
            load = asyncio.create_task(follow(system, range(first, first + 400)))
            seen = len(system.analytics.clicks)
            await eventually(lambda seen=seen: len(system.analytics.clicks) > seen)  # type: ignore[misc]
            await system.kill()
            answered += await load
            await system.start()
        await eventually(lambda: set(answered) <= set(system.analytics.followed()))
        assert answered
        assert max(system.analytics.followed().values()) == 1
        assert system.analytics.gaps == []
        assert len(system.analytics.marks) == 1


async def test_sigterm_answers_what_is_in_hand_and_ships_what_was_answered(tmp_path: Path) -> None:
    """A graceful end: no connection is cut, nothing waits in the outbox."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        system.links.seconds_for_lookup = 1.8
        load = asyncio.create_task(follow(system, range(50)))
        await eventually(lambda: _joined(system, 49))
        await system.stop()
        assert len(await load) == 50
        assert len(system.analytics.clicks) == 50
        assert system.process
        assert system.process.exit_status == 0
        assert not list(system.outbox.glob("*-wal"))


async def test_last_clicks_are_tried_again(tmp_path: Path) -> None:
    """A worker that ends does not give up at the first failure: analytics may be on its way back."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        system.analytics.lost_answers = 1
        await follow(system, range(5))
        await system.stop()
        assert system.analytics.lost_answers == 0
        (path,) = system.outbox.glob("*.outbox")
        with closing(OutboxFile(path)) as file:
            assert file.pending_rows == 0


async def _joined(system: System, requests: int) -> bool:
    return await system.metric("linkmeter_redirect_lookups_joined_total") == requests


async def test_the_outbox_of_a_dead_worker_is_shipped_and_removed(tmp_path: Path) -> None:
    """Its source ends with a report that nothing is left; new clicks have their own source."""
    directory = tmp_path / "outbox"
    directory.mkdir()
    orphan = folder.create(directory)
    file = OutboxFile(orphan.path)
    file.append([NewRow(1, b"")] * 3, {"disk_full": 2})
    file.close()
    # Of an earlier boot, so that the new worker does not go on with it.
    orphan.retire()
    orphan.release()
    async with running_redirect(tmp_path) as system:
        await eventually(lambda: not orphan.path.exists())
        assert system.analytics.marks[orphan.path.stem] == 3
        report = system.analytics.reports[orphan.path.stem]
        assert (report.last_sequence, dict(report.dropped)) == (3, {"disk_full": 2})
        assert not report.HasField("oldest_pending_time")
        system.links.add("abc")
        await follow(system, range(1))
        await eventually(lambda: len(system.analytics.clicks) == 4)
        assert len(system.analytics.marks) == 2


async def test_several_workers_share_the_port_and_have_an_outbox_and_a_grpc_port_each(tmp_path: Path) -> None:
    """LINKMETER_WORKERS=2: the kernel spreads the visitors, and all clicks arrive."""
    async with running_redirect(tmp_path, WORKERS="2") as system:
        system.links.add("abc")
        await eventually(lambda: len(list(system.outbox.glob("*.outbox"))) == 2)
        line = f"GET /abc HTTP/1.1\r\nHost: {HOST}\r\nUser-Agent: {BROWSER}\r\nConnection: close\r\n\r\n"
        followed = 0

        async def both_take_clicks() -> bool:
            nonlocal followed
            # A connection each time, so that the kernel spreads them.
            assert (await system.raw(line.encode())).startswith(b"HTTP/1.1 302")
            followed += 1
            return len(system.analytics.marks) == 2 and min(system.analytics.marks.values()) > 0

        await eventually(both_take_clicks)
        await eventually(lambda: len(system.analytics.clicks) == followed)
        host, _, port = system.rpc_address.rpartition(":")
        for worker in range(2):
            async with open_channel(f"{host}:{int(port) + worker}") as channel:
                stub: Any = health_pb2_grpc.HealthStub(channel)
                answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=60)
                assert answer.status == health_pb2.HealthCheckResponse.SERVING
