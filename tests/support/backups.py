"""Installations that are backed up and restored, and what is asked of their clicks."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.analytics.domain.buckets import Bucket
from services.analytics.domain.click import Click
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience, Metric, Query, Report
from services.analytics.segments.sweeping import Sweeping
from services.common.clock import SystemClock
from tests.store.analytics.naive_count import naive
from tests.support.clicks import OWNER, random_clicks
from tests.support.engine import Engine, running_engine
from tests.support.make_run import ROOT

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
_START = datetime(2026, 5, 3, tzinfo=UTC)
_METRICS = (Metric.CLICKS, Metric.HUMAN_CLICKS, Metric.VISITORS, Metric.HUMAN_VISITORS)
_REPORTS = (
    Report(metrics=_METRICS),
    Report(metrics=_METRICS, bucket=Bucket.DAY),
    *(Report(metrics=_METRICS, dimensions=(each,)) for each in (Dimension.COUNTRY, Dimension.LINK, Dimension.BROWSER)),
)
_QUERIES = tuple(
    Query(audience=audience, reports=_REPORTS)
    for audience in (Audience(owner_id=OWNER), Audience(owner_id=12), Audience(link_id=3))
)


def succeeded(result: "subprocess.CompletedProcess[str]") -> str:
    """Require that a program did, and return what it said."""
    assert result.returncode == 0, result.stderr
    return result.stdout


@dataclass(frozen=True, slots=True)
class Place:
    """An installation of one's own: a database, and a place for the segments, by default in its folder."""

    url: str
    folder: Path
    elsewhere: str = ""

    @property
    def segments(self) -> str:
        """Where its segments are."""
        return self.elsewhere or str(self.folder / "segments")

    def command(self, *arguments: str) -> list[str]:
        """Return the command that runs the program of backups on it."""
        return [sys.executable, "-m", "deploy.backup", *arguments]

    @property
    def environment(self) -> dict[str, str]:
        """What that program is told."""
        machine = {name: value for name, value in os.environ.items() if not name.startswith("LINKMETER_")}
        return {
            **machine,
            "LINKMETER_POSTGRES_URL": self.url,
            "LINKMETER_DATA_DIR": str(self.folder / "none"),
            "LINKMETER_SEGMENTS": self.segments,
        }

    async def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run the program of backups on it."""
        return await asyncio.to_thread(
            subprocess.run,
            self.command(*arguments),
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )

    async def done(self, *arguments: str) -> str:
        """Run it, and require that it succeeds."""
        return succeeded(await self.run(*arguments))

    async def refused(self, *arguments: str) -> str:
        """Run it, require that it refuses in one line, and return that."""
        result = await self.run(*arguments)
        assert (result.returncode, result.stdout, result.stderr.count("\n")) == (1, "", 1), result
        return result.stderr

    @asynccontextmanager
    async def engine(self) -> AsyncIterator[Engine]:
        """Run what stores, settles and counts clicks."""
        async with running_engine(self.url, self.folder, segments=self.segments) as engine:
            yield engine


def clicks(seed: int, count: int = 300) -> list[Click]:
    """Draw clicks of three months."""
    return random_clicks(seed, count, _START, timedelta(days=70))


async def assert_counts(engine: Engine, expected: Sequence[Click]) -> None:
    """Require that every answer is that of counting the clicks one by one."""
    for query in _QUERIES:
        result = await engine.ask(query, NOW)
        for report, rows in zip(query.reports, result.results, strict=True):
            assert list(rows) == naive(query, report, expected, NOW)


async def merge(engine: Engine) -> int:
    """Let one segment stand in for all of a month, where it has several, and sweep as if questions had ended."""
    live = await engine.segments()
    months = [[each for each in live if each.month == month] for month in {each.month for each in live}]
    due = [segments for segments in months if len(segments) > 1]
    for segments in due:
        await engine.rewriting.rewrite(segments)
    await engine.pool.execute("UPDATE segments SET retired_time = retired_time - interval '11 minutes'")
    await Sweeping(engine.pool, engine.files, SystemClock()).sweep()
    return len(due)


def files_below(folder: Path) -> dict[str, int]:
    """Return the files below a folder, with their identity: copied anew, it is another."""
    return {str(path.relative_to(folder)): path.stat().st_ino for path in folder.glob("*/*.parquet")}


def changed(path: Path) -> None:
    """Change one byte."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
