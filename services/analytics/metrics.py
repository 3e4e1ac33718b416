"""What an operator can watch of analytics."""

from typing import Final

from prometheus_client import Counter, Histogram

INGEST_BATCH_ROWS: Final = Histogram(
    "linkmeter_analytics_ingest_batch_rows", "Rows in a batch.", buckets=(0, 1, 10, 50, 100, 500, 1000, 2500, 5000)
)
INGEST_SECONDS: Final = Histogram("linkmeter_analytics_ingest_seconds", "Time to enrich and store a batch.")
LAG_SECONDS: Final = Histogram(
    "linkmeter_analytics_lag_seconds",
    "Age of a batch's oldest new click as it was stored.",
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600),
)
CLICKS_STORED: Final = Counter("linkmeter_analytics_clicks_stored_total", "Clicks that are in the statistics.")
CLICKS_SET_ASIDE: Final = Counter(
    "linkmeter_analytics_clicks_set_aside_total", "Clicks that could not be decoded or stored.", ["fault"]
)
CLICKS_MISSING: Final = Counter(
    "linkmeter_analytics_clicks_missing_total", "Gaps in the outboxes' sequences: clicks that were lost there."
)
ENRICHMENT_FAILURES: Final = Counter(
    "linkmeter_analytics_enrichment_failures_total", "Steps that failed and left their fields empty.", ["step"]
)
