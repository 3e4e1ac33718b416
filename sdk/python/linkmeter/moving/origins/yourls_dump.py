"""YOURLS from an SQL dump of its database: links, and each click with its own time."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from pathlib import Path

from linkmeter.moving.origin import OriginClick, OriginError, OriginLink, Problem
from linkmeter.moving.origins import moments
from linkmeter.moving.origins.sorting import ClickSorter
from linkmeter.moving.origins.yourls_rows import RowReader, click_number
from linkmeter.moving.origins.yourls_survey import Rows, Survey, rows_of, survey


class YourlsDump:
    """A dump of YOURLS' database, as mysqldump, mariadb-dump or phpMyAdmin write it, packed or not.

    The file is read two times, without holding more than a row of it: once to see whether all of it is there, and once
    for each of links and clicks, of which only their own part is read. Clicks come in the order of click_id. A dump
    has them in that order; from a MyISAM table it may not, and they are sorted in a temporary file then.

    Times of clicks are in the zone of the server, or more exactly in that of its PHP: YOURLS since 1.7.3 writes UTC
    unless a plugin changes it; older versions wrote the database's local time. Times of links are in UTC where the dump
    says so, as dumps do by default, and in that zone otherwise. Clicks of links that have been deleted are yielded like
    all others. Sums without clicks (YOURLS did not log for a time, or its log was emptied) are `clicks_before`.
    """

    name = "yourls"

    def __init__(
        self,
        *,
        dump: str | Path,
        domain: str = "",
        time_zone: str = "UTC",
        table_prefix: str = "",
        cut_off: str = "refuse",
        clock: Callable[[], datetime] = moments.now,
    ) -> None:
        """Read the dump at a path.

        Args:
            dump: path of the file; may be gzip, bzip2, xz or a ZIP archive of one file.
            domain: host name at which YOURLS served the links; a dump does not hold it. It names the import, so that
                a later dump goes on where this one ended.
            time_zone: zone of the clicks' times: an IANA name or an offset such as +02:00.
            table_prefix: YOURLS_DB_PREFIX, by default whichever the dump has.
            cut_off: "take" imports what is there of a dump that ends too early; "refuse" does not.
            clock: tells the time, which no link is younger than.

        Raises:
            OriginError: an option has a value that it cannot have.

        """
        if cut_off not in {"refuse", "take"}:
            raise OriginError(f"cut_off is refuse or take, not {cut_off!r}.")
        self._path = Path(dump)
        self._domain = domain.strip().lower()
        self._zone = moments.parse_zone(time_zone)
        self._prefix = table_prefix or None
        self._takes_cut_off = cut_off == "take"
        self._clock = clock
        self.identity = f"yourls://{self._domain or self._path.name}" + (f"/{table_prefix}" if table_prefix else "")

    def count_links(self) -> int:
        """Return how many links the dump holds, without those that cannot be read."""
        return self._survey.links.count if self._survey.links is not None else 0

    def count_clicks(self) -> int:
        """Return how many clicks the dump holds, without those that cannot be read."""
        return self._survey.clicks.count if self._survey.clicks is not None else 0

    def links(self) -> Iterator[OriginLink | Problem]:
        """Yield the links in the dump's order, which is that of their codes."""
        if self._survey.cut_off:
            yield Problem("the dump's end", "DUMP_CUT_OFF", f"Only a part is imported: {self._survey.cut_off}.")
        rows, clicks = self._survey.links, self._survey.clicks
        if rows is None:
            return
        for row in rows_of(self._path, rows):
            link, total, problem = self._reader.link(row, rows.columns)
            if problem is not None:
                yield problem
            if link is not None:
                known = clicks.counts.count(link.code) if clicks is not None else 0
                yield replace(link, clicks_before=max(0, total - known))

    def clicks(self) -> Iterator[OriginClick | Problem]:
        """Yield the clicks in the order of their click_id."""
        rows = self._survey.clicks
        if rows is None:
            return
        if not rows.is_sorted:
            yield from self._sorted_clicks(rows)
            return
        for row in rows_of(self._path, rows):
            yield self._reader.click(row, rows.columns)

    @cached_property
    def _survey(self) -> Survey:
        found = survey(self._path, self._prefix, self._reader_in(UTC))
        if found.cut_off and not self._takes_cut_off:
            raise OriginError(
                f"{self._path} was cut off: {found.cut_off}. Dump the database again; a whole dump of mysqldump ends "
                "with '-- Dump completed'. With cut_off=take what is there is imported."
            )
        return found

    @cached_property
    def _reader(self) -> RowReader:
        return self._reader_in(UTC) if self._survey.is_utc else replace(self._reader_in(UTC), link_zone=self._zone)

    def _reader_in(self, link_zone: tzinfo) -> RowReader:
        return RowReader(domain=self._domain, click_zone=self._zone, link_zone=link_zone, clock=self._clock)

    def _sorted_clicks(self, rows: Rows) -> Iterator[OriginClick | Problem]:
        """Yield what cannot be read, in the dump's order, and then the clicks in the order of their numbers."""
        sorter = ClickSorter()
        for row in rows_of(self._path, rows):
            click, number = self._reader.click(row, rows.columns), click_number(row, rows.columns)
            if isinstance(click, Problem):
                yield click
            elif number is None:
                yield Problem(click.place, "ROW_INCOMPLETE", f"A click of {click.code!r} has no click_id.")
            else:
                sorter.add(number, click)
        last = None
        for number, click in sorter.sorted():
            if number == last:
                yield Problem(click.place, "CLICK_TWICE", f"The dump holds click_id {number} more than once.")
            else:
                yield click
            last = number
