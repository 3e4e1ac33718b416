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
QUESTION_SECONDS: Final = Histogram(
    "linkmeter_analytics_question_seconds",
    "Time to answer a question, by its kind; waiting for its turn not included.",
    ["kind"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
QUESTION_PROCESS_ENDS: Final = Counter(
    "linkmeter_analytics_question_process_ends_total", "Ends of the process that answers questions; each is a fault."
)
WATCHES: Final = Gauge("linkmeter_analytics_watches", "Streams of clicks as they are stored that are open.")
WATCH_ENDS: Final = Counter(
    "linkmeter_analytics_watch_ends_total",
    "Ends of such streams: in_time, left by the client, or by the reason of an error.",
    ["reason"],
)
WATCHED_CLICKS: Final = Counter("linkmeter_analytics_watched_clicks_total", "Clicks that were sent to watchers.")
WATCH_READS: Final = Counter(
    "linkmeter_analytics_watch_reads_total",
    "Reads for watchers: landing for all at once, landing_again or segments for one that was behind.",
    ["source"],
)
WATCH_SIGNAL: Final = Gauge(
    "linkmeter_analytics_watch_signal", "1 while Redis would tell of clicks that other replicas store."
)
LANDING_CLICKS: Final = Gauge("linkmeter_analytics_landing_clicks", "Clicks that are not settled yet.")
SETTLED_CLICKS: Final = Counter("linkmeter_analytics_settled_clicks_total", "Clicks that were moved into segments.")
SETTLED_TIME: Final = Gauge(
    "linkmeter_analytics_settled_time_seconds", "When clicks were last settled, or there were none, Unix time."
)
SETTLE_SECONDS: Final = Histogram(
    "linkmeter_analytics_settle_seconds", "Time to settle clicks once.", buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
)
SEGMENTS: Final = Gauge("linkmeter_analytics_segments", "Segments that questions read.")
SEGMENT_BYTES: Final = Gauge("linkmeter_analytics_segment_bytes", "Size of their files.")
DAMAGED_SEGMENTS: Final = Gauge(
    "linkmeter_analytics_damaged_segments", "Segments with a file that is missing or is not what was written."
)
