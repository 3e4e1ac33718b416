"""Clicks that were counted elsewhere, by GoatCounter or Plausible: each view of a path is a click of its code.

Both bring no links: import these from where they were, or make them, first. Both keep no addresses of visitors, so that
countries come as they say, and distinct visitors cannot be told.
"""

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from urllib.parse import unquote

from linkmeter.moving.origin import OriginClick, OriginError, OriginLink, Problem
from linkmeter.moving.origins import moments
from linkmeter.moving.origins.csv_columns import columns_of
from linkmeter.moving.origins.csv_files import country_code
from linkmeter.moving.origins.csv_table import CsvRow, CsvTable
from linkmeter.moving.origins.sorting import SortedClicks

_EXPORT = (
    'clickhouse-client --query "SELECT * FROM plausible_events_db.events_v2 WHERE site_id = … '
    'ORDER BY timestamp FORMAT CSVWithNames" > events.csv'
)


class _PageViews:
    """What both have in common. A row that is no view of a page is told by _why_not, and counted in a Problem."""

    name = ""
    _needs: tuple[str, ...] = ()

    def __init__(
        self,
        *,
        clicks: str | Path,
        domain: str = "",
        path_prefix: str = "/",
    ) -> None:
        """Read the header.

        Args:
            clicks: path of the CSV file, packed or not.
            domain: host name of the links.
            path_prefix: what stands before the code in a path; views of other paths are no clicks.

        Raises:
            OriginError: the file cannot be read, or is no such export.

        """
        self._table = CsvTable(Path(clicks), encoding="utf-8", delimiter=",")
        self._domain = domain.strip().lower()
        self._prefix = f"/{path_prefix.strip('/')}/".replace("//", "/")
        self._sorted = SortedClicks(self._read)
        missing = [name for name in self._needs if self._column(name) is None]
        if missing:
            raise OriginError(self._refusal(missing))
        # Not the file's name: it has the date of the export, and a later export holds the same views and more.
        self.identity = f"{self.name}:{self._domain}{self._prefix}"

    def count_links(self) -> int:
        """Return 0: there are views only."""
        return 0

    def count_clicks(self) -> int:
        """Return how many clicks the file holds, without rows that are none."""
        return self._sorted.total()

    def links(self) -> Iterator[OriginLink | Problem]:
        """Yield nothing: there are views only."""
        yield from ()

    def clicks(self) -> Iterator[OriginClick | Problem]:
        """Yield the clicks, oldest first, and what was left out."""
        yield from self._sorted

    def _column(self, name: str) -> str | None:
        return self._table.find(name)

    def _refusal(self, missing: list[str]) -> str:
        return (
            f"{self._table.path} is no export of {self.name}: {', '.join(missing)} missing. {columns_of(self._table)}"
        )

    def _why_not(self, row: CsvRow) -> str:
        raise NotImplementedError

    def _click(self, row: CsvRow, code: str, place: str) -> OriginClick:
        raise NotImplementedError

    def _path(self, row: CsvRow) -> str:
        raise NotImplementedError

    def _cell(self, row: CsvRow, name: str) -> str:
        column = self._column(name)
        return row.cells[column].strip("\0 ") if column is not None else ""

    def _read(self) -> Iterator[OriginClick | Problem]:
        left_out: dict[str, int] = {}
        for row in self._table.rows():
            if isinstance(row, Problem):
                yield row
                continue
            place, code = f"line {row.line}", self._code(row)
            why_not = self._why_not(row) or ("" if code else f"paths that do not begin with {self._prefix}")
            if why_not:
                left_out[why_not] = left_out.get(why_not, 0) + 1
                continue
            try:
                yield self._click(row, code, place)
            except moments.AbsurdTime as error:
                yield Problem(place, "TIME_ABSURD", f"This view is left out: {error}.")
        for why_not, count in sorted(left_out.items()):
            yield Problem("the whole file", "NO_CLICKS", f"{count} rows are left out: {why_not}.")

    def _code(self, row: CsvRow) -> str:
        path = self._path(row).partition("?")[0].partition("#")[0]
        path = path if path.startswith("/") else f"/{path}"
        return unquote(path[len(self._prefix) :].strip("/")) if path.startswith(self._prefix) else ""


class GoatCounter(_PageViews):
    """GoatCounter's CSV export (version 1 or 2), as it comes, gzipped or not.

    Bots whose user agent it no longer has are left out, as they would be counted as people.
    """

    name = "goatcounter"
    _needs = ("Path", "Event", "Bot", "Referrer", "Location", "Date")

    def _column(self, name: str) -> str | None:
        if name != "Path":
            return super()._column(name)
        return next((column for column in self._table.header if column in {"1Path", "2Path"}), None)

    def _path(self, row: CsvRow) -> str:
        return self._cell(row, "Path")

    def _why_not(self, row: CsvRow) -> str:
        if self._cell(row, "Event").lower() == "true":
            return "events, which are no views"
        if self._cell(row, "Bot") not in {"", "0"} and not self._cell(row, "UserAgent"):
            return "bots without a user agent"
        return ""

    def _click(self, row: CsvRow, code: str, place: str) -> OriginClick:
        referrer, scheme = self._cell(row, "Referrer"), self._cell(row, "Referrer scheme")
        return OriginClick(
            place=place,
            domain=self._domain,
            code=code,
            time=moments.parse_click_time(self._cell(row, "Date"), UTC),
            # Other schemes are names that GoatCounter gave ("Hacker News") and campaigns: no URLs.
            referrer=_with_scheme(referrer) if scheme in {"", "h"} else "",
            user_agent=self._cell(row, "UserAgent"),
            country=country_code(self._cell(row, "Location")),
        )


class Plausible(_PageViews):
    """Plausible's events, as ClickHouse writes them with `SELECT * FROM events_v2 … FORMAT CSVWithNames`.

    What Plausible exports itself (`imported_pages_….csv`) are sums of days, out of which no clicks can be made.
    """

    name = "plausible"
    _needs = ("timestamp", "name", "pathname")

    def _refusal(self, missing: list[str]) -> str:
        if self._table.find("date") is None:
            return super()._refusal(missing)
        return (
            f"{self._table.path} holds sums of days, not single views, and clicks are never made up from sums. "
            f"With Plausible on your own server: {_EXPORT}"
        )

    def _path(self, row: CsvRow) -> str:
        return self._cell(row, "pathname")

    def _why_not(self, row: CsvRow) -> str:
        return "" if self._cell(row, "name") == "pageview" else "events, which are no views"

    def _click(self, row: CsvRow, code: str, place: str) -> OriginClick:
        return OriginClick(
            place=place,
            domain=self._domain or self._cell(row, "hostname").lower(),
            code=code,
            time=moments.parse_click_time(self._cell(row, "timestamp"), UTC),
            referrer=_with_scheme(self._cell(row, "referrer")),
            country=country_code(self._cell(row, "country_code")),
        )


def _with_scheme(referrer: str) -> str:
    """Return a referrer that was stored without its scheme as the URL it was."""
    return referrer if not referrer or "://" in referrer else f"https://{referrer}"
