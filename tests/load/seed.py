"""The data set of the benchmark, the same at every seeding: `make bench-seed CLICKS=10000000`.

Links by SQL, clicks as segments, past the services but with their own enrichment and their own files (segment_data).
A link with a tenth of all clicks, the rest spread over a thousand by Zipf's law.
"""

import argparse
import asyncio
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import asyncpg

from services.analytics.segments.locate import open_files
from services.links.domain import credentials
from tests.load.segment_data import DataSet, fill
from tests.load.visits import OWNER
from tests.support.system import System, running_system

HOT: Final = "bench-hot"
SHARED: Final = "bench-shared-"
RANDOM: Final = "bench-random-"
COLD: Final = "bench-cold-"
SHARED_LINKS: Final = 999
RANDOM_LINKS: Final = 10_000
COLD_LINKS: Final = 300_000
NOTE: Final = "seeded.json"
# So many months have the clicks, or two years when they are very many.
_MONTHS: Final = 5
_MANY: Final = 50_000_000
_MANY_MONTHS: Final = 24
_LINKS: Final = """
INSERT INTO links.links (
    owner_id, domain_id, code, destination, title, tags, redirect_status, max_clicks, archived, note, private_stats,
    block_bots, expired_destination, create_time, update_time
)
SELECT $1, 1, name, 'https://example.com/landing', '', '{}', 302, 0, false, '', false, false, '', $2, $2
FROM unnest($3::text[]) AS name
ON CONFLICT (domain_id, code) DO NOTHING
"""
_BYTES: Final = """
SELECT key AS kind, sum((value->>'bytes')::bigint)::bigint AS bytes
FROM segments, jsonb_each(files) WHERE retired_time IS NULL GROUP BY key ORDER BY key
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


def note_of(folder: Path) -> Seeded | None:
    """Read what a data directory was seeded with; None when it was not, or not to the end."""
    note = folder / NOTE
    return Seeded(**json.loads(note.read_text())) if note.exists() else None


async def seed(system: System, clicks: int) -> Seeded:
    """Fill a running system that has no clicks of ours yet."""
    connection = await asyncpg.connect(system.stack.postgres_url, server_settings={"search_path": "analytics"})
    try:
        link_ids = await _seed_links(connection)
        await _fill(connection, system, clicks, link_ids)
        token = await _issue_edit_token(connection, link_ids[0])
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
    seeded = Seeded(clicks=clicks, hot_link_id=link_ids[0], edit_token=token)
    (system.folder.path / NOTE).write_text(json.dumps(asdict(seeded)))
    return seeded


async def bytes_by_kind(system: System) -> dict[str, int]:
    """Return how many bytes the files of the segments that count have, by kind."""
    connection = await asyncpg.connect(system.stack.postgres_url, server_settings={"search_path": "analytics"})
    try:
        rows = await connection.fetch(_BYTES)
    finally:
        await connection.close()
    return {row["kind"]: row["bytes"] for row in rows}


async def _fill(
    connection: "asyncpg.Connection[asyncpg.Record]", system: System, clicks: int, link_ids: list[int]
) -> None:
    folder = system.folder
    files = open_files(system.settings.segments, cache_folder=folder.path / "seed-cache", cache_bytes=0)
    months = _MANY_MONTHS if clicks >= _MANY else _MONTHS
    wanted = DataSet(clicks=clicks, months=months, until=datetime.now(UTC).date())
    try:
        await fill(connection, files, wanted, [*zip(link_ids, _names(), strict=True)])
    finally:
        await files.close()


def _names() -> list[str]:
    return [HOT, *(f"{SHARED}{number}" for number in range(SHARED_LINKS))]


async def _seed_links(connection: "asyncpg.Connection[asyncpg.Record]") -> list[int]:
    shared = _names()
    names = [*shared]
    names += [f"{RANDOM}{number}" for number in range(RANDOM_LINKS)]
    names += [f"{COLD}{number}" for number in range(COLD_LINKS)]
    await connection.execute(_LINKS, OWNER, datetime.now(UTC) - timedelta(days=31 * (_MANY_MONTHS + 1)), names)
    rows = await connection.fetch("SELECT code, link_id FROM links.links WHERE code = ANY($1)", shared)
    ids = {row["code"]: row["link_id"] for row in rows}
    return [ids[name] for name in shared]


async def _issue_edit_token(connection: "asyncpg.Connection[asyncpg.Record]", link_id: int) -> str:
    token = credentials.draw(credentials.EDIT_TOKEN_PREFIX)
    await connection.execute(
        "INSERT INTO links.edit_tokens (link_id, hash, create_time) VALUES ($1, $2, now())",
        link_id,
        token.hash,
    )
    return token.text


def folder(text: str) -> Path:
    """Return a folder wherever a program is started; PostgreSQL works in its own."""
    return Path(text).absolute()


def main() -> None:
    """Seed a data directory for `make bench`."""
    parser = argparse.ArgumentParser(description="Make the benchmark's data set.")
    parser.add_argument("--clicks", type=int, default=10_000_000)
    parser.add_argument("--data", type=folder, required=True)
    options = parser.parse_args()
    if note := note_of(options.data):
        print(f"{options.data} is seeded already, with {note.clicks:,} clicks.")  # noqa: T201 - talks to a person
        return
    with running_system(options.data) as system:
        asyncio.run(seed(system, options.clicks))


if __name__ == "__main__":
    main()
