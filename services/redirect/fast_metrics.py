"""Metrics that every redirect adds to: plain numbers that only the event loop changes, read when Prometheus asks.

The client library's own counters take a lock each time, which would be a tenth of what a redirect costs.
"""

import collections
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from prometheus_client import REGISTRY
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector


class Counter(Collector):
    """Counts by the values of one label; the known ones are shown from the start."""

    def __init__(self, name: str, documentation: str, label: str, known: Iterable[object] = ()) -> None:
        self._name = name
        self._documentation = documentation
        self._label = label
        self._counts: collections.Counter[object] = collections.Counter(dict.fromkeys(known, 0))
        REGISTRY.register(self)

    def count(self, value: object) -> None:
        """Count one more."""
        self._counts[value] += 1

    def collect(self) -> Iterator[Metric]:
        """Yield the metric to Prometheus, in a thread of its own."""
        family = CounterMetricFamily(self._name, self._documentation, labels=[self._label])
        for value, count in dict(self._counts).items():
            family.add_metric([str(value)], count)
        yield family


class Histogram(Collector):
    """A histogram with bounds in rising order; a value on a bound counts as below it."""

    def __init__(self, name: str, documentation: str, bounds: Sequence[float]) -> None:
        self._name = name
        self._documentation = documentation
        self._bounds = tuple(bounds)
        # The last is for what lies beyond all bounds.
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0
        REGISTRY.register(self)

    def observe(self, value: float) -> None:
        """Add a value."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def collect(self) -> Iterator[Metric]:
        """Yield the metric to Prometheus, in a thread of its own."""
        names = [*map(str, map(float, self._bounds)), "+Inf"]
        buckets = list(zip(names, accumulate(self._counts), strict=True))
        yield HistogramMetricFamily(self._name, self._documentation, buckets=buckets, sum_value=self._sum)
