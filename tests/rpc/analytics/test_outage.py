"""PostgreSQL goes away and comes back: analytics says so, and needs no restart."""

from contextlib import ExitStack
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from deploy.local.process import Process
from deploy.local.readiness import answers_postgres, wait_ready
from services.common.errors import LinkmeterError, Unavailable
from tests.support.analytics import Analytics, running_analytics
from tests.support.clicks import recorded_click
from tests.support.clock import FakeClock
from tests.support.postgres import TestPostgres, running_postgres
from tests.support.wait import eventually
from tests.support.watching import Watcher, ids, watching

NOW = FakeClock().now()


async def takes(analytics: Analytics, source: UUID) -> bool:
    """Send the same click once more."""
    try:
        return await analytics.take(source, recorded_click(NOW)) == 1
    except LinkmeterError:
        return False


def start_again(postgres: TestPostgres, folder: Path) -> Process:
    """Start the server on its old data and port."""
    process = Process(postgres.server.command(), folder)
    wait_ready(process, lambda: answers_postgres(postgres.server.address))
    return process


async def test_analytics_recovers_with_postgresql_and_counts_once(tmp_path: Path, clock: FakeClock) -> None:
    """Calls are UNAVAILABLE meanwhile, and an outbox may try again and again.

    Streams of clicks end, too; who watched goes on where they were.
    """
    source = uuid4()
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres(tmp_path))
        # Ends the second server, after the database is dropped.
        second = stack.enter_context(ExitStack())
        url = stack.enter_context(postgres.database("analytics"))
        async with running_analytics(url, clock=clock) as analytics:
            watcher, first = Watcher(analytics), uuid4()
            watched = watching(watcher, 2)
            await eventually(lambda: watcher.messages)
            await analytics.take(first, recorded_click(NOW))
            await eventually(lambda: watcher.click_ids)
            postgres.process.stop()
            with pytest.raises(Unavailable):
                await analytics.take(source, recorded_click(NOW))
            with pytest.raises(Unavailable):
                await watched
            second.callback(start_again(postgres, tmp_path).stop)
            await eventually(lambda: takes(analytics, source), 15)
            ledger = await analytics.ledger()
            assert await watcher.receive(2) == ids(first, 1) + ids(source, 1)
    assert ledger.total.stored == 2
