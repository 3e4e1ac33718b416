"""What the service does besides answering: show the ledger as metrics."""

from collections import Counter
from typing import Final

from services.analytics import metrics
from services.analytics.domain.ledger import Entry, entry_of, total_of
from services.analytics.store.sources import Sources
from services.common.clock import Clock
from services.runtime import postgres
from services.runtime.background import Background

LEDGER_SECONDS: Final = 5


def start_jobs(pool: postgres.Pool, clock: Clock) -> Background:
    """Begin with all jobs."""
    jobs, sources = Background(postgres.outage_of), Sources(pool)
    jobs.every("show_ledger", LEDGER_SECONDS, lambda: show_ledger(sources, clock))
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
