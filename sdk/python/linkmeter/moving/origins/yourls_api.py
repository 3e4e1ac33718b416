"""YOURLS through its API: links; and each click, where the plugin for it is there that Shlink's makers offer."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from linkmeter.moving.origin import OriginClick, OriginLink, Problem
from linkmeter.moving.origins import moments
from linkmeter.moving.origins.csv_files import country_code, split_short_url
from linkmeter.moving.origins.fields import Item, OddItem
from linkmeter.moving.origins.http_api import HttpApi, Refused, object_of, rows_of
from linkmeter.moving.origins.patience import Patience
from linkmeter.moving.origins.sorting import ClickSorter, microseconds, room, temporary_database
from linkmeter.moving.origins.spool import SETTLED_AFTER

_PAGE: Final = 500
# Pages are offsets into an order that has ties and changes with each click. What one order misses, another shows.
_ORDERS: Final = ("last", "top", "bottom")


class YourlsApi:
    """YOURLS' API, called with a signature token ("Tools" in its admin pages).

    The core API tells links and the sum of clicks of each. With the plugin yourls-shlink-import-plugin it tells each
    click, too; without it, sums come as `clicks_before`. All is read once, into temporary files: links page by page,
    and clicks link by link. An SQL dump of the database is faster, and needs no plugin.
    """

    name = "yourls-api"

    def __init__(
        self,
        *,
        address: str,
        key: str,
        domain: str = "",
        time_zone: str = "UTC",
        patience: Patience | None = None,
        clock: Callable[[], datetime] = moments.now,
    ) -> None:
        """Take where YOURLS is, and who asks.

        Args:
            address: of YOURLS, to which /yourls-api.php is added.
            key: the signature token.
            domain: host name of the links, when it is not that of their short URLs.
            time_zone: zone in which YOURLS writes times: an IANA name or an offset such as +02:00.
            patience: how long to wait for a service that is busy.
            clock: tells the time, which no link is younger than.

        Raises:
            OriginError: the address, key or zone cannot be one.

        """
        self._api = HttpApi(
            "YOURLS", address, headers={}, secret=key, patience=patience or Patience(), sends_forms=True
        )
        self._key = key.strip()
        self._domain = domain.strip().lower()
        self._zone = moments.parse_zone(time_zone)
        self._clock = clock
        self._clicks = ClickSorter()
        self.identity = f"yourls-api:{self._api.address}"

    def count_links(self) -> int:
        """Return how many links there are."""
        return int(self._read.execute("SELECT count(*) FROM links").fetchone()[0])

    def count_clicks(self) -> int:
        """Return how many single clicks the plugin has told, without those that are left to the next run."""
        return int(self._read.execute("SELECT coalesce(sum(settled), 0) FROM links").fetchone()[0])

    def links(self) -> Iterator[OriginLink | Problem]:
        """Yield the links in the order of their codes, and what was missing."""
        yield from self._problems("links")
        rows = self._read.execute(
            "SELECT code, domain, destination, title, time, total, known FROM links ORDER BY code"
        )
        for code, domain, destination, title, time, total, known in rows:
            create_time = None
            try:
                create_time = moments.parse_creation_time(time, self._zone, self._clock)
            except moments.AbsurdTime as error:
                message = f"It is imported without the time at which it was made: {error}."
                yield Problem(f"link {code}", "TIME_ABSURD", message)
            yield OriginLink(
                place=f"link {code}",
                domain=domain,
                code=code,
                destination=destination,
                title=title,
                create_time=create_time,
                clicks_before=max(0, total - known),
            )

    def clicks(self) -> Iterator[OriginClick | Problem]:
        """Yield the clicks, oldest first; none without the plugin."""
        yield from self._problems("clicks")
        for _, click in self._clicks.sorted():
            yield click

    def _problems(self, kind: str) -> Iterator[Problem]:
        rows = self._read.execute("SELECT place, reason, message FROM problems WHERE kind = ? ORDER BY rowid", [kind])
        for place, reason, message in rows:
            yield Problem(place, reason, message)

    @cached_property
    def _read(self) -> sqlite3.Connection:
        """All that YOURLS tells, in temporary tables. A reading that ended in the middle is begun anew."""
        self._clicks.close()
        self._clicks = ClickSorter()
        database = temporary_database()
        database.execute(
            "CREATE TABLE links (code TEXT PRIMARY KEY, domain TEXT, destination TEXT, title TEXT, time TEXT,"
            " total INTEGER, known INTEGER DEFAULT 0, settled INTEGER DEFAULT 0) WITHOUT ROWID"
        )
        database.execute(
            "CREATE TABLE problems (kind TEXT, place TEXT, reason TEXT, message TEXT, UNIQUE (kind, place))"
        )
        with room():
            self._read_links(database)
            if self._has_plugin():
                self._read_clicks(database)
        return database

    def _read_links(self, database: sqlite3.Connection) -> None:
        stats = Item(self._ask("db-stats").get("db-stats") or {})
        expected, found = stats.number("total_links") or 0, 0
        for order in _ORDERS:
            start = 0
            while rows := self._page(order, start):
                for row in rows:
                    self._keep_link(database, row)
                start += len(rows)
            # Another order shows the same rows again, also those that cannot be read.
            (found,) = database.execute("SELECT (SELECT count(*) FROM links) + count(*) FROM problems").fetchone()
            if found >= expected:
                return
        message = f"YOURLS counts {expected} links and lists {found}. Import again, or from a dump of its database."
        _note(database, "links", Problem("all links", "LINKS_MISSING", message))

    def _page(self, order: str, start: int) -> list[Any]:
        links = self._ask("stats", filter=order, limit=_PAGE, start=start).get("links") or []
        return rows_of(self._api, list(links.values()) if isinstance(links, dict) else links, "stats")

    def _keep_link(self, database: sqlite3.Connection, row: Any) -> None:
        short_url = ""
        try:
            link = Item(row, "link")
            short_url = link.required("shorturl")
            domain, path = split_short_url(short_url)
            values = (
                path.rpartition("/")[2],  # YOURLS may be in a folder, and its codes are behind it
                self._domain or domain,
                link.required("url"),
                link.text("title"),
                link.text("timestamp"),
                link.number("clicks") or 0,
            )
        except OddItem as problem:
            _note(database, "links", problem.problem(f"link {short_url}"))
            return
        database.execute(
            "INSERT OR IGNORE INTO links (code, domain, destination, title, time, total) VALUES (?, ?, ?, ?, ?, ?)",
            values,
        )

    def _has_plugin(self) -> bool:
        """Ask for the clicks of no link: the plugin refuses that itself, YOURLS without it the question (400)."""
        try:
            self._ask("shlink-link-visits")
        except Refused as refusal:
            if refusal.status == 404:  # noqa: PLR2004
                return True
            if refusal.status == 400:  # noqa: PLR2004
                return False
            raise
        return True

    def _read_clicks(self, database: sqlite3.Connection) -> None:
        until = self._api.server_time - SETTLED_AFTER
        codes = database.execute("SELECT code, domain FROM links WHERE total > 0 ORDER BY code").fetchall()
        for code, domain in codes:
            known = settled = 0
            for number, row in enumerate(self._visits(database, code), 1):
                place = f"click {number} of {code}"
                try:
                    click = self._click(place, domain, code, Item(row, "click"))
                except OddItem as problem:
                    _note(database, "clicks", problem.problem(place))
                    continue
                known += 1
                if click.time < until:
                    self._clicks.add(microseconds(click.time), click)
                    settled += 1
            database.execute("UPDATE links SET known = ?, settled = ? WHERE code = ?", (known, settled, code))

    def _visits(self, database: sqlite3.Connection, code: str) -> list[Any]:
        try:
            answer = self._ask("shlink-link-visits", shortCode=code)
        except Refused as refusal:
            # The plugin takes the code 0 for none, and a link may have been deleted meanwhile.
            _note(database, "clicks", Problem(f"link {code}", "CLICKS_REFUSED", f"Its clicks are not told: {refusal}"))
            return []
        return rows_of(self._api, answer.get("result") or [], "shlink-link-visits")

    def _click(self, place: str, domain: str, code: str, row: Item) -> OriginClick:
        try:
            time = moments.parse_click_time(row.text("click_time"), self._zone)
        except moments.AbsurdTime as error:
            raise OddItem("TIME_ABSURD", f"This click is left out: {error}.") from error
        referrer, user_agent = row.text("referrer"), row.text("user_agent")
        return OriginClick(
            place=place,
            domain=domain,
            code=code,
            time=time,
            referrer="" if referrer == "direct" else referrer,
            user_agent="" if user_agent == "-" else user_agent,
            ip=row.text("ip_address").strip(),
            country=country_code(row.text("country_code")),
        )

    def _ask(self, action: str, **parameters: str | int) -> dict[str, Any]:
        """Return what the API answers. Raise Refused when it will not; the key is in the body, which no log holds."""
        form = {"action": action, "format": "json", "signature": self._key, **parameters}
        answer = object_of(self._api, self._api.post("/yourls-api.php", form), action)
        # Some versions answer 200 whatever happens.
        code = str(answer.get("errorCode") or "")
        if code:
            raise Refused(int(code) if code.isdecimal() else 0, f"YOURLS refuses {action}: {answer.get('message')}")
        return answer


def _note(database: sqlite3.Connection, kind: str, problem: Problem) -> None:
    values = (kind, problem.place, problem.reason, problem.message)
    database.execute("INSERT OR IGNORE INTO problems VALUES (?, ?, ?, ?)", values)
