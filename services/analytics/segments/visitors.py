"""Number visitors: dense numbers make sets of visitors small, and counting them exact and fast."""

from typing import Final

import duckdb

_ASKED: Final = "CREATE OR REPLACE TEMP TABLE asked AS SELECT DISTINCT visitor_hash FROM {clicks} WHERE visitor IS NULL"
_KNOWN: Final = (
    "CREATE OR REPLACE TEMP TABLE known AS SELECT DISTINCT visitor_hash, visitor FROM ({dictionary}) SEMI JOIN asked "
    "USING (visitor_hash)"
)
# In the order of hashes, so that the same clicks get the same numbers whoever counts them.
_NEW: Final = (
    "CREATE OR REPLACE TEMP TABLE new_visitors AS SELECT visitor_hash, "
    "($first + row_number() OVER (ORDER BY visitor_hash) - 1)::INTEGER AS visitor "
    "FROM asked ANTI JOIN known USING (visitor_hash)"
)
_GIVE: Final = (
    "UPDATE {clicks} AS clicks SET visitor = numbers.visitor FROM "
    "(SELECT * FROM known UNION ALL SELECT * FROM new_visitors) AS numbers "
    "WHERE clicks.visitor_hash = numbers.visitor_hash AND clicks.visitor IS NULL"
)
NEW_VISITORS: Final = "new_visitors"


def number_visitors(duck: duckdb.DuckDBPyConnection, clicks: str, dictionary: list[str], *, first: int) -> int:
    """Give the clicks of a table that have none their visitors' numbers, and return how many visitors are new.

    dictionary is relations of visitor_hash and visitor, the numbers that are known. New visitors are numbered from
    first on, and are in the temporary table NEW_VISITORS until the next call.
    """
    duck.execute(_ASKED.format(clicks=clicks))
    relations = [f"SELECT visitor_hash, visitor FROM {each}" for each in dictionary]
    relations = relations or ["SELECT 0::BIGINT AS visitor_hash, 0 AS visitor WHERE false"]
    duck.execute(_KNOWN.format(dictionary=" UNION ALL ".join(relations)))
    duck.execute(_NEW, {"first": first})
    duck.execute(_GIVE.format(clicks=clicks))
    row = duck.execute(f"SELECT count(*) FROM {NEW_VISITORS}").fetchone()
    return int(row[0]) if row else 0
