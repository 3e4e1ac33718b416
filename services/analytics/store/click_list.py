"""Read clicks one by one, newest first."""

from dataclasses import dataclass
from datetime import datetime

from services.analytics.domain.click import Click
from services.analytics.domain.page_token import Cursor
from services.analytics.domain.query import Audience, Dimension, Filter
from services.analytics.store.columns import COLUMNS, click_of
from services.analytics.store.stats_sql import Parameters, rights
from services.common.postgres import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which clicks to read."""

    audience: Audience
    link_id: int = 0
    start: datetime | None = None
    end: datetime | None = None
    human_only: bool = False


class ClickReader:
    """Reads pages of clicks."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def list(
        self, selection: Selection, *, limit: int, after: Cursor | None = None, skip: int = 0
    ) -> tuple[Click, ...]:
        """Answer the clicks that follow the cursor, newest first."""
        sql, values = _statement(selection, limit=limit, after=after, skip=skip)
        return tuple(click_of(dict(row)) for row in await self._pool.fetch(sql, *values))


def _statement(selection: Selection, *, limit: int, after: Cursor | None, skip: int) -> tuple[str, list[object]]:
    # Only the conditions that apply: "$1 IS NULL OR time < $1" could not use the index.
    parameters = Parameters()
    links = selection.link_id and Filter(dimension=Dimension.LINK, values=frozenset({str(selection.link_id)}))
    conditions = rights(selection.audience, [links] if links else [], parameters)
    if selection.start is not None:
        conditions.append(f"time >= {parameters.add(selection.start, 'timestamptz')}")
    if selection.end is not None:
        conditions.append(f"time < {parameters.add(selection.end, 'timestamptz')}")
    if selection.human_only:
        conditions.append("NOT is_bot")
    if after is not None:
        time = parameters.add(after.time, "timestamptz")
        source = parameters.add(after.source, "uuid")
        sequence = parameters.add(after.sequence, "bigint")
        conditions.append(f"(time, source, sequence) < ({time}, {source}, {sequence})")
    sql = (
        f"SELECT {', '.join(COLUMNS)} FROM clicks WHERE {' AND '.join(conditions)} "  # noqa: S608
        "ORDER BY time DESC, source DESC, sequence DESC "
        f"LIMIT {parameters.add(limit, 'bigint')} OFFSET {parameters.add(skip, 'bigint')}"
    )
    return sql, parameters.values
