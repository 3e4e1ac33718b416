"""What files of segments hold, read without the program that wrote them, and what must be true of it at any time."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb

from services.analytics.domain.click import Click
from services.analytics.segments.layout import Kind
from services.analytics.store.click_rows import visitor_hash
from tests.support.engine import Engine


def placed(clicks: Iterable[Click], source: UUID, first: int = 1) -> list[Click]:
    """Return clicks as an outbox numbers them."""
    return [replace(item, source=source, sequence=first + index) for index, item in enumerate(clicks)]


async def rows_of(engine: Engine, folder: Path, kind: Kind, columns: str) -> list[tuple[Any, ...]]:
    """Read columns of all files of a kind that belong to live segments."""
    files = [str(folder / segment.files[kind].name) for segment in await engine.segments() if kind in segment.files]
    if not files:
        return []
    with duckdb.connect() as duck:
        return duck.execute(f"SELECT {columns} FROM read_parquet($1)", [files]).fetchall()  # noqa: S608


async def check_visitors(engine: Engine, folder: Path) -> dict[int, int]:
    """See that each visitor has one number, each number one visitor, and none is left out; return them by hash."""
    known = await rows_of(engine, folder, Kind.VISITORS, "visitor_hash, visitor")
    assert sorted(number for _, number in known) == list(range(len(known)))
    numbers = dict(known)
    assert len(numbers) == len(known)
    assert await engine.pool.fetchval("SELECT next_visitor FROM registry") == len(known)
    return numbers


async def check_settled(engine: Engine, folder: Path, clicks: Sequence[Click]) -> None:
    """See that files hold these clicks and no others, each once and with its visitor's number."""
    numbers = await check_visitors(engine, folder)
    found = await rows_of(engine, folder, Kind.CLICKS, "source, sequence, link_id, visitor")
    assert sorted(found) == sorted(
        (str(item.source), item.sequence, item.link_id, numbers[visitor_hash(item.visitor)]) for item in clicks
    )
    assert sum(segment.rows for segment in await engine.segments()) == len(clicks)
