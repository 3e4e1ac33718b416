"""A set of settled clicks of one account, as segments: python -m tests.load.segment_data --clicks N --data FOLDER.

A link with a tenth of all clicks, the rest spread over others by Zipf's law; as many months as asked for, by day and
by night, on workdays and weekends. The files are written by the code that settles.
"""

import argparse
import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
import duckdb

from services.analytics.segments import registry
from services.analytics.segments.duck import DuckLimits, open_duck
from services.analytics.segments.files import SegmentFiles
from services.analytics.segments.layout import Kind
from services.analytics.segments.locate import open_files
from services.analytics.segments.writing import UpTo, Written, put_all, write_segment
from tests.load import draws
from tests.load.segment_store import SegmentStore, running_store
from tests.load.visits import SEED

DAYS_A_WEEK: Final = (10, 11, 11, 11, 10, 7, 6)
NIGHT_AND_DAY: Final = (3, 2, 2, 1, 1, 2, 3, 5, 7, 9, 10, 10, 9, 9, 9, 8, 8, 8, 8, 9, 9, 8, 6, 4)
MEMORY_MIB: Final = 4096
_SOURCE: Final = UUID("00000000-0000-4000-8000-000000000001")
_HOURS: Final = 24
_EPOCH: Final = date(1970, 1, 1)
_MARK: Final = """
INSERT INTO sources (source, first_report_time, last_report_time, mark, stored, last_sequence)
VALUES ($1, now(), now(), $2, $2, $2)
"""
_SETTLED: Final = "INSERT INTO settled (source, up_to) VALUES ($1, $2)"
_NUMBERED: Final = "UPDATE registry SET next_visitor = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """What is made: a multiple of CLICKS_A_PIECE clicks in the months that end before a day."""

    clicks: int
    months: int
    until: date
    seed: int = SEED

    def __post_init__(self) -> None:
        """Raise ValueError for a number of clicks that cannot be made."""
        if self.clicks <= 0 or self.clicks % draws.CLICKS_A_PIECE:
            raise ValueError(f"clicks must be a multiple of {draws.CLICKS_A_PIECE:,}")

    def hours(self) -> list[tuple[int, int, int]]:
        """Return each hour since 1970, the number of its first click from 0 on, and the one behind its last."""
        first_day = _month_before(self.until - timedelta(days=1), self.months - 1)
        hours = range((first_day - _EPOCH).days * _HOURS, (self.until - _EPOCH).days * _HOURS)
        weights = [DAYS_A_WEEK[(hour // _HOURS + 3) % 7] * NIGHT_AND_DAY[hour % _HOURS] for hour in hours]
        whole, before, found = sum(weights), 0, []
        for hour, weight in zip(hours, weights, strict=True):
            first, before = self.clicks * before // whole, before + weight
            found.append((hour, first, self.clicks * before // whole))
        return found


async def fill(
    connection: "asyncpg.Connection[asyncpg.Record]",
    files: SegmentFiles,
    wanted: DataSet,
    links: Sequence[tuple[int, str]],
) -> Counter[Kind]:
    """Fill the empty tables of analytics, and the place of its files; return the bytes of each kind.

    links are id and code; the first one gets a tenth of all clicks.
    """
    bytes_of: Counter[Kind] = Counter()
    with files.scratch() as scratch:
        limits = DuckLimits(memory_mib=MEMORY_MIB, threads=os.cpu_count() or 2, spill=scratch)
        with open_duck(limits) as duck:
            draws.prepare(duck, wanted.seed, links)
            for written in _segments(duck, wanted, len(links), scratch):
                await registry.add(connection, await put_all(files, [written]))
                for kind, file in written.segment.files.items():
                    bytes_of[kind] += file.bytes
    await connection.execute(_NUMBERED, draws.visitors_of(wanted.clicks))
    await connection.execute(_MARK, _SOURCE, wanted.clicks)
    await connection.execute(_SETTLED, _SOURCE, wanted.clicks)
    return bytes_of


def _segments(duck: duckdb.DuckDBPyConnection, wanted: DataSet, links: int, scratch: Path) -> Iterator[Written]:
    months: dict[date, list[tuple[int, int, int]]] = {}
    for hour in wanted.hours():
        day = _EPOCH + timedelta(days=hour[0] // _HOURS)
        months.setdefault(day.replace(day=1), []).append(hour)
    started = time.monotonic()
    for month, hours in months.items():
        first, end = hours[0][1], hours[-1][2]
        draws.draw(duck, hours, links, str(_SOURCE))
        visitors = draws.new_visitors(first, end)
        yield write_segment(duck, draws.CLICKS, visitors, month=month, erased=UpTo(), scratch=scratch)
        _say(f"{month:%Y-%m}: {end - first:,} clicks, {end:,} in all after {time.monotonic() - started:.0f} s")


def _month_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


async def _fill_store(store: SegmentStore, wanted: DataSet, links: int) -> Counter[Kind]:
    files = open_files(str(store.segments), cache_folder=store.segments, cache_bytes=0)
    connection = await asyncpg.connect(store.url, server_settings={"search_path": "analytics"})
    try:
        return await fill(connection, files, wanted, [(number, f"link-{number}") for number in range(1, links + 1)])
    finally:
        await connection.close()
        await files.close()


def main() -> None:
    """Make a set in a folder of its own, which tests.load.segment_store runs again."""
    parser = argparse.ArgumentParser(description="Make settled clicks of one account, for questions alone.")
    parser.add_argument("--clicks", type=int, default=10_000_000)
    parser.add_argument("--months", type=int, default=5)
    parser.add_argument("--links", type=int, default=1000)
    parser.add_argument("--until", type=date.fromisoformat, default=datetime.now(UTC).date(), help="a UTC day")
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    wanted = DataSet(clicks=options.clicks, months=options.months, until=options.until)
    with running_store(options.data) as store:
        sizes = asyncio.run(_fill_store(store, wanted, options.links))
    for kind, size in sizes.items():
        print(f"{kind:13} {size / wanted.clicks:6.2f} bytes a click")  # noqa: T201 - talks to a person
    print(f"{'all':13} {sizes.total() / wanted.clicks:6.2f} bytes a click")  # noqa: T201 - talks to a person


if __name__ == "__main__":
    main()
