"""Segments as another engine gets them: many clicks settled in turns, and the command that lists the files."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from services.analytics.domain.click import Click
from services.runtime.postgres import Pool
from tests.support.clicks import random_clicks
from tests.support.engine import Engine

START: Final = datetime(2026, 1, 20, tzinfo=UTC)
# Over four months.
SPAN: Final = timedelta(days=80)
NOW: Final = START + SPAN + timedelta(days=1)
_VISITORS: Final = 5000
_ROOT: Final = Path(__file__).resolve().parents[2]


def many_clicks(seed: int, count: int) -> list[Click]:
    """Build clicks of some thirty links of several owners, most of them of one, and of thousands of visitors."""
    choose = random.Random(seed)
    return [_spread(item, choose) for item in random_clicks(seed, count, START, SPAN)]


def _spread(item: Click, choose: random.Random) -> Click:
    # A visitor comes to many links.
    visitor = random.Random(choose.randrange(_VISITORS)).randbytes(16)
    links, owners = choose.randrange(10), max(0, choose.randrange(-8, 4))
    return replace(item, link_id=item.link_id + 10 * links, owner_id=item.owner_id + 10 * owners, visitor=visitor)


async def settle_in_turns(engine: Engine, clicks: Sequence[Click], turns: int) -> None:
    """Store and settle clicks, an equal share each turn, so that months have several segments."""
    for turn in range(turns):
        await engine.store(clicks[turn::turns], NOW)
        await engine.settle()


async def erase(pool: Pool, owner_id: int, link_id: int) -> None:
    """Say that a link's clicks are erased, as erasing does; landing has none of it."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("INSERT INTO erasures (owner_id, link_id) VALUES ($1, $2)", owner_id, link_id)
        await connection.execute("UPDATE registry SET version = version + 1")


def run_command(url: str, segments: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end."""
    environment = {**os.environ, "LINKMETER_POSTGRES_URL": url, "LINKMETER_SEGMENTS": str(segments)}
    return subprocess.run(
        [sys.executable, "-m", "services.analytics", "segments", *options],
        env=environment,
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def listed(url: str, segments: Path, *options: str) -> dict[str, Any]:
    """Return the manifest that the command writes."""
    ended = run_command(url, segments, *options)
    assert ended.returncode == 0, ended.stderr
    manifest: dict[str, Any] = json.loads(ended.stdout)
    return manifest
