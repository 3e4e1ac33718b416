"""Short.io: a domain's links and its clickstream, each click as it was recorded."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from linkmeter.moving.origin import OriginClick, OriginError, OriginLink, Problem
from linkmeter.moving.origins.fields import Item, OddItem, password_left_behind
from linkmeter.moving.origins.http_api import HttpApi, Parameters, malformed, object_of, rows_of
from linkmeter.moving.origins.patience import Patience
from linkmeter.moving.origins.spool import SETTLED_AFTER, ClickSpool, Spooled, click_spool, seen_names

_ADDRESS: Final = "https://api.short.io"
_STATISTICS_ADDRESS: Final = "https://statistics.short.io"
_LINKS_PER_PAGE: Final = 150
_CLICKS_PER_PAGE: Final = 1000
# The clickstream tells times to the millisecond.
_MOMENT: Final = timedelta(milliseconds=1)
# Visits that found no link are in the clickstream, too.
_FOUND_NOTHING: Final = 400


class ShortIo:
    """One domain of a Short.io account, or of a service with its API. An import is of one domain.

    The clickstream is newest first. It is read from ten minutes ago backwards into a temporary file, and comes from
    there by time, so that what was read once stays the beginning of what is read later. Links with a password come
    disabled, because Short.io does not give it out. The clickstream needs a plan that has it.
    """

    name = "shortio"

    def __init__(self, *, key: str, domain: str = "", address: str = "", patience: Patience | None = None) -> None:
        """Take a secret key, the domain to import, and the API's address. Raise OriginError when one cannot be right.

        Without a domain it is the account's only one; without an address Short.io's own.
        """
        waits = patience or Patience()
        headers = {"authorization": key.strip()}
        self._api = HttpApi("Short.io", address or _ADDRESS, headers=headers, secret=key, patience=waits)
        # Who serves the API elsewhere serves all of it at one address.
        statistics = _STATISTICS_ADDRESS if self._api.address == _ADDRESS else address
        self._statistics = HttpApi("Short.io", statistics, headers=headers, secret=key, patience=waits)
        self._wanted = domain.strip().lower()
        self._found: tuple[int, str] | None = None

    @property
    def identity(self) -> str:
        """The API's address and the domain. Raise OriginError when the domain is not to be found."""
        return f"{self._api.address}/{self._domain()[1]}"

    def links(self) -> Iterator[OriginLink | Problem]:
        """Yield the domain's links. Raise OriginError when they cannot be read."""
        _, host = self._domain()
        with seen_names() as seen:
            for place, row in self._rows():
                try:
                    item = Item(row)
                    # The page of the bare domain has no path: it is no short link.
                    if item.text("path") in {"", "/"} or not seen.is_new(item.text("path")):
                        continue
                    link = _link(place, host, item)
                except OddItem as odd:
                    yield odd.problem(place)
                    continue
                yield link
                if item.flag("hasPassword") or item.flag("password"):
                    yield password_left_behind(link, "Short.io")

    def clicks(self) -> Iterator[OriginClick | Problem]:
        """Yield the domain's clicks, oldest first; problems come before. Raise OriginError when it cannot be read."""
        domain_id, host = self._domain()
        with click_spool() as spool:
            self.count_links()
            yield from self._spool_clicks(spool, domain_id, host, self._api.server_time - SETTLED_AFTER)
            yield from spool.oldest_first()

    def count_links(self) -> int | None:
        """Return how many links the domain has."""
        try:
            return Item(self._page("", limit=1)).number("count")
        except OddItem:
            return None

    def count_clicks(self) -> int | None:
        """Return about how many clicks there are: those of the last ten minutes, and visits in vain, are in it."""
        domain_id, _ = self._domain()
        path = f"/statistics/domain/{domain_id}"
        try:
            return Item(self._statistics.get(path, {"period": "total"})).number("clicks")
        except OddItem:
            return None

    def _domain(self) -> tuple[int, str]:
        """Return the domain's id and host name, which are asked for once."""
        if self._found is None:
            self._found = self._find_domain()
        return self._found

    def _find_domain(self) -> tuple[int, str]:
        where = "/api/domains"
        domains: dict[str, int] = {}
        try:
            for row in rows_of(self._api, self._api.get(where), where):
                item = Item(row, "domain")
                domains[item.required("hostname").lower()] = item.number("id") or 0
        except OddItem:
            raise malformed(self._api, where) from None
        known = ", ".join(sorted(domains)) or "none"
        if not self._wanted and len(domains) != 1:
            raise OriginError(f"name the domain to import: the Short.io account has {known}")
        host = self._wanted or next(iter(domains))
        if host not in domains:
            raise OriginError(f"the Short.io account has no domain {host}: it has {known}")
        return domains[host], host

    def _rows(self) -> Iterator[tuple[str, Any]]:
        token, page = "", 0
        while True:
            page += 1
            answer = self._page(token, limit=_LINKS_PER_PAGE)
            rows = rows_of(self._api, answer.get("links"), "/api/links")
            for number, row in enumerate(rows, start=1):
                yield f"links, page {page}, item {number}", row
            following = answer.get("nextPageToken")
            if not rows or not following or following == token:
                return
            token = str(following)

    def _page(self, token: str, *, limit: int) -> dict[str, Any]:
        wanted: dict[str, str | int] = {"domain_id": self._domain()[0], "limit": limit}
        if token:
            wanted["pageToken"] = token
        return object_of(self._api, self._api.get("/api/links", wanted), "/api/links")

    def _spool_clicks(self, spool: ClickSpool, domain_id: int, host: str, until: datetime) -> Iterator[Problem]:
        """Read the clickstream backwards.

        A page ends with the clicks of some millisecond, of which there may be more on the next one. So these are left
        to the next page, which begins with that very millisecond.
        """
        path = f"/statistics/domain/{domain_id}/last_clicks"
        before = until
        page = 0
        while True:
            page += 1
            # Without a period: "total" would make it take no notice of beforeDate.
            wanted: Parameters = {"limit": _CLICKS_PER_PAGE, "beforeDate": _written(before)}
            rows = rows_of(self._statistics, self._statistics.post(path, wanted), path)
            read, problems = _read_page(rows, host, page)
            yield from problems
            # Whether the bound itself is still in it is not documented: what was read is not taken again.
            found = [spooled for spooled in read if spooled.click.time < before]
            if len(rows) < _CLICKS_PER_PAGE:
                spool.add(spooled for spooled in found if spooled.click.code)
                return
            if not found:
                raise OriginError(f"Short.io shows no clicks before {_written(before)}, and does not say it has none")
            oldest = min(spooled.click.time for spooled in found)
            if all(spooled.click.time == oldest for spooled in found):
                yield Problem(
                    f"clickstream, page {page}",
                    "CLICKS_SHARE_A_MOMENT",
                    f"there may be more than these {len(found)} clicks at {_written(oldest)}: more cannot be asked for",
                )
                before = oldest
            else:
                found = [spooled for spooled in found if spooled.click.time != oldest]
                before = oldest + _MOMENT
            spool.add(spooled for spooled in found if spooled.click.code)


def _read_page(rows: list[Any], host: str, page: int) -> tuple[list[Spooled], list[Problem]]:
    """Return the visits of a page, with an empty code those that found no link, and what could not be read."""
    found, problems = [], []
    for number, row in enumerate(rows, start=1):
        place = f"clickstream, page {page}, item {number}"
        try:
            found.append(_click(place, host, Item(row)))
        except OddItem as odd:
            problems.append(odd.problem(place))
    return found, problems


def _click(place: str, host: str, item: Item) -> Spooled:
    has_link = (item.number("st") or 0) < _FOUND_NOTHING
    click = OriginClick(
        place=place,
        domain=host,
        code=item.text("path").removeprefix("/") if has_link else "",
        time=item.required_time("dt"),
        referrer=item.text("ref"),
        user_agent=item.text("ua"),
        ip=item.text("ip"),
    )
    # Clicks of one millisecond come in no order that is promised: what they say puts them into one.
    return Spooled(click, tie=f"{click.ip}\0{click.user_agent}\0{click.referrer}")


def _link(place: str, host: str, item: Item) -> OriginLink:
    return OriginLink(
        place=place,
        domain=host,
        code=item.text("path").removeprefix("/"),
        destination=item.required("originalURL"),
        title=item.text("title"),
        tags=item.texts("tags"),
        create_time=item.time("createdAt"),
        expire_time=item.time("expiresAt"),
        max_clicks=item.number("clicksLimit") or None,
        is_enabled=not item.flag("hasPassword") and not item.flag("password"),
    )


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
