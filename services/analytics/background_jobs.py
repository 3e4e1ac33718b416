"""What the service does besides answering: show the ledger as metrics, drop what is too old."""

from collections import Counter
from typing import Final

from services.analytics import metrics
from services.analytics.domain.ledger import Entry, entry_of, total_of
from services.analytics.domain.retention import Retention
from services.analytics.store.retention import OldClicks
from services.analytics.store.sources import Sources
from services.common.clock import Clock
from services.runtime import log, postgres
from services.runtime.background import Background

_logger = log.get(__name__)

LEDGER_SECONDS: Final = 5
RETENTION_SECONDS: Final = 24 * 3600


def start_jobs(pool: postgres.Pool, retention: Retention, clock: Clock) -> Background:
    """Begin with all jobs."""
    jobs, sources, old_clicks = Background(postgres.outage_of), Sources(pool), OldClicks(pool)
    jobs.every("show_ledger", LEDGER_SECONDS, lambda: show_ledger(sources, clock))
    if not retention.is_for_ever:
        jobs.every("drop_old_clicks", RETENTION_SECONDS, lambda: drop_old_clicks(old_clicks, retention, clock))
    return jobs


async def show_ledger(sources: Sources, clock: Clock) -> None:
    """Set the metrics to what the ledger holds."""
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
