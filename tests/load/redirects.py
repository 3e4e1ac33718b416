"""Scenarios of following links."""

import time
from functools import partial
from pathlib import Path

from tests.load import wrk
from tests.load.measured import Measured
from tests.load.scenario import Figure, Scenario, Target
from tests.load.seed import COLD, RANDOM, Seeded
from tests.support.system import System

BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
_HEADERS = {"Host": "localhost", "User-Agent": BROWSER, "Referer": "https://news.example/item?id=1"}
# Enough for the rest between the requests of a connection to be a whole number of milliseconds.
_PACED_CONNECTIONS = 256
# Less than what redirect takes an entry for fresh, by the length of a measurement.
_KNOWN_SECONDS = 30.0
# Programs that are thought of as running on another machine, in the scenarios that say so.
_ELSEWHERE = ("analytics",)


class Redirects:
    """Follows seeded links, at the data plane itself and through the gateway."""

    def __init__(self, system: System, seeded: Seeded, folder: Path) -> None:
        self._direct = system.redirect_url
        self._gateway = f"http://127.0.0.1:{system.settings.port}"
        self._seeded = seeded
        self._random = _paths(folder / "random.txt", RANDOM, seeded.random)
        self._cold = _paths(folder / "cold.txt", COLD, seeded.cold)
        self._asked_cold = 0
        self._known_until = 0.0
        # The best rate of each scenario that another one halves.
        self._best: dict[str, float] = {}
        workers = system.settings.workers
        self._rounds = 1 if workers == 1 else 2 * workers

    def scenarios(self) -> list[Scenario]:
        """List them, those first that have everything running: that is what people get.

        A paced one comes after the one whose rate it halves.
        """
        return [*self._with_everything(), *self._without_analytics()]

    def _with_everything(self) -> list[Scenario]:
        soon, prompt = Target(Figure.BEHIND, 5.0), Target(Figure.P99, 5.0)
        return [
            Scenario(
                name="redirect, gateway, hot",
                run=partial(self._follow_hot, self._gateway, "proxied"),
                target=Target(Figure.RATIO, 0.30),
                also=(Target(Figure.P99, 15.0), soon),
                is_followed_up=True,
            ),
            Scenario(
                name="redirect, gateway, half rate",
                run=partial(self._paced, self._gateway, "proxied"),
                target=prompt,
                also=(soon,),
                is_followed_up=True,
            ),
            Scenario(
                name="redirect, gateway, random",
                run=lambda seconds: self._follow_random(self._gateway, seconds),
                target=Target(Figure.RATIO, 0.30),
                is_followed_up=True,
            ),
            Scenario(
                name="redirect, gateway, first look",
                run=partial(self._follow_cold, self._gateway),
                target=Target(Figure.RATE, 3000),
                is_warmed=False,
            ),
            Scenario(
                name="redirect, straight, hot",
                run=partial(self._follow_hot, self._direct, "straight"),
                target=Target(Figure.RATIO, 0.60),
                also=(soon,),
                is_followed_up=True,
            ),
            Scenario(
                name="redirect, straight, half rate",
                run=partial(self._paced, self._direct, "straight"),
                target=prompt,
                also=(soon,),
                is_followed_up=True,
            ),
            Scenario(
                name="redirect, straight, first look", run=partial(self._follow_cold, self._direct), is_warmed=False
            ),
        ]

    def _without_analytics(self) -> list[Scenario]:
        elsewhere = ", analytics elsewhere"
        proxied = Target(Figure.RATIO, 0.35)
        return [
            Scenario(
                name=f"redirect, gateway, hot{elsewhere}",
                run=partial(self._follow_hot, self._gateway, "proxied alone"),
                target=proxied,
                without=_ELSEWHERE,
            ),
            Scenario(
                name=f"redirect, gateway, random{elsewhere}",
                run=lambda seconds: self._follow_random(self._gateway, seconds),
                target=proxied,
                without=_ELSEWHERE,
            ),
            Scenario(
                name=f"redirect, straight, hot{elsewhere}",
                run=partial(self._follow_hot, self._direct, "straight alone"),
                target=Target(Figure.RATIO, 0.60),
                without=_ELSEWHERE,
            ),
            Scenario(
                name=f"redirect, straight, half rate{elsewhere}",
                run=partial(self._paced, self._direct, "straight alone"),
                target=Target(Figure.P99, 5.0),
                without=_ELSEWHERE,
            ),
            Scenario(
                name=f"redirect, straight, random{elsewhere}",
                run=lambda seconds: self._follow_random(self._direct, seconds),
                target=Target(Figure.RATIO, 0.45),
                without=_ELSEWHERE,
            ),
        ]

    def _follow_hot(self, base: str, kind: str, seconds: float) -> Measured:
        measured = self._follow(base, self._seeded.followed_path, seconds)
        self._best[kind] = max(self._best.get(kind, 0.0), measured.rate)
        return measured

    def _paced(self, base: str, kind: str, seconds: float) -> Measured:
        best = self._best.get(kind)
        rest = round(1000 * _PACED_CONNECTIONS / (best / 2)) if best else 50
        load = wrk.Load(
            url=base + self._seeded.followed_path, headers=_HEADERS, connections=_PACED_CONNECTIONS, rest_ms=rest
        )
        return wrk.run(load, seconds)

    def _follow(self, base: str, path: str, seconds: float, paths: Path | None = None) -> Measured:
        return wrk.run(wrk.Load(url=base + path, headers=_HEADERS, paths=paths), seconds)

    def _follow_random(self, base: str, seconds: float) -> Measured:
        """Each link is known before: looking it up is what the cold ones are for."""
        if time.monotonic() > self._known_until:
            asked = 0
            # Each worker for itself, and the kernel spreads the connections: twice leaves few unknown to one of them.
            while asked < self._seeded.random * self._rounds:
                load = wrk.Load(url=self._direct, headers=_HEADERS, paths=self._random, first_path=asked)
                asked += wrk.run(load, 1).requests
            self._known_until = time.monotonic() + _KNOWN_SECONDS
        return self._follow(base, "/", seconds, self._random)

    def _follow_cold(self, base: str, seconds: float) -> Measured:
        """Each link once: neither memory nor Redis knows it."""
        load = wrk.Load(url=base, headers=_HEADERS, paths=self._cold, first_path=self._asked_cold)
        measured = wrk.run(load, seconds)
        self._asked_cold += measured.requests + wrk.CONNECTIONS
        return measured


def _paths(file: Path, prefix: str, count: int) -> Path:
    file.write_text("".join(f"/{prefix}{number}\n" for number in range(count)))
    return file
