"""Rows of YOURLS' tables as links and clicks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import lru_cache

from linkmeter.moving.origin import OriginClick, OriginLink, Problem
from linkmeter.moving.origins.moments import AbsurdTime, parse_click_time, parse_creation_time
from linkmeter.moving.origins.sqldump import Row, Value
from linkmeter.moving.origins.texts import decode

# Orders of columns where the dump does not tell: today's, and that of tables made before links had titles.
LINK_ORDERS = (
    ("keyword", "url", "title", "timestamp", "ip", "clicks"),
    ("keyword", "url", "timestamp", "ip", "clicks", "title"),
)
CLICK_ORDER = ("click_id", "click_time", "shorturl", "referrer", "user_agent", "ip_address", "country_code")
LINK_COLUMNS = frozenset({"keyword", "url"})
CLICK_COLUMNS = frozenset({"click_time", "shorturl"})
_DIRECT = "direct"  # what YOURLS writes instead of no referrer
_NO_AGENT = "-"  # what YOURLS writes instead of no User-Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReader:
    """Makes links and clicks of rows.

    domain is the host name the links were served at. click_zone is that of the server, in which YOURLS writes the
    times of clicks; link_zone is that of the links' times in the dump. clock tells the time, which no link is younger
    than.
    """

    domain: str
    click_zone: tzinfo
    link_zone: tzinfo
    clock: Callable[[], datetime]

    def link(self, row: Row, columns: tuple[str, ...]) -> tuple[OriginLink | None, int, Problem | None]:
        """Return the link of a row, or None, with the sum of its clicks, and what cannot be read."""
        if len(row.values) != len(columns):
            return None, 0, _malformed(row, columns)
        values = dict(zip(columns, row.values, strict=True))
        place, code, destination = f"line {row.line}", _text(values, "keyword"), _text(values, "url")
        if not code or not destination:
            what = "code" if not code else f"destination for {code!r}"
            return None, 0, Problem(place, "ROW_INCOMPLETE", f"This link has no {what}.")
        clicks = _text(values, "clicks") or "0"
        if not clicks.isdecimal():
            return None, 0, Problem(place, "ROW_MALFORMED", f"{clicks!r} is no number of clicks for {code!r}.")
        link = OriginLink(
            place=place, domain=self.domain, code=code, destination=destination, title=_text(values, "title")
        )
        if "timestamp" not in values:
            return link, int(clicks), None
        try:
            time = parse_creation_time(_text(values, "timestamp"), self.link_zone, self.clock)
        except AbsurdTime as error:
            message = f"{code!r} is imported without the time at which it was made: {error}."
            return link, int(clicks), Problem(place, "TIME_ABSURD", message)
        return replace(link, create_time=time), int(clicks), None

    def click(self, row: Row, columns: tuple[str, ...]) -> OriginClick | Problem:
        """Return the click of a row, or why there is none."""
        if len(row.values) != len(columns):
            return _malformed(row, columns)
        number, moment, code, referrer, user_agent, ip, country = [
            "" if position is None or (value := row.values[position]) is None else decode(value)
            for position in _positions(columns)
        ]
        place = f"line {row.line}, click_id {number}" if number else f"line {row.line}"
        if not code:
            return Problem(place, "ROW_INCOMPLETE", "This click has no code.")
        try:
            time = parse_click_time(moment, self.click_zone)
        except AbsurdTime as error:
            return Problem(place, "TIME_ABSURD", f"A click of {code!r} is left out: {error}.")
        return OriginClick(
            place=place,
            domain=self.domain,
            code=code,
            time=time,
            referrer="" if referrer.lower() == _DIRECT else referrer,
            user_agent="" if user_agent == _NO_AGENT else user_agent,
            ip=ip.strip(),
            country=country.strip().upper(),
        )

    def code_of_click(self, row: Row, columns: tuple[str, ...]) -> str:
        """Return the code of a click that `click` can read; "" when it cannot."""
        if len(row.values) != len(columns):
            return ""
        _, moment, code = [
            "" if position is None or (value := row.values[position]) is None else decode(value)
            for position in _positions(columns)[:3]
        ]
        try:
            parse_click_time(moment, self.click_zone)
        except AbsurdTime:
            return ""
        return code


@lru_cache(maxsize=16)
def _positions(columns: tuple[str, ...]) -> list[int | None]:
    """Return where each of CLICK_ORDER's columns stands in a row; None where a table has none."""
    return [columns.index(name) if name in columns else None for name in CLICK_ORDER]


def guess_links_order(row: Row) -> tuple[str, ...] | None:
    """Return the order of a links' table whose columns nothing names, from where its time stands."""
    for order in LINK_ORDERS:
        if len(row.values) == len(order) and _is_time(row.values[order.index("timestamp")]):
            return order
    return None


def guess_clicks_order(row: Row) -> tuple[str, ...] | None:
    """Return the order of a clicks' table whose columns nothing names: there has only been one."""
    is_usual = len(row.values) == len(CLICK_ORDER) and _is_time(row.values[CLICK_ORDER.index("click_time")])
    return CLICK_ORDER if is_usual else None


def click_number(row: Row, columns: tuple[str, ...]) -> int | None:
    """Return a row's click_id; None when it has none that is a number."""
    if "click_id" not in columns or len(row.values) != len(columns):
        return None
    value = row.values[columns.index("click_id")]
    return int(value) if value is not None and value.isdigit() else None


def _is_time(value: Value) -> bool:
    return value is not None and len(value) >= len("2024-05-31") and value[4:5] == b"-" and value[7:8] == b"-"


def _text(values: Mapping[str, Value], column: str) -> str:
    value = values.get(column)
    return "" if value is None else decode(value)


def _malformed(row: Row, columns: tuple[str, ...]) -> Problem:
    message = f"This row has {len(row.values)} values for {len(columns)} columns ({', '.join(columns)})."
    return Problem(f"line {row.line}", "ROW_MALFORMED", message)
