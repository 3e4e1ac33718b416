"""Figures of the event loop, as Prometheus reads them."""

from prometheus_client import REGISTRY, generate_latest

from services.redirect.fast_metrics import Counter, Histogram


def shown(name: str) -> list[str]:
    """Return the lines of a metric but its comments and the moment of its creation."""
    lines = generate_latest(REGISTRY).decode().splitlines()
    return [line for line in lines if line.startswith(name) and "_created" not in line]


def test_a_counter_counts_by_value() -> None:
    """Values that are known beforehand show as zero."""
    counter = Counter("test_answers_total", "Of a test.", "status", ("302",))
    for status in (404, 404, 410):
        counter.count(status)
    assert shown("test_answers") == [
        'test_answers_total{status="302"} 0.0',
        'test_answers_total{status="404"} 2.0',
        'test_answers_total{status="410"} 1.0',
    ]


def test_a_histogram_counts_up_to_each_bound() -> None:
    """A value on a bound belongs below it, as with the client library's own."""
    histogram = Histogram("test_seconds", "Of a test.", (0.25, 1))
    for value in (0.0, 0.25, 0.5, 8.0):
        histogram.observe(value)
    assert shown("test_seconds") == [
        'test_seconds_bucket{le="0.25"} 2.0',
        'test_seconds_bucket{le="1.0"} 3.0',
        'test_seconds_bucket{le="+Inf"} 4.0',
        "test_seconds_count 4.0",
        "test_seconds_sum 8.75",
    ]
