"""Read clicks one by one, newest first."""

from services.analytics.domain.click import Click
from services.analytics.domain.page_token import Cursor
from services.analytics.store.click_rows import COLUMNS, click_of
from services.analytics.store.visits_sql import Parameters, Selection, from_visits
from services.runtime.postgres import Pool


class ClickReader:
    """Reads pages of clicks."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def list(
        self, selection: Selection, *, limit: int, after: Cursor | None = None, skip: int = 0
    ) -> tuple[Click, ...]:
        """Return at most limit clicks, newest first, that come after the cursor and the skipped ones."""
        sql, values = _statement(selection, limit=limit, after=after, skip=skip)
        return tuple(click_of(dict(row)) for row in await self._pool.fetch(sql, *values))


def _statement(selection: Selection, *, limit: int, after: Cursor | None, skip: int) -> tuple[str, list[object]]:
    parameters = Parameters()
    visits = from_visits(selection, parameters)
    if after is not None:
        time = parameters.add(after.time, "timestamptz")
        source = parameters.add(after.source, "uuid")
        sequence = parameters.add(after.sequence, "bigint")
        visits += f" AND (time, source, sequence) < ({time}, {source}, {sequence})"
    sql = (
        f"SELECT {', '.join(COLUMNS)} {visits} "
        "ORDER BY time DESC, source DESC, sequence DESC "
        f"LIMIT {parameters.add(limit, 'bigint')} OFFSET {parameters.add(skip, 'bigint')}"
    )
    return sql, parameters.values
