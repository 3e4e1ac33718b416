"""What `make bench` prints and writes."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.load.machine import Usage
from tests.load.measured import Measured
from tests.load.scenario import Figure, Scenario, Target

# A core's share that others may use, and how far the limit's rounds may lie apart, before a run says nothing.
QUIET_CORES: Final = 0.15
STEADY: Final = 0.15
LIMIT: Final = "limit: Envoy static redirect"
_LEAST_CPU: Final = 0.5
_MIB: Final = 1024 * 1024
_MOST_MIB: Final = 600
_MOST_BYTES: Final = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """A scenario in one round."""

    measured: Measured
    usage: Usage
    # Seconds from the end of the load until analytics had taken its last click; 0 when that was not awaited.
    behind: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """A scenario over all rounds: medians."""

    scenario: Scenario
    rate: float
    ratio: float
    # Of the baseline's latency; 0 where there is none.
    times: float
    p50: float
    p90: float
    p99: float
    failed: int
    behind: float
    cpu_us: Mapping[str, float]
    others: float

    @property
    def verdict(self) -> str:
        """Return whether each target is met."""
        if (target := self.scenario.target) is None:
            return ""
        return ", ".join(self._verdict(one) for one in (target, *self.scenario.also))

    def _verdict(self, target: Target) -> str:
        reached = {
            Figure.RATIO: self.ratio,
            Figure.RATE: self.rate,
            Figure.P50: self.p50,
            Figure.P99: self.p99,
            Figure.BEHIND: self.behind,
        }
        words = "met" if target.is_met(reached[target.figure]) and not self.failed else "MISSED"
        return f"{words} ({target.value:g} {target.figure.value})"


def lines_of(samples: Mapping[str, Sequence[Sample]], scenarios: Sequence[Scenario]) -> list[Line]:
    """Take the medians, and the ratio of each round to the limit of the same round."""
    limits = [sample.measured.rate for sample in samples[LIMIT]]
    return [
        _line(scenario, samples[scenario.name], limits, samples.get(scenario.baseline, [])) for scenario in scenarios
    ]


def _line(scenario: Scenario, samples: Sequence[Sample], limits: Sequence[float], baseline: Sequence[Sample]) -> Line:
    measured = [sample.measured for sample in samples]
    rates = [one.rate * scenario.items for one in measured]
    return Line(
        scenario=scenario,
        rate=statistics.median(rates),
        ratio=statistics.median(rate / limit for rate, limit in zip(rates, limits, strict=True)),
        times=_times(measured, [sample.measured for sample in baseline]),
        p50=statistics.median(one.p50 for one in measured),
        p90=statistics.median(one.p90 for one in measured),
        p99=statistics.median(one.p99 for one in measured),
        failed=sum(one.failed for one in measured),
        behind=max(sample.behind for sample in samples),
        cpu_us=_cpu(samples, scenario.items),
        others=statistics.median(sample.usage.others for sample in samples),
    )


def _times(measured: Sequence[Measured], baseline: Sequence[Measured]) -> float:
    """Return the ratio to the baseline of the same round, the median of the rounds."""
    if not baseline:
        return 0.0
    return statistics.median(one.p50 / other.p50 for one, other in zip(measured, baseline, strict=True))


def _cpu(samples: Sequence[Sample], items: int) -> dict[str, float]:
    """Divide each program's CPU by what was asked of it: microseconds a request."""
    names = samples[0].usage.cpu
    cpu = {
        name: statistics.median(
            sample.usage.cpu[name] * 1e6 / max(1, sample.measured.requests * items) for sample in samples
        )
        for name in names
    }
    return {name: value for name, value in cpu.items() if value >= _LEAST_CPU}


def noise(samples: Mapping[str, Sequence[Sample]], lines: Sequence[Line]) -> list[str]:
    """Return what makes the run no result."""
    limits = [sample.measured.rate for sample in samples[LIMIT]]
    spread = (max(limits) - min(limits)) / statistics.median(limits)
    found = []
    if spread > STEADY:
        found.append(f"the limit itself varied by {spread:.0%} between rounds")
    found += [
        f"others used {line.others:.2f} cores during {line.scenario.name}"
        for line in lines
        if line.others > QUIET_CORES and not line.scenario.is_asked_by_others
    ]
    return found


def table(lines: Sequence[Line]) -> str:
    """Draw the table."""
    head = [
        "scenario",
        "rate/s",
        "of limit",
        "of scan",
        "p50 ms",
        "p90 ms",
        "p99 ms",
        "failed",
        "behind s",
        "target",
        "µs CPU a request",
    ]
    rows = [head, *(_cells(line) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join(_drawn(row, widths) for row in rows)


def _cells(line: Line) -> list[str]:
    spent = sorted(line.cpu_us.items(), key=lambda item: -item[1])
    return [
        line.scenario.name,
        f"{line.rate:,.0f}",
        f"{line.ratio:.2f}",
        f"{line.times:.2f}" if line.times else "",
        f"{line.p50:.2f}",
        f"{line.p90:.2f}",
        f"{line.p99:.2f}",
        str(line.failed),
        f"{line.behind:.1f}" if line.behind else "",
        line.verdict,
        " ".join(f"{name} {microseconds:.0f}" for name, microseconds in spent),
    ]


def _drawn(cells: Sequence[str], widths: Sequence[int]) -> str:
    texts = {0, len(cells) - 2, len(cells) - 1}
    return "  ".join(
        cell.ljust(width) if column in texts else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ).rstrip()


def as_json(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Write the same for programs."""
    return [
        {
            "scenario": line.scenario.name,
            "rate": line.rate,
            "of_limit": line.ratio,
            "of_scan": line.times,
            "milliseconds": {"p50": line.p50, "p90": line.p90, "p99": line.p99},
            "failed": line.failed,
            "behind_seconds": line.behind,
            "verdict": line.verdict,
            "cpu_microseconds": dict(line.cpu_us),
            "others_cores": line.others,
        }
        for line in lines
    ]


def memory_line(memory: Mapping[str, int]) -> str:
    """Return what each program holds in memory."""
    return "memory, MiB: " + ", ".join(f"{name} {size / _MIB:.0f}" for name, size in memory.items())


def peak_line(peak: int) -> str:
    """Return the most that analytics had resident, all its processes together."""
    return f"analytics, at most: {peak / _MIB:.0f} MiB (aim: {_MOST_MIB})"


def disk_line(bytes_of: Mapping[str, int], clicks: int) -> str:
    """Return what a settled click takes on disk, by kind of file."""
    kinds = ", ".join(f"{kind} {size / clicks:.1f}" for kind, size in bytes_of.items())
    return f"bytes a settled click: {sum(bytes_of.values()) / clicks:.1f} (aim: {_MOST_BYTES}): {kinds}"
