"""What redirect tells Prometheus."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from services.redirect import fast_metrics

RESPONSES: Final = fast_metrics.Counter(
    "linkmeter_redirect_answers_total", "Answers to visitors by HTTP status.", "status"
)
RESPONSE_SECONDS: Final = fast_metrics.Histogram(
    "linkmeter_redirect_answer_seconds",
    "Time from a request's arrival to a redirect.",
    (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 2.5),
)
LOOKUPS: Final = fast_metrics.Counter(
    "linkmeter_redirect_lookups_total",
    "Resolutions by the layer that answered: memory, redis, links, stale (links did not answer) or failed.",
    "layer",
    ("memory", "redis", "links", "stale", "failed"),
)
LOOKUPS_JOINED: Final = Counter(
    "linkmeter_redirect_lookups_joined_total", "Requests that waited for the lookup of another."
)
CACHED_LINKS: Final = Gauge("linkmeter_redirect_cached_links", "Links and missing codes in memory.", ["kind"])
INVALIDATIONS: Final = Counter("linkmeter_redirect_invalidations_total", "Changed links that were announced.")
SUBSCRIBED: Final = Gauge("linkmeter_redirect_subscribed", "1 while changes of links are announced to us.")
LIMITED: Final = Counter("linkmeter_redirect_limited_total", "Requests for unknown codes that were refused.")

OUTBOX_RECORDED: Final = Counter("linkmeter_redirect_clicks_recorded_total", "Clicks that were made durable.")
OUTBOX_DROPPED: Final = Counter(
    "linkmeter_redirect_clicks_dropped_total", "Clicks that could not be recorded, by reason.", ["reason"]
)
OUTBOX_ROWS: Final = Gauge("linkmeter_redirect_outbox_clicks", "Clicks that analytics has not acknowledged.")
OUTBOX_BYTES: Final = Gauge("linkmeter_redirect_outbox_bytes", "Size of the clicks not acknowledged.")
OUTBOX_OLDEST: Final = Gauge(
    "linkmeter_redirect_outbox_oldest_timestamp_seconds", "Time of the oldest click not acknowledged; 0 when none."
)
OUTBOX_CHECKPOINT_SECONDS: Final = Histogram(
    "linkmeter_redirect_outbox_checkpoint_seconds", "How long folding the log into the outbox took."
)
SHIPPED: Final = Counter("linkmeter_redirect_clicks_shipped_total", "Clicks that analytics acknowledged.")
SHIP_FAILURES: Final = Counter(
    "linkmeter_redirect_ship_failures_total", "Batches that analytics did not acknowledge, by reason.", ["reason"]
)
SHIP_LAG: Final = Gauge(
    "linkmeter_redirect_ship_lag_seconds", "Age of the oldest click of the last batch when it was acknowledged."
)
ORPHANS: Final = Gauge("linkmeter_redirect_orphaned_outboxes", "Outboxes of dead workers that are being shipped.")
