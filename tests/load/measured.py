"""What a measurement says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The outcome of putting load on something for some seconds."""

    requests: int
    seconds: float
    failed: int
    # Milliseconds.
    p50: float
    p90: float
    p99: float

    @property
    def rate(self) -> float:
        """Requests that were answered as they should be, in a second."""
        return (self.requests - self.failed) / self.seconds


def measured(taken: list[float], seconds: float, failed: int = 0) -> Measured:
    """Return the outcome of requests that took so many seconds each."""
    ordered = sorted(taken)
    p50, p90, p99 = (percentile(ordered, share) * 1000 for share in (0.5, 0.9, 0.99))
    return Measured(requests=len(ordered), seconds=seconds, failed=failed, p50=p50, p90=p90, p99=p99)


def percentile(ordered: list[float], share: float) -> float:
    """Return the value below which a share of the values lie; 0 when there are none."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
