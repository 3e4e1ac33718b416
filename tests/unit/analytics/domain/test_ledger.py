"""What became of all clicks."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.analytics.domain.ledger import SourceState, entry_of, total_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
COUNTS = st.integers(0, 10**12)


@given(stored=COUNTS, set_aside=COUNTS, missing=COUNTS, pending=COUNTS, dropped=st.dictionaries(st.text(), COUNTS))
def test_what_was_accepted_is_accounted_for(
    stored: int, set_aside: int, missing: int, pending: int, dropped: dict[str, int]
) -> None:
    """All that the outbox numbered or dropped is stored, set aside, pending or dropped with a reason."""
    mark = stored + set_aside + missing
    state = SourceState(
        source=uuid4(), last_report_time=NOW, mark=mark, stored=stored, set_aside=set_aside, missing=missing,
        last_sequence=mark + pending, oldest_pending_time=NOW - timedelta(seconds=5), dropped=dropped,
    )  # fmt: skip
    entry = entry_of(state)
    assert entry.accepted == mark + pending + sum(dropped.values())
    assert (entry.pending, entry.lag) == (pending, timedelta(seconds=5))
    assert Counter(entry.dropped) == Counter(dropped) + Counter(missing=missing)
    total = total_of([entry, entry])
    assert (total.accepted, total.lag, total.source) == (2 * entry.accepted, entry.lag, "")


def test_the_total_of_no_outbox_is_nothing() -> None:
    total = total_of([])
    assert (total.accepted, total.last_report_time) == (0, None)
