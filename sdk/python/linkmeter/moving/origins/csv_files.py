"""Links and clicks from plain CSV files: a spreadsheet, Dub's export, or whatever has a header."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from linkmeter.moving.origin import OriginClick, OriginError, OriginLink, Problem
from linkmeter.moving.origins import moments
from linkmeter.moving.origins.csv_columns import (
    CLICK_FIELDS,
    CLICK_NEEDS,
    LINK_FIELDS,
    LINK_NEEDS,
    Columns,
    find_columns,
    parse_mapping,
    refuse_absent,
)
from linkmeter.moving.origins.csv_table import CsvRow, CsvTable
from linkmeter.moving.origins.sorting import SortedClicks

_YES = frozenset({"", "true", "yes", "1", "on", "active", "enabled"})
_NO = frozenset({"false", "no", "0", "off", "inactive", "disabled"})
_NO_REFERRER = frozenset({"direct", "(direct)", "none", "-"})
_CLICKS = frozenset({"", "click", "clicks"})


class _Unreadable(ValueError):
    """A cell does not hold what its column should."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class CsvFiles:
    """A CSV file of links, one of clicks, or both.

    Columns are found by name (docs of csv_columns) or told. A link is named by a column of codes, with or without one
    of domains, or by one of whole short URLs. A column that counts clicks becomes `clicks_before`, less the clicks that
    the other file has. Clicks come in the order of their times, and of the file where these are equal.

    The names of the files name the import: a later version of a file goes on where this one ended when it has the same
    name, and as long as it has the same clicks before its new ones.
    """

    name = "csv"

    def __init__(
        self,
        *,
        links: str | Path = "",
        clicks: str | Path = "",
        domain: str = "",
        time_zone: str = "UTC",
        columns: str = "",
        encoding: str = "",
        delimiter: str = "",
        clock: Callable[[], datetime] = moments.now,
    ) -> None:
        """Read the headers.

        Args:
            links: path of the file of links, "" for none.
            clicks: path of the file of clicks, "" for none.
            domain: host name of links for which the file has none.
            time_zone: zone of times that name none: an IANA name or an offset such as +02:00.
            columns: what the columns are called, where they have other names: `destination=Ziel, code=Kürzel`.
            encoding: of both files, see CsvTable.
            delimiter: of both files, see CsvTable.
            clock: tells the time, which no link is younger than.

        Raises:
            OriginError: a file cannot be read or lacks a column, or an option has a value that it cannot have.

        """
        if not links and not clicks:
            raise OriginError("Name a CSV file of links, one of clicks, or both.")
        self._domain = domain.strip().lower()
        self._zone = moments.parse_zone(time_zone)
        self._clock = clock
        told = parse_mapping(columns)
        self._links = CsvTable(Path(links), encoding=encoding, delimiter=delimiter) if links else None
        self._clicks = CsvTable(Path(clicks), encoding=encoding, delimiter=delimiter) if clicks else None
        refuse_absent([table for table in (self._links, self._clicks) if table is not None], told)
        self._link_columns = self._find(self._links, LINK_FIELDS, LINK_NEEDS, told)
        self._click_columns = self._find(self._clicks, CLICK_FIELDS, CLICK_NEEDS, told)
        self._sorted = SortedClicks(self._read_clicks)
        names = "+".join(table.path.name for table in (self._links, self._clicks) if table is not None)
        self.identity = f"{self.name}:{self._domain}/{names}"

    def count_links(self) -> int:
        """Return how many links the file holds, without those that cannot be read."""
        return sum(isinstance(link, OriginLink) for link in self._read_links(lambda _domain, _code: 0))

    def count_clicks(self) -> int:
        """Return how many clicks the file holds, without those that cannot be read."""
        return self._sorted.total()

    def links(self) -> Iterator[OriginLink | Problem]:
        """Yield the links in the file's order."""
        names_domains = self._click_columns.has("domain") or self._click_columns.has("short_url")
        yield from self._read_links(
            lambda domain, code: self._sorted.count(domain if names_domains else self._domain, code)
        )

    def clicks(self) -> Iterator[OriginClick | Problem]:
        """Yield the clicks, oldest first."""
        yield from self._sorted

    @staticmethod
    def _find(
        table: CsvTable | None,
        fields: Mapping[str, tuple[str, ...]],
        needs: tuple[tuple[str, ...], ...],
        told: Mapping[str, str],
    ) -> Columns:
        return Columns({}) if table is None else find_columns(table, fields, needs, told)

    def _read_links(self, known_clicks: Callable[[str, str], int]) -> Iterator[OriginLink | Problem]:
        for row in self._links.rows() if self._links is not None else ():
            yield from (row,) if isinstance(row, Problem) else self._link(row, known_clicks)

    def _read_clicks(self) -> Iterator[OriginClick | Problem]:
        for row in self._clicks.rows() if self._clicks is not None else ():
            yield row if isinstance(row, Problem) else self._click(row)

    def _link(self, row: CsvRow, known_clicks: Callable[[str, str], int]) -> Iterator[OriginLink | Problem]:
        place, columns = f"line {row.line}", self._link_columns
        create_time = None
        try:
            create_time = self._creation_time(columns.cell(row.cells, "create_time"))
        except moments.AbsurdTime as error:
            message = f"This link is imported without the time at which it was made: {error}."
            yield Problem(place, "TIME_ABSURD", message)
        try:
            domain, code = self._name(row, columns)
            total = _number(columns.cell(row.cells, "clicks"), "clicks") or 0
            yield OriginLink(
                place=place,
                domain=domain,
                code=code,
                destination=_needed(columns.cell(row.cells, "destination"), "destination"),
                title=columns.cell(row.cells, "title"),
                description=columns.cell(row.cells, "description"),
                tags=_tags(columns.cell(row.cells, "tags")),
                create_time=create_time,
                start_time=self._time(columns.cell(row.cells, "start_time")),
                expire_time=self._time(columns.cell(row.cells, "expire_time")),
                max_clicks=_number(columns.cell(row.cells, "max_clicks"), "max_clicks"),
                is_enabled=_flag(columns.cell(row.cells, "is_enabled")),
                clicks_before=max(0, total - known_clicks(domain, code)),
            )
        except moments.AbsurdTime as error:
            yield Problem(place, "TIME_ABSURD", f"This link is left out, as it would begin or end wrongly: {error}.")
        except _Unreadable as error:
            yield Problem(place, error.reason, str(error))

    def _click(self, row: CsvRow) -> OriginClick | Problem:
        place, columns = f"line {row.line}", self._click_columns
        if columns.cell(row.cells, "event").lower() not in _CLICKS:
            return Problem(place, "NO_CLICK", f"This is no click, but a {columns.cell(row.cells, 'event')}.")
        try:
            domain, code = self._name(row, columns)
            time = moments.parse_click_time(columns.cell(row.cells, "time"), self._zone)
        except moments.AbsurdTime as error:
            return Problem(place, "TIME_ABSURD", f"This click is left out: {error}.")
        except _Unreadable as error:
            return Problem(place, error.reason, str(error))
        referrer = columns.cell(row.cells, "referrer")
        return OriginClick(
            place=place,
            domain=domain,
            code=code,
            time=time,
            referrer="" if referrer.lower() in _NO_REFERRER else referrer,
            user_agent=columns.cell(row.cells, "user_agent"),
            ip=columns.cell(row.cells, "ip"),
            country=country_code(columns.cell(row.cells, "country")),
            accept_language=columns.cell(row.cells, "accept_language"),
        )

    def _name(self, row: CsvRow, columns: Columns) -> tuple[str, str]:
        domain, code = split_short_url(columns.cell(row.cells, "short_url"))
        code = columns.cell(row.cells, "code") or code
        if not code:
            raise _Unreadable("ROW_INCOMPLETE", "This row has no code and no short URL with one.")
        return (columns.cell(row.cells, "domain").lower() or domain or self._domain), code

    def _time(self, text: str) -> datetime | None:
        return moments.parse_time(text, self._zone) if text else None

    def _creation_time(self, text: str) -> datetime | None:
        return moments.parse_creation_time(text, self._zone, self._clock) if text else None


def split_short_url(url: str) -> tuple[str, str]:
    """Return host name and code of a short URL with or without scheme; the code alone when it is one."""
    if "/" not in url:
        return "", url
    try:
        parts = urlsplit(url if "://" in url else f"//{url}")
    except ValueError:
        return "", ""
    return parts.netloc.rpartition("@")[2].lower(), unquote(parts.path.strip("/"))


def country_code(text: str) -> str:
    """Return the ISO 3166-1 code at the start of a code of country or region (US, us, US-TX); "" of anything else."""
    match = re.match(r"([A-Za-z]{2})(?:-|$)", text.strip())
    return match[1].upper() if match is not None else ""


def _tags(text: str) -> tuple[str, ...]:
    separator = "|" if "|" in text else ","
    return tuple(dict.fromkeys(tag for tag in (tag.strip() for tag in text.split(separator)) if tag))


def _needed(text: str, what: str) -> str:
    if not text:
        raise _Unreadable("ROW_INCOMPLETE", f"This row has no {what}.")
    return text


def _number(text: str, what: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal():
        raise _Unreadable("ROW_MALFORMED", f"{text!r} is no number of {what}.")
    return int(text)


def _flag(text: str) -> bool:
    if text.lower() not in _YES | _NO:
        raise _Unreadable("ROW_MALFORMED", f"{text!r} does not say whether the link is enabled: true or false.")
    return text.lower() in _YES
