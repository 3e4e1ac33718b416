"""The process that answers questions may end at any time: clicks come in, and the next question is answered."""

import asyncio
import contextlib
import os
import signal
import sys
from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import uuid4

import pytest

from linkmeter.analytics.v1 import clicks_pb2, stats_service_pb2, stats_service_pb2_grpc
from services.common.caller import LINKS_WRITE, STATS_READ, Caller
from services.common.errors import LinkmeterError, Unavailable
from services.runtime.caller_metadata import metadata_for
from services.runtime.rpc_client import open_channel
from tests.support.analytics import AS_OWNER, Analytics, running_analytics, segments_of
from tests.support.clicks import LINK, OWNER, recorded_click
from tests.support.clock import FakeClock
from tests.support.ports import free_port
from tests.support.questions import held_questions, is_running, question_processes
from tests.support.wait import eventually

NOW = FakeClock().now()
START = NOW - timedelta(days=1)
AS_WRITER = metadata_for(Caller(owner_id=OWNER, scopes=frozenset({STATS_READ, LINKS_WRITE})))


def clicks(count: int) -> list[clicks_pb2.RecordedClick]:
    return [recorded_click(NOW - timedelta(minutes=1 + number)) for number in range(count)]


async def count(analytics: Analytics) -> int:
    return await analytics.count(start=START, end=NOW)


async def ask(stub: "stats_service_pb2_grpc.StatsServiceAsyncStub") -> None:
    await stub.QueryStats(stats_service_pb2.QueryStatsRequest(reports=[stats_service_pb2.Report()]), metadata=AS_OWNER)


async def answered(analytics: Analytics) -> int:
    """Count, once there is somebody to ask."""

    async def attempt() -> int:
        try:
            return await count(analytics)
        except Unavailable:
            return 0

    return await eventually(attempt)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
async def test_killed_while_questions_are_asked(
    analytics_database: str, clock: FakeClock, number: signal.Signals
) -> None:
    """Each of them is told to ask again; ingest notices nothing, and another process answers."""
    source = uuid4()
    async with running_analytics(analytics_database, clock=clock) as analytics:
        await analytics.take(source, *clicks(3))
        assert await count(analytics) == 3
        (process,) = question_processes()
        async with held_questions(analytics_database) as held:
            asked = [asyncio.create_task(count(analytics)) for _ in range(3)]
            await held.are_asked()
            os.kill(process, number)
            told = await asyncio.gather(*asked, return_exceptions=True)
            assert await analytics.take(source, *clicks(2), first=4) == 5
        for each in told:
            assert isinstance(each, Unavailable)
            assert each.retry_after_seconds == 1
        assert await answered(analytics) == 5
        assert process not in question_processes()


async def test_killed_again_and_again_it_starts_again(analytics_database: str, clock: FakeClock) -> None:
    """Whoever asks right after is answered or told to ask again, and nothing else."""
    source, told = uuid4(), []
    async with running_analytics(analytics_database, clock=clock) as analytics:
        for turn in range(3):
            await analytics.take(source, *clicks(1), first=turn + 1)
            assert await answered(analytics) == turn + 1
            (process,) = question_processes()
            os.kill(process, signal.SIGKILL)
            told.append(await asyncio.gather(count(analytics), return_exceptions=True))
        assert await answered(analytics) == 3
    assert all(isinstance(each, Unavailable) or each == turn + 1 for turn, (each,) in enumerate(told))


async def test_it_ends_with_the_service(analytics_database: str, clock: FakeClock) -> None:
    """Also while it answers, and when it does not listen."""
    async with running_analytics(analytics_database, clock=clock) as analytics:
        assert await count(analytics) == 0
        (idle,) = question_processes()
    assert not is_running(idle)
    async with AsyncExitStack() as stack:
        held = await stack.enter_async_context(held_questions(analytics_database))
        async with running_analytics(analytics_database, clock=clock) as analytics:
            # One's own hanging up would end the question, too.
            channel = await stack.enter_async_context(open_channel(analytics.address, deadline_seconds=60))
            asked = asyncio.create_task(ask(stats_service_pb2_grpc.StatsServiceStub(channel)))
            await held.are_asked()
            (busy,) = question_processes()
        assert not is_running(busy)
        with pytest.raises(LinkmeterError):
            await asked
    async with running_analytics(analytics_database, clock=clock) as analytics:
        assert await count(analytics) == 0
        (deaf,) = question_processes()
        os.kill(deaf, signal.SIGSTOP)
    assert not is_running(deaf)


async def test_it_does_not_outlive_a_killed_service(analytics_database: str) -> None:
    """Not even while it answers."""
    address = f"127.0.0.1:{free_port()}"
    settings = {
        "LINKMETER_LISTEN": address,
        "LINKMETER_POSTGRES_URL": analytics_database,
        "LINKMETER_SECRET": "a secret of the tests, long enough",
        "LINKMETER_SEGMENTS": segments_of(analytics_database),
    }
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LINKMETER_")}
    service = await asyncio.create_subprocess_exec(sys.executable, "-m", "services.analytics", env=plain | settings)
    try:
        async with AsyncExitStack() as stack:
            channel = await stack.enter_async_context(open_channel(address, deadline_seconds=60))
            stub = stats_service_pb2_grpc.StatsServiceStub(channel)

            async def is_answered() -> bool:
                with contextlib.suppress(Unavailable):
                    await ask(stub)
                    return True
                return False

            await eventually(is_answered)
            held = await stack.enter_async_context(held_questions(analytics_database))
            asked = asyncio.create_task(ask(stub))
            await held.are_asked()
            (process,) = question_processes(service.pid)
            service.kill()
            await service.wait()
            await eventually(lambda: not is_running(process))
            with pytest.raises(Unavailable):
                await asked
    finally:
        if service.returncode is None:
            service.kill()
        await service.wait()


async def test_a_call_that_nobody_waits_for_is_broken_off(analytics_database: str, clock: FakeClock) -> None:
    """By its caller's hanging up, long before its own time is over; and nothing is erased."""
    async with running_analytics(analytics_database, clock=clock) as analytics:
        await analytics.take(uuid4(), *clicks(3))
        assert await count(analytics) == 3
        async with held_questions(analytics_database) as held:
            # Erasing waits for a minute, questions for less.
            request = stats_service_pb2.DeleteStatsRequest(link_id=LINK)
            call = asyncio.ensure_future(analytics.stats.DeleteStats(request, metadata=AS_WRITER))
            await held.are_asked()
            call.cancel()
            await held.are_given_up(40)
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await count(analytics) == 3


async def test_what_takes_too_long_is_told_so(analytics_database: str, clock: FakeClock) -> None:
    """Not that the database were away: whoever asks for less is answered."""
    async with running_analytics(analytics_database, clock=clock) as analytics:
        await analytics.take(uuid4(), *clicks(3))
        assert await count(analytics) == 3
        async with held_questions(analytics_database):
            with pytest.raises(LinkmeterError) as told:
                await count(analytics)
        assert told.value.reason == "DEADLINE_EXCEEDED"
        assert await count(analytics) == 3
