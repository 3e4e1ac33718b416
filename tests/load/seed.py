"""The data set of the benchmark, the same at every seeding: `make bench-seed CLICKS=10000000`.

Links by SQL, clicks and their sums by COPY, past the services but with their own enrichment and their own columns.
A link with a tenth of all clicks, the rest spread over a thousand by Zipf's law, 90 days, more by day than by night.
"""

import argparse
import asyncio
import itertools
import json
import random
import sys
import time
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
from google.protobuf.timestamp_pb2 import Timestamp

from services.analytics.convert.clicks import recorded_click_of
from services.analytics.domain.click import Click
from services.analytics.domain.dimensions import Dimension, detail_of
from services.analytics.server import build_enricher
from services.analytics.settings import read_settings
from services.analytics.store.click_rows import COLUMNS, record_of
from services.analytics.store.dimensions import ROLLED
from services.links.domain import credentials
from tests.load.visits import OWNER, SEED, recorded_visit
from tests.support.system import System, running_system

HOT: Final = "bench-hot"
SHARED: Final = "bench-shared-"
RANDOM: Final = "bench-random-"
COLD: Final = "bench-cold-"
SHARED_LINKS: Final = 999
RANDOM_LINKS: Final = 10_000
COLD_LINKS: Final = 100_000
DAYS: Final = 90
HOT_SHARE: Final = 0.1
PROFILES: Final = 5_000
VISITORS: Final = 700_000
BATCH: Final = 50_000
NOTE: Final = "seeded.json"
_SOURCE: Final = UUID("00000000-0000-4000-8000-000000000001")
_NIGHT_AND_DAY: Final = [3, 2, 2, 1, 1, 2, 3, 5, 7, 9, 10, 10, 9, 9, 9, 8, 8, 8, 8, 9, 9, 8, 6, 4]
_TOTALS: Final = ("link_id", "start", "owner_id", "clicks", "human_clicks")
_DAILY: Final = ("link_id", "dimension", "day", "value", "detail", "owner_id", "clicks", "human_clicks")
_LINKS: Final = """
INSERT INTO links.links (
    owner_id, domain_id, code, destination, title, tags, redirect_status, max_clicks, archived, note, private_stats,
    block_bots, expired_destination, create_time, update_time
)
SELECT $1, 1, name, 'https://example.com/landing', '', '{}', 302, 0, false, '', false, false, '', $2, $2
FROM unnest($3::text[]) AS name
ON CONFLICT (domain_id, code) DO NOTHING
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """What there is to be asked."""

    clicks: int
    hot_link_id: int
    # Of the link that statistics are asked of.
    edit_token: str
    random: int = RANDOM_LINKS
    cold: int = COLD_LINKS

    @property
    def followed_path(self) -> str:
        """The path of the link that is followed over and over: not the one whose statistics are asked for."""
        return f"/{RANDOM}0"


@dataclass(frozen=True, slots=True)
class Profile:
    """A click to make many of: its row, and its part in the daily sums."""

    row: list[Any]
    human: int
    values: list[tuple[Dimension, str, str]]


def note_of(folder: Path) -> Seeded | None:
    """Read what a data directory was seeded with; None when it was not, or not to the end."""
    note = folder / NOTE
    return Seeded(**json.loads(note.read_text())) if note.exists() else None


async def seed(system: System, clicks: int) -> Seeded:
    """Fill a running system that has no clicks of ours yet."""
    connection = await asyncpg.connect(system.stack.postgres_url, server_settings={"search_path": "analytics"})
    try:
        link_ids = await _seed_links(connection)
        await _Clicks(connection, link_ids, system).write(clicks)
        token = await _issue_edit_token(connection, link_ids[0])
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
    seeded = Seeded(clicks=clicks, hot_link_id=link_ids[0], edit_token=token)
    (system.folder.path / NOTE).write_text(json.dumps(asdict(seeded)))
    return seeded


async def _seed_links(connection: "asyncpg.Connection[asyncpg.Record]") -> list[int]:
    shared = [f"{SHARED}{number}" for number in range(SHARED_LINKS)]
    names = [HOT, *shared]
    names += [f"{RANDOM}{number}" for number in range(RANDOM_LINKS)]
    names += [f"{COLD}{number}" for number in range(COLD_LINKS)]
    await connection.execute(_LINKS, OWNER, datetime.now(UTC) - timedelta(days=DAYS + 1), names)
    rows = await connection.fetch("SELECT code, link_id FROM links.links WHERE code = ANY($1)", [HOT, *shared])
    ids = {row["code"]: row["link_id"] for row in rows}
    return [ids[name] for name in [HOT, *shared]]


async def _issue_edit_token(connection: "asyncpg.Connection[asyncpg.Record]", link_id: int) -> str:
    token = credentials.draw(credentials.EDIT_TOKEN_PREFIX)
    await connection.execute(
        "INSERT INTO links.edit_tokens (link_id, hash, create_time) VALUES ($1, $2, now())",
        link_id,
        token.hash,
    )
    return token.text


class _Clicks:
    """Writes clicks day by day, and each day's sums."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]", link_ids: list[int], system: System) -> None:
        self._connection = connection
        self._choose = random.Random(SEED)
        self._profiles = _profiles(self._choose, system)
        self._links = link_ids
        self._codes = [HOT, *(f"{SHARED}{number}" for number in range(SHARED_LINKS))]
        weights = [1 / rank for rank in range(1, SHARED_LINKS + 1)]
        others = (1 - HOT_SHARE) / sum(weights)
        self._weights = list(itertools.accumulate([HOT_SHARE, *(others * weight for weight in weights)]))
        self._sequence = 0

    async def write(self, clicks: int) -> None:
        """Write so many clicks, and what the ledger says of them."""
        today = datetime.now(UTC).date()
        progress = _Progress(clicks)
        for number in range(DAYS):
            day = today - timedelta(days=DAYS - number)
            await self._connection.execute("SELECT ensure_clicks_month($1)", day.replace(day=1))
            wanted = clicks * (number + 1) // DAYS - self._sequence
            await self._write_day(day, wanted)
            progress.show(self._sequence)
        await self._connection.execute(
            "INSERT INTO sources (source, first_report_time, last_report_time, mark, stored, last_sequence)"
            " VALUES ($1, now(), now(), $2, $2, $2)",
            _SOURCE,
            clicks,
        )

    async def _write_day(self, day: date, wanted: int) -> None:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        totals: Counter[tuple[int, datetime, int]] = Counter()
        visits: Counter[tuple[int, int]] = Counter()
        while wanted > 0:
            size = min(BATCH, wanted)
            wanted -= size
            links = self._choose.choices(range(len(self._links)), cum_weights=self._weights, k=size)
            kinds = self._choose.choices(range(PROFILES), k=size)
            hours = self._choose.choices(range(24), _NIGHT_AND_DAY, k=size)
            rows = []
            for link, kind, hour in zip(links, kinds, hours, strict=True):
                seconds = hour * 3600 + self._choose.random() * 3600
                rows.append(self._row(link, kind, midnight + timedelta(seconds=seconds)))
                quarter = midnight + timedelta(seconds=int(seconds) // 900 * 900)
                totals[link, quarter, self._profiles[kind].human] += 1
            visits.update(zip(links, kinds, strict=True))
            await self._copy("clicks", COLUMNS, rows)
        await self._copy("totals", _TOTALS, self._totals(totals))
        await self._copy("daily", _DAILY, self._daily(day, visits))

    def _row(self, link: int, kind: int, moment: datetime) -> list[Any]:
        self._sequence += 1
        row = self._profiles[kind].row.copy()
        row[_TIME], row[_LINK], row[_SEQUENCE] = moment, self._links[link], self._sequence
        row[_CODE], row[_VISITOR] = self._codes[link], self._choose.randrange(VISITORS).to_bytes(16, "big")
        return row

    def _totals(self, counts: Counter[tuple[int, datetime, int]]) -> list[tuple[Any, ...]]:
        sums: dict[tuple[int, datetime], list[int]] = defaultdict(lambda: [0, 0])
        for (link, quarter, human), count in counts.items():
            _add(sums[link, quarter], count, human)
        return [(self._links[link], quarter, OWNER, *sum_) for (link, quarter), sum_ in sums.items()]

    def _daily(self, day: date, visits: Counter[tuple[int, int]]) -> list[tuple[Any, ...]]:
        sums: dict[tuple[int, int, str, str], list[int]] = defaultdict(lambda: [0, 0])
        for (link, kind), count in visits.items():
            profile = self._profiles[kind]
            _add(sums[link, Dimension.CODE, self._codes[link], ""], count, profile.human)
            for dimension, value, detail in profile.values:
                _add(sums[link, dimension, value, detail], count, profile.human)
        return [
            (self._links[link], dimension, day, value, detail, OWNER, *sum_)
            for (link, dimension, value, detail), sum_ in sums.items()
        ]

    async def _copy(self, table: str, columns: tuple[str, ...], records: list[Any]) -> None:
        await self._connection.copy_records_to_table(table, records=records, columns=columns)


_TIME, _LINK, _SEQUENCE, _CODE, _VISITOR = map(COLUMNS.index, ("time", "link_id", "sequence", "code", "visitor"))


def _profiles(choose: random.Random, system: System) -> list[Profile]:
    """Have visits enriched as analytics does it."""
    environment = system.stack.parts["analytics"].command.environment or {}
    enricher = build_enricher(read_settings(dict(environment)))
    moment = Timestamp(seconds=int(datetime.now(UTC).timestamp()))
    clicks = []
    for _ in range(PROFILES):
        visit = recorded_visit(choose, link_id=1, time=moment)
        clicks.append(enricher.enrich(_SOURCE, 1, recorded_click_of(visit.SerializeToString())))
    return [Profile(list(record_of(click)), 0 if click.is_bot else 1, _values(click)) for click in clicks]


def _values(click: Click) -> list[tuple[Dimension, str, str]]:
    """List the click's rows in the daily sums, but that of its code."""
    values = ((dimension, rolled.value_of(click), rolled.implicit) for dimension, rolled in ROLLED.items())
    return [
        (dimension, value, detail_of(dimension, click))
        for dimension, value, implicit in values
        if value != implicit and dimension is not Dimension.CODE
    ]


def _add(sum_: list[int], count: int, human: int) -> None:
    sum_[0] += count
    sum_[1] += count * human


class _Progress:
    def __init__(self, wanted: int) -> None:
        self._wanted, self._started = wanted, time.monotonic()

    def show(self, done: int) -> None:
        """Draw the bar anew, where there is somebody to see it."""
        if not sys.stderr.isatty():
            return
        elapsed = time.monotonic() - self._started
        share = done / self._wanted
        left = elapsed / share - elapsed
        bar = ("#" * round(share * 40)).ljust(40)
        sys.stderr.write(f"\r[{bar}] {done:,} clicks, {done / elapsed:,.0f}/s, {left:.0f} s left  ")
        sys.stderr.write("\n" if done == self._wanted else "")
        sys.stderr.flush()


def main() -> None:
    """Seed a data directory for `make bench`."""
    parser = argparse.ArgumentParser(description="Make the benchmark's data set.")
    parser.add_argument("--clicks", type=int, default=10_000_000)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    if note := note_of(options.data):
        print(f"{options.data} is seeded already, with {note.clicks:,} clicks.")  # noqa: T201 - talks to a person
        return
    with running_system(options.data) as system:
        asyncio.run(seed(system, options.clicks))


if __name__ == "__main__":
    main()
