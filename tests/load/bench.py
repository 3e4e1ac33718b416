"""Measure the real system: `make bench`. See docs/performance.md for how to read what it prints."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from deploy.local.settings import read
from tests.load import report, wrk
from tests.load.calls import Calls
from tests.load.dashboard import Pages
from tests.load.limit import running_limit
from tests.load.machine import Meter, family
from tests.load.redirects import Redirects
from tests.load.report import Sample
from tests.load.scenario import Scenario
from tests.load.seed import Seeded, bytes_by_kind, folder, note_of, seed
from tests.load.statistics import Statistics
from tests.support.chaos import paused
from tests.support.inside import on_loopback
from tests.support.system import System, running_system
from tests.support.traffic import ledger

# Without `make bench-seed`: enough to run every scenario, too few for the targets of statistics to mean anything.
FEW_CLICKS = 100_000
WARM_UP_SECONDS = 1.0
SETTLE_SECONDS = 120.0
NOISY = 3
# Settings that a run may try out; everything else is as `make run` has it by itself.
TRIED = ("LINKMETER_WORKERS", "LINKMETER_GATEWAY_THREADS")


class Bench:
    """Runs scenarios in turns, so that whatever drifts, drifts for all."""

    def __init__(self, system: System, meter: Meter) -> None:
        self.system = system
        self._meter = meter
        self.samples: dict[str, list[Sample]] = defaultdict(list)

    def run(self, scenarios: Sequence[Scenario], rounds: int, seconds: float) -> None:
        """Measure each scenario once a round."""
        for number in range(rounds):
            for scenario in scenarios:
                _say(f"round {number + 1} of {rounds}: {scenario.name} ...")
                self._settle()
                with self._without(scenario):
                    if scenario.is_warmed:
                        scenario.run(WARM_UP_SECONDS)
                    self._meter.restart()
                    measured = scenario.run(seconds)
                    usage = self._meter.read()
                    behind = self._settle() if scenario.is_followed_up else 0.0
                    self.samples[scenario.name].append(Sample(measured, usage, behind))

    def _settle(self) -> float:
        """Wait until analytics has taken the clicks of what ran before; return how many seconds that took."""
        began = time.monotonic()
        while asyncio.run(ledger(self.system))["pending"] and time.monotonic() < began + SETTLE_SECONDS:
            time.sleep(0.1)
        return time.monotonic() - began

    @contextmanager
    def _without(self, scenario: Scenario) -> Iterator[None]:
        with ExitStack() as stack:
            for name in scenario.without:
                stack.enter_context(paused(self.system, name))
            yield


def main() -> int:
    """Measure, print, write; answer 0 only for a run that is a result."""
    options = _options()
    try:
        wrk.require()
    except wrk.MissingWrkError as problem:
        sys.exit(str(problem))
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="linkmeter-bench-")))
        data = options.data if note_of(options.data) else scratch / "data"
        tried = {name: os.environ[name] for name in TRIED if name in os.environ}
        workers = read(tried).workers
        # wrk knows no Unix sockets.
        at = on_loopback(workers)
        system = stack.enter_context(running_system(data, at, **tried | {"LINKMETER_WORKERS": str(workers)}))
        seeded = note_of(data) or _seed_few(system)
        process, url = stack.enter_context(running_limit(scratch))
        programs = {name: family(partial(_pid, system, name)) for name in system.stack.parts}
        bench = Bench(system, Meter({**programs, "limit": family(lambda: process.pid)}))
        limit = Scenario(name=report.LIMIT, run=partial(wrk.run, wrk.Load(url=url)))
        scenarios = [limit, *_chosen(system, seeded, scratch, options.only)]
        bench.run(scenarios, options.rounds, options.seconds)
        return _tell(bench, scenarios, seeded, options.json)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the real system on this machine.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each scenario in each round")
    parser.add_argument("--only", default="", help="scenarios whose names contain this; several with commas")
    parser.add_argument("--data", type=folder, default=folder("bench-results/data"), help="what bench-seed made")
    parser.add_argument("--json", type=Path, default=Path("bench-results/bench.json"))
    return parser.parse_args()


def _seed_few(system: System) -> Seeded:
    _say(f"Not seeded (make bench-seed): statistics are asked of {FEW_CLICKS:,} clicks only.")
    return asyncio.run(seed(system, FEW_CLICKS))


def _chosen(system: System, seeded: Seeded, scratch: Path, only: str) -> list[Scenario]:
    every = [*Redirects(system, seeded, scratch).scenarios(), *Calls(system, seeded).scenarios()]
    every += [*Statistics(system, seeded).scenarios(), *Pages(system).scenarios()]
    words = [word.strip() for word in only.split(",") if word.strip()]
    return [scenario for scenario in every if not words or any(word in scenario.name for word in words)]


def _tell(bench: Bench, scenarios: Sequence[Scenario], seeded: Seeded, path: Path) -> int:
    lines = report.lines_of(bench.samples, scenarios)
    noise = report.noise(bench.samples, lines)
    memory = bench.samples[scenarios[-1].name][-1].usage.memory
    peak = max(sample.usage.peaks["analytics"] for samples in bench.samples.values() for sample in samples)
    result = {"clicks": seeded.clicks, "cores": os.cpu_count(), "noise": noise, "scenarios": report.as_json(lines)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**result, "memory": dict(memory), "analytics_peak": peak}, indent=2) + "\n")
    _say("")
    print(report.table(lines))  # noqa: T201 - talks to a person
    print(report.memory_line(memory))  # noqa: T201 - talks to a person
    print(report.peak_line(peak))  # noqa: T201 - talks to a person
    print(report.disk_line(asyncio.run(bytes_by_kind(bench.system)), seeded.clicks))  # noqa: T201 - talks to a person
    for problem in noise:
        print(f"NOISY: {problem}")  # noqa: T201 - talks to a person
    if noise:
        print("This run is no result: the machine was not quiet.")  # noqa: T201 - talks to a person
    return NOISY if noise else 0


def _pid(system: System, name: str) -> int:
    return system.stack.processes[name].pid


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
