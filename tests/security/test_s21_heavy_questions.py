"""Promise S21: long questions of one account keep neither others' questions, nor clicks, nor health waiting."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
from grpc_health.v1 import health_pb2, health_pb2_grpc

from linkmeter.analytics.v1 import stats_service_pb2
from services.common.errors import DeadlineExceeded, LinkmeterError, ResourceExhausted
from services.runtime.rpc_client import open_channel
from tests.support.analytics import AS_OTHER_OWNER, AS_OWNER, Analytics, Metadata, running_analytics
from tests.support.clicks import recorded_click
from tests.support.clock import FakeClock

NOW = FakeClock().now()
# Read by every question, and by nothing else.
_TABLE = "analytics.retention"


@asynccontextmanager
async def stopped_questions(url: str) -> AsyncIterator[None]:
    """Let questions wait in PostgreSQL, as if each were heavy."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {_TABLE} IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


async def _ask(analytics: Analytics, metadata: Metadata) -> LinkmeterError | None:
    request = stats_service_pb2.QueryStatsRequest(reports=[stats_service_pb2.Report()])
    try:
        await analytics.stats.QueryStats(request, metadata=metadata, timeout=30)
    except LinkmeterError as error:
        return error
    return None


async def test_heavy_questions_cost_others_nothing(analytics_database: str, clock: FakeClock) -> None:
    """Of twelve, three are answered at a time and the rest is told to come back; who is others' notices nothing."""
    async with running_analytics(analytics_database, clock=clock) as analytics:
        async with stopped_questions(analytics_database):
            heavy = [asyncio.create_task(_ask(analytics, AS_OWNER)) for _ in range(12)]
            refused: list[LinkmeterError | None] = []
            waiting = set(heavy)
            while len(refused) < 9:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                refused += [question.result() for question in done]
            assert {type(error) for error in refused} == {ResourceExhausted}
            assert {error.retry_after_seconds for error in refused if isinstance(error, ResourceExhausted)} == {1}
            other = asyncio.create_task(_ask(analytics, AS_OTHER_OWNER))
            assert await analytics.take(uuid4(), recorded_click(NOW)) == 1
            assert (await analytics.ledger()).total.stored == 1
            assert await _is_serving(analytics)
        assert await other is None
        endings = Counter(type(error) for error in await asyncio.gather(*heavy))
    # A busy machine may take the three that were asked to the end of their time.
    assert endings[ResourceExhausted] == 9
    assert endings[type(None)] + endings[DeadlineExceeded] == 3


async def test_a_question_that_takes_too_long_says_so(analytics_database: str, clock: FakeClock) -> None:
    """In words of its own: the database is there."""
    async with running_analytics(analytics_database, clock=clock) as analytics, stopped_questions(analytics_database):
        error = await _ask(analytics, AS_OWNER)
    assert isinstance(error, DeadlineExceeded)
    assert error.description == "this takes too long to answer; ask for less at once"
    assert error.retry_after_seconds == 5


async def _is_serving(analytics: Analytics) -> bool:
    async with open_channel(analytics.address, deadline_seconds=10) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        answer = await stub.Check(health_pb2.HealthCheckRequest())  # type: ignore[attr-defined]
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)
