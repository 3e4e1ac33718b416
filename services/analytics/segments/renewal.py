"""What DuckDB does when segments are rewritten: read the old files, leave out what was erased, write the new ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import duckdb

from services.analytics.domain.classes import ClickClass
from services.analytics.segments.expressions import QUARTER_US
from services.analytics.segments.files import SegmentFile
from services.analytics.segments.layout import Kind, select, select_again
from services.analytics.segments.registry import NewSegment, Segment
from services.analytics.segments.remains import Remains
from services.analytics.segments.writing import OF_CLICKS, UpTo, Written, moment_of, parquet, write_files

_CLASSES: Final = """
CREATE OR REPLACE TABLE classes AS
SELECT unnest($agents::VARCHAR[]) AS user_agent, unnest($purposes::VARCHAR[]) AS purpose,
    unnest($found::SMALLINT[]) AS click_class, unnest($are_bots::BOOLEAN[]) AS is_bot
"""
_CLASSIFIED: Final = """
(
    SELECT clicks.* REPLACE (
        coalesce(classes.click_class, clicks.click_class) AS click_class,
        coalesce(classes.is_bot, clicks.is_bot) AS is_bot,
        greatest(clicks.definition, {definition})::SMALLINT AS definition
    )
    FROM {clicks} AS clicks LEFT JOIN classes
    ON clicks.definition < {definition}
        AND classes.user_agent = clicks.user_agent AND classes.purpose = clicks.purpose
)
"""
_CHANGED: Final = """
SELECT count(*) FROM {clicks} AS clicks JOIN classes USING (user_agent, purpose)
WHERE clicks.definition < {definition} AND classes.click_class <> clicks.click_class
"""
_ABOUT: Final = """
SELECT coalesce(sum(clicks), 0)::BIGINT, epoch_us(min(first_time)), epoch_us(max(last_time)) FROM {links}
"""
# Of what has no raw clicks any more, a quarter of an hour is all that is known.
_BLURRED: Final = f"""
(
    SELECT * REPLACE (
        make_timestamptz(epoch_us(first_time) // {QUARTER_US} * {QUARTER_US}) AS first_time,
        make_timestamptz(epoch_us(last_time) // {QUARTER_US} * {QUARTER_US}) AS last_time
    )
    FROM {{links}}
)
"""
_NONE: Final = "SELECT count(*) = 0 FROM {rows}"
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Classes:
    """A definition of classes: its number, and the class of a user agent with a purpose."""

    definition: int
    class_of: Callable[[str, str], ClickClass]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was written, in the scratch folder: one segment, or none when nothing is left."""

    written: list[Written]
    # How many clicks have another class now.
    changed: int


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """Old segments of a month, what is left of them, and what is to become of it.

    Its methods take long: they belong into a thread.
    """

    duck: duckdb.DuckDBPyConnection
    old: Sequence[Segment]
    remains: Remains
    # The greatest erasures that are left out, or were before.
    erased: UpTo
    scratch: Path
    keep_clicks: bool = True
    classes: Classes | None = None
    # The only visitors whose hashes are to be kept, as a relation of their numbers; empty: all are.
    remembered: str = ""
    name: str = field(default_factory=lambda: uuid4().hex)

    def write(self) -> Outcome:
        """Write the new files."""
        clicks, changed = self._clicks()
        links = self.remains.rows(Kind.LINKS)
        statements = self._with_clicks(clicks) if self.keep_clicks else self._without_clicks(links)
        if visitors := self._visitors():
            statements[Kind.VISITORS] = select_again(Kind.VISITORS, visitors)
        files, paths = write_files(self.duck, self.name, statements, self.scratch)
        segment = self._segment(files, links)
        is_empty = not segment.rows and Kind.VISITORS not in files
        return Outcome([] if is_empty else [Written(segment, paths)], changed)

    def _with_clicks(self, clicks: str) -> dict[Kind, str]:
        """Return the statements of a segment that has raw clicks."""
        # Of the file that has just been written: kinds are, in their order.
        new = parquet([self.scratch / self.name / f"{Kind.CLICKS}.parquet"])
        statements = {Kind.CLICKS: select(Kind.CLICKS, clicks)}
        for kind in OF_CLICKS[1:]:
            # Sums of an owner cannot tell what of them was one link's.
            is_anew = self.classes is not None or (kind is Kind.OWNER_DAILY and self.remains.are_less())
            statements[kind] = select(kind, new) if is_anew else select_again(kind, self.remains.rows(kind))
        return statements

    def _without_clicks(self, links: str) -> dict[Kind, str]:
        """Return the statements of a segment of sums alone; what raw clicks told becomes sums by link and day."""
        daily = []
        if any(segment.has_clicks for segment in self.old):
            daily.append(select(Kind.DAILY, self.remains.rows(Kind.CLICKS)))
        if not all(segment.has_clicks for segment in self.old):
            daily.append(f"SELECT * FROM {self.remains.rows(Kind.DAILY)}")
        both = f"({' UNION ALL BY NAME '.join(f'({each})' for each in daily)})"
        return {
            Kind.DAILY: select_again(Kind.DAILY, both),
            Kind.TOTALS: select_again(Kind.TOTALS, self.remains.rows(Kind.TOTALS)),
            Kind.LINKS: select_again(Kind.LINKS, _BLURRED.format(links=links)),
        }

    def _clicks(self) -> tuple[str, int]:
        """Return the relation of the raw clicks to be kept, empty if none are, and how many change their class."""
        if not self.keep_clicks:
            return "", 0
        clicks = self.remains.rows(Kind.CLICKS)
        if self.classes is None:
            return clicks, 0
        self._make_classes(clicks, self.classes)
        definition = self.classes.definition
        changed = int(self._value(_CHANGED.format(clicks=clicks, definition=definition)))
        return _CLASSIFIED.format(clicks=clicks, definition=definition), changed

    def _make_classes(self, clicks: str, classes: Classes) -> None:
        """Classify each pair of user agent and purpose once."""
        pairs = self.duck.execute(
            f"SELECT DISTINCT user_agent, purpose FROM {clicks} WHERE definition < {classes.definition:d}"
        ).fetchall()
        found = [classes.class_of(user_agent, purpose) for user_agent, purpose in pairs]
        self.duck.execute(
            _CLASSES,
            {
                "agents": [user_agent for user_agent, _ in pairs],
                "purposes": [purpose for _, purpose in pairs],
                "found": [each.value for each in found],
                "are_bots": [each is not ClickClass.PERSON for each in found],
            },
        )

    def _visitors(self) -> str:
        """Return the relation of the visitors' hashes to be kept; empty when there are none."""
        having = [segment for segment in self.old if Kind.VISITORS in segment.files]
        if not having:
            return ""
        rows = self.remains.files(Kind.VISITORS, having)
        if self.remembered:
            rows = f"(SELECT * FROM {rows} SEMI JOIN {self.remembered} USING (visitor))"
        return "" if self._value(_NONE.format(rows=rows)) else rows

    def _segment(self, files: Mapping[Kind, SegmentFile], links: str) -> NewSegment:
        oldest = min(segment.definition for segment in self.old)
        rows, first, last = self._one(_ABOUT.format(links=links))
        return NewSegment(
            name=self.name,
            month=self.old[0].month,
            rows=rows,
            has_clicks=self.keep_clicks,
            first_time=self._first(first),
            last_time=self._last(last),
            definition=max(oldest, self.classes.definition) if self.classes else oldest,
            erasures_applied=self.erased.erasures,
            sources_erased=self.erased.sources,
            files=files,
        )

    def _first(self, first: int | None) -> datetime:
        if first is None:
            return min(segment.first_time for segment in self.old)
        return moment_of(first if self.keep_clicks else first // QUARTER_US * QUARTER_US)

    def _last(self, last: int | None) -> datetime:
        if last is None:
            return max(segment.last_time for segment in self.old)
        # The end of the quarter: its sum counts only where all of it is asked for.
        if self.keep_clicks:
            return moment_of(last)
        return moment_of((last // QUARTER_US + 1) * QUARTER_US) - _MICROSECOND

    def _one(self, sql: str) -> tuple[Any, ...]:
        row = self.duck.execute(sql).fetchone()
        assert row is not None, "aggregates have a row"  # noqa: S101
        return row

    def _value(self, sql: str) -> Any:
        return self._one(sql)[0]
