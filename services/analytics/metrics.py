"""What an operator can watch of analytics."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

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
# The ledger's total as gauges: of the whole installation, so every replica shows the same.
LEDGER_ACCEPTED: Final = Gauge(
    "linkmeter_clicks_accepted", "Redirects that were answered, as the outboxes last reported."
)
LEDGER_STORED: Final = Gauge("linkmeter_clicks_stored", "Clicks that came into the statistics.")
LEDGER_SET_ASIDE: Final = Gauge("linkmeter_clicks_set_aside", "Clicks that could not be decoded or stored.")
LEDGER_PENDING: Final = Gauge("linkmeter_clicks_pending", "Clicks that wait in outboxes, as those last reported.")
LEDGER_DROPPED: Final = Gauge("linkmeter_clicks_dropped", "Clicks that were lost, by reason.", ["reason"])
LEDGER_LAG: Final = Gauge(
    "linkmeter_clicks_lag_seconds", "Greatest age of a waiting click, as the outboxes last reported."
)
LEDGER_READ_TIME: Final = Gauge("linkmeter_clicks_read_time_seconds", "When the ledger was last read, Unix time.")
ENRICHMENT_FAILURES: Final = Counter(
    "linkmeter_analytics_enrichment_failures_total", "Steps that failed and left their fields empty.", ["step"]
)
COPIES: Final = Gauge("linkmeter_analytics_copies", "Links whose clicks are in this process's memory.")
COPY_BYTES: Final = Gauge("linkmeter_analytics_copy_bytes", "About how much memory they take.")
COPY_LOAD_SECONDS: Final = Histogram(
    "linkmeter_analytics_copy_load_seconds",
    "Time to read a link's clicks into memory.",
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
COPIES_REFUSED: Final = Counter(
    "linkmeter_analytics_copies_refused_total", "Links that were too large or too varied for a copy."
)
REPORTS: Final = Counter(
    "linkmeter_analytics_reports_total", "Reports that were answered, by what they were counted in.", ["source"]
)
