"""Read the newest clicks, those that are not settled, in the order in which they were stored."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from services.analytics.domain.click import ClickFields
from services.analytics.domain.position import Position
from services.analytics.domain.query import Audience
from services.analytics.store.click_rows import COLUMNS
from services.runtime.postgres import Connection, Pool

_MARKS: Final = """
SELECT
    now() AS time,
    (SELECT json_object_agg(source, mark) FROM sources WHERE mark > 0) AS marks,
    (SELECT json_object_agg(source, up_to) FROM settled) AS settled
"""
# A visitor is recognised within the statistics only.
_NAMES: Final = ", ".join(name for name in COLUMNS if name != "visitor")
_ROWS: Final = f"""
SELECT {_NAMES}
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS news (source, after, up_to) JOIN landing USING (source)
WHERE sequence > after AND sequence <= up_to AND (owner_id = ANY($4::bigint[]) OR link_id = ANY($5::bigint[]))
ORDER BY source, sequence LIMIT $6
"""  # noqa: S608 - names of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What was stored behind a position, and where that leads."""

    # In the order of sources and their sequences, without their visitors. Fields rather than clicks: they may be many,
    # and are sent as they are.
    clicks: Sequence[ClickFields] = ()
    # Behind these clicks; the newest one unless there is more.
    position: Position
    # True when not all fitted in: ask again from the position.
    is_more: bool = False


class Settled(Exception):
    """Some clicks behind a position are in segments already; they are not read here."""

    def __init__(self, time: datetime) -> None:
        super().__init__()
        # PostgreSQL's clock.
        self.time = time


class NewestClicks:
    """Reads landing."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def position(self) -> Position:
        """Return the position behind all that is stored."""
        async with self._pool.acquire() as connection:
            position, _ = await _marks(connection)
        return position

    async def after(self, position: Position, audiences: Collection[Audience], limit: int) -> News:
        """Return at most limit clicks of audiences behind a position, all of one state.

        Raise Settled when some of the clicks that were stored behind it are in segments.
        """
        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            newest, settled = await _marks(connection)
            if not position.has(settled):
                raise Settled(newest.time)
            news = [
                (source, position.marks.get(source, 0), mark)
                for source, mark in newest.marks.items()
                if mark > position.marks.get(source, 0)
            ]
            clicks = await _rows(connection, news, audiences, limit) if news else ()
        if len(clicks) < limit:
            return News(clicks=clicks, position=position.joined(newest))
        return News(clicks=clicks, position=position.after(clicks), is_more=True)


async def _marks(connection: Connection) -> tuple[Position, Mapping[UUID, int]]:
    row = await connection.fetchrow(_MARKS)
    assert row is not None, "it selects from nothing"  # noqa: S101
    return Position(_by_source(row["marks"]), row["time"]), _by_source(row["settled"])


async def _rows(
    connection: Connection, news: Sequence[tuple[UUID, int, int]], audiences: Collection[Audience], limit: int
) -> Sequence[ClickFields]:
    sources, after, up_to = zip(*news, strict=True)
    owners = {audience.owner_id for audience in audiences if audience.owner_id}
    links = {audience.link_id for audience in audiences if audience.link_id}
    rows: Any = await connection.fetch(_ROWS, sources, after, up_to, list(owners), list(links), limit)
    # Records are mappings in all but their type.
    return cast("Sequence[ClickFields]", rows)


def _by_source(text: str | None) -> dict[UUID, int]:
    return {UUID(source): mark for source, mark in json.loads(text or "{}").items()}
