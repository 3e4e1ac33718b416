"""What the service does besides answering: show the ledger as metrics, drop what is too old."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final

from services.analytics import metrics
from services.analytics.domain.ledger import Entry, entry_of, total_of
from services.analytics.domain.retention import Retention
from services.analytics.store.retention import OldClicks
from services.analytics.store.sources import Sources
from services.common.clock import Clock
from services.runtime import log, postgres

_logger = log.get(__name__)

LEDGER_SECONDS: Final = 5
RETENTION_SECONDS: Final = 24 * 3600
# After a failure, a chore that is due rarely does not wait for its next day.
_RETRY_SECONDS: Final = 60


class Chores:
    """Jobs that are done again and again until stopped."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def add(self, name: str, job: Callable[[], Awaitable[None]], *, every_seconds: float) -> None:
        """Do a job now, and again after a while."""
        self._tasks.append(asyncio.create_task(_repeat(name, job, every_seconds), name=name))

    async def stop(self) -> None:
        """Break off what is being done."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def start_chores(pool: postgres.Pool, retention: Retention, clock: Clock) -> Chores:
    """Begin with all chores."""
    chores, sources, old_clicks = Chores(), Sources(pool), OldClicks(pool)
    chores.add("show_ledger", lambda: show_ledger(sources, clock), every_seconds=LEDGER_SECONDS)
    if not retention.is_for_ever:
        chores.add(
            "drop_old_clicks", lambda: drop_old_clicks(old_clicks, retention, clock), every_seconds=RETENTION_SECONDS
        )
    return chores


async def show_ledger(sources: Sources, clock: Clock) -> None:
    """Read the ledger and say the same in metrics."""
    show(total_of(entry_of(state) for state in await sources.list()))
    metrics.LEDGER_READ_TIME.set(clock.now().timestamp())


def show(total: Entry) -> None:
    """Set the metrics to the ledger's total."""
    metrics.LEDGER_ACCEPTED.set(total.accepted)
    metrics.LEDGER_STORED.set(total.stored)
    metrics.LEDGER_SET_ASIDE.set(total.set_aside)
    metrics.LEDGER_PENDING.set(total.pending)
    metrics.LEDGER_LAG.set(total.lag.total_seconds())
    for reason, count in Counter(total.dropped).items():
        metrics.LEDGER_DROPPED.labels(reason).set(count)


async def drop_old_clicks(old_clicks: OldClicks, retention: Retention, clock: Clock) -> None:
    """Drop what is too old, unless another replica is at it."""
    dropped = await old_clicks.drop(retention, clock.now())
    if dropped is None:
        _logger.info("old_clicks_left_to_another")
        return
    _logger.info(
        "old_clicks_dropped",
        months=[f"{month:%Y-%m}" for month in dropped.months],
        clicks=dropped.clicks,
        orphans=dropped.orphans,
        set_aside=dropped.set_aside,
    )


async def _repeat(name: str, job: Callable[[], Awaitable[None]], every_seconds: float) -> None:
    is_failing = False
    while True:
        wait = every_seconds
        try:
            await job()
            is_failing = False
        except Exception as problem:  # noqa: BLE001 - a chore that fails is tried again, whatever it was.
            wait = min(every_seconds, _RETRY_SECONDS)
            if not is_failing:
                _say(name, problem)
            is_failing = True
        await asyncio.sleep(wait)


def _say(name: str, problem: Exception) -> None:
    if postgres.outage_of(problem) or isinstance(problem, TimeoutError):
        _logger.warning("chore_failed", chore=name, error=type(problem).__name__)
    else:
        _logger.failure("chore_failed", problem, chore=name)
