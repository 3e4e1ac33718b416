"""Shlink: short URLs and every visit, through its REST API of version 3 (Shlink 3.3 or newer)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from linkmeter.moving.origin import OriginClick, OriginLink, Problem
from linkmeter.moving.origins.fields import Item, OddItem, clicks_left, host_of, rules_left_behind
from linkmeter.moving.origins.http_api import HttpApi, Parameters, Refused, object_of, rows_of
from linkmeter.moving.origins.patience import Patience
from linkmeter.moving.origins.spool import SETTLED_AFTER, ClickSpool, Seen, Spooled, click_spool, seen_names

_REST: Final = "/rest/v3"
_LINKS_PER_PAGE: Final = 200
_VISITS_PER_PAGE: Final = 1000
_NOT_FOUND: Final = 404


class Shlink:
    """A Shlink server. Visits that found no short URL are not read.

    Shlink lists the visits of one short URL at a time, newest first. They are read up to ten minutes ago, which new
    visits do not change, into a temporary file, and come from there by time. So what was read once stays the
    beginning of what is read later. It never shows addresses: the country is what Shlink found.
    """

    name = "shlink"

    def __init__(self, *, address: str, key: str, patience: Patience | None = None) -> None:
        """Take the server's address, with its base path if it has one, and an API key.

        Raise OriginError when one of them cannot be right.
        """
        self._api = HttpApi(
            "Shlink", address, headers={"x-api-key": key.strip()}, secret=key, patience=patience or Patience()
        )
        self.identity = self._api.address

    def links(self) -> Iterator[OriginLink | Problem]:
        """Yield the short URLs by code. Raise OriginError when the server cannot be read."""
        for place, row in self._short_urls():
            try:
                link, has_rules = self._link(place, row)
            except OddItem as odd:
                yield odd.problem(place)
                continue
            yield link
            if has_rules:
                yield rules_left_behind(link, "rules for devices and languages")

    def clicks(self) -> Iterator[OriginClick | Problem]:
        """Yield the visits, oldest first; problems come before. Raise OriginError when the server cannot be read."""
        with click_spool() as spool:
            self.count_links()
            until = self._api.server_time - SETTLED_AFTER
            for place, row in self._short_urls():
                try:
                    link, _ = self._link(place, row)
                    has_visits = _visits_of(Item(row)) > 0
                except OddItem:
                    continue  # links() has said so
                if has_visits:
                    yield from self._spool_visits(spool, link, Item(row).text("domain"), until)
            yield from spool.oldest_first()

    def count_links(self) -> int | None:
        """Return how many short URLs there are."""
        _, pagination = self._page("short-urls", "shortUrls", {"page": 1, "itemsPerPage": 1})
        return pagination.number("totalItems")

    def count_clicks(self) -> int | None:
        """Return how many visits found a short URL; None when the server is too old to say."""
        try:
            visits = Item(self._api.get(f"{_REST}/visits")).item("visits")
            return visits.item("nonOrphanVisits").number("total") or visits.number("visitsCount")
        except OddItem:
            return None

    def _short_urls(self) -> Iterator[tuple[str, Any]]:
        """Yield the short URLs as they came, each once. Their order, by code, lets a new one shift others only."""
        with seen_names() as seen:
            page = pages = 1
            while page <= pages:
                rows, pagination = self._page(
                    "short-urls",
                    "shortUrls",
                    {"page": page, "itemsPerPage": _LINKS_PER_PAGE, "orderBy": "shortCode-ASC"},
                )
                for number, row in enumerate(rows, start=1):
                    if _is_new(seen, row):
                        yield f"short-urls, page {page}, item {number}", row
                pages = (pagination.number("pagesCount") or 0) if rows else 0
                page += 1

    def _spool_visits(self, spool: ClickSpool, link: OriginLink, domain: str, until: datetime) -> Iterator[Problem]:
        """Read the visits of a short URL; domain is as Shlink names it, "" for its default one."""
        # Codes with slashes are written as such in Shlink's paths.
        path = f"short-urls/{quote(link.code, safe='/')}/visits"
        wanted: dict[str, str | int] = {"itemsPerPage": _VISITS_PER_PAGE, "endDate": f"{until:%Y-%m-%dT%H:%M:%SZ}"}
        if domain:
            wanted["domain"] = domain
        page = pages = 1
        while page <= pages:
            try:
                rows, pagination = self._page(path, "visits", {**wanted, "page": page})
            except Refused as refused:
                if refused.status != _NOT_FOUND:
                    raise
                yield Problem(link.place, "LINK_GONE", f"{link.domain}/{link.code} was deleted while it was read")
                return
            newest = (pagination.number("totalItems") or 0) - (page - 1) * _VISITS_PER_PAGE
            found = []
            for number, row in enumerate(rows):
                place = f"{path}, page {page}, item {number + 1}"
                try:
                    # Counted from the oldest: new visits do not change it.
                    found.append(Spooled(_click(place, link, Item(row)), tie=newest - number))
                except OddItem as odd:
                    yield odd.problem(place)
            spool.add(found)
            pages = (pagination.number("pagesCount") or 0) if rows else 0
            page += 1

    def _page(self, path: str, name: str, parameters: Parameters) -> tuple[list[Any], Item]:
        answer = object_of(self._api, self._api.get(f"{_REST}/{path}", parameters), path)
        content = object_of(self._api, answer.get(name), path)
        return (
            rows_of(self._api, content.get("data"), path),
            Item(object_of(self._api, content.get("pagination"), path)),
        )

    def _link(self, place: str, row: Any) -> tuple[OriginLink, bool]:
        item = Item(row)
        meta = item.item("meta")
        left = clicks_left(meta.number("maxVisits"), _visits_of(item))
        link = OriginLink(
            place=place,
            domain=item.text("domain") or host_of(item.text("shortUrl")) or host_of(self._api.address),
            code=item.required("shortCode"),
            destination=item.required("longUrl"),
            title=item.text("title"),
            tags=item.texts("tags"),
            create_time=item.time("dateCreated"),
            start_time=meta.time("validSince"),
            expire_time=meta.time("validUntil"),
            max_clicks=left or None,
            is_enabled=left != 0,
        )
        return link, item.flag("hasRedirectRules")


def _is_new(seen: Seen, row: Any) -> bool:
    try:
        item = Item(row)
        return seen.is_new(item.text("domain"), item.text("shortCode"))
    except OddItem:
        return True


def _visits_of(item: Item) -> int:
    # visitsCount is what it was called before Shlink 3.4.
    return item.item("visitsSummary").number("total") or item.number("visitsCount") or 0


def _click(place: str, link: OriginLink, item: Item) -> OriginClick:
    return OriginClick(
        place=place,
        domain=link.domain,
        code=link.code,
        time=item.required_time("date"),
        referrer=item.text("referer"),
        user_agent=item.text("userAgent"),
        country=item.item("visitLocation").text("countryCode"),
    )
