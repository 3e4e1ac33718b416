"""Dub: links and, where the plan has them, the events of clicks, each as it was recorded."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any, Final

from linkmeter.moving.origin import OriginClick, OriginLink, Problem
from linkmeter.moving.origins.fields import Item, OddItem, password_left_behind, rules_left_behind
from linkmeter.moving.origins.http_api import HttpApi, Parameters, Refused, malformed, rows_of
from linkmeter.moving.origins.patience import Patience
from linkmeter.moving.origins.spool import SETTLED_AFTER, ClickSpool, Seen, Spooled, click_spool, seen_names

_ADDRESS: Final = "https://api.dub.co"
_LINKS_PER_PAGE: Final = 100
_FOLDERS_PER_PAGE: Final = 50
_EVENTS_PER_PAGE: Final = 1000
_EVENTS: Final = "/events"
_ALL_CLICKS: Final = {"event": "clicks", "interval": "all"}
_NOT_IN_PLAN: Final = frozenset({402, 403})
_NOT_FOUND: Final = 404
# What Dub calls a click without a referrer, and a bare domain's own link.
_DIRECT: Final = "(direct)"
_ROOT: Final = "_root"
_UNKNOWN: Final = "Unknown"


class Dub:
    """The workspace of an API key, all folders, archived links too, which lead on.

    Where the plan has events, every click comes as it was recorded, up to ten minutes ago. Dub lists them by time, but
    those of one moment in any order: a temporary file puts them in order by their ids, so that what was read once stays
    the beginning of what is read later. Where the plan has none, clicks come as sums, as clicks_before.

    Links with a password come disabled, and destinations by country or device are left behind. Dub shows no user
    agents: browsers and systems of its clicks are not known here.
    """

    name = "dub"

    def __init__(self, *, key: str, address: str = "", patience: Patience | None = None) -> None:
        """Take an API key that reads links and analytics, and the API's address, "" for Dub's own.

        Raise OriginError when one of them cannot be right.
        """
        self._api = HttpApi(
            "Dub",
            address or _ADDRESS,
            headers={"authorization": f"Bearer {key.strip()}"},
            secret=key,
            patience=patience or Patience(),
        )
        self._identity = ""

    @property
    def identity(self) -> str:
        """The address and the workspace, as its first link names it. Raise OriginError when that cannot be read."""
        if not self._identity:
            rows = self._page({"pageSize": 1, "showArchived": "true"})
            try:
                workspace = Item(rows[0]).text("workspaceId") if rows else ""
            except OddItem:
                raise malformed(self._api, "/links") from None
            self._identity = f"{self._api.address}/{workspace}".rstrip("/")
        return self._identity

    def links(self) -> Iterator[OriginLink | Problem]:
        """Yield the links. Raise OriginError when they cannot be read."""
        refusal = self._refused_events()
        if refusal:
            yield Problem(
                "events", "CLICKS_NOT_IN_PLAN", f"clicks come as sums, because the plan has no events. {refusal}"
            )
        for place, row in self._links():
            try:
                item = Item(row)
                if item.text("key") == _ROOT:
                    continue
                link = _link(place, item)
                targeting = item.flag("geo") or item.flag("ios") or item.flag("android")
            except OddItem as odd:
                yield odd.problem(place)
                continue
            yield link if refusal else replace(link, clicks_before=0)
            if item.flag("password"):
                yield password_left_behind(link, "an import from Dub")
            if targeting:
                yield rules_left_behind(link, "destinations by country or device")

    def clicks(self) -> Iterator[OriginClick | Problem]:
        """Yield the clicks, oldest first; problems come before; none where the plan has no events.

        Raise OriginError when they cannot be read.
        """
        if self._refused_events():
            return
        with click_spool() as spool, seen_names() as seen:
            yield from self._spool_events(spool, seen)
            yield from spool.oldest_first()

    def count_links(self) -> int | None:
        """Return how many links there are, archived ones too; None when the service does not say."""
        answer = self._api.get("/links/count", {"showArchived": "true"})
        return answer if isinstance(answer, int) else None

    def count_clicks(self) -> int | None:
        """Return about how many clicks there are: those of the last ten minutes are in it; 0 without events."""
        if self._refused_events():
            return 0
        try:
            return Item(self._api.get("/analytics", {**_ALL_CLICKS, "groupBy": "count"})).number("clicks")
        except OddItem:
            return None

    def _refused_events(self) -> str:
        """Return why there are no events; "" when there are."""
        try:
            self._api.get(_EVENTS, {**_ALL_CLICKS, "limit": 1, "page": 1})
        except Refused as refused:
            if refused.status not in _NOT_IN_PLAN:
                raise
            return str(refused)
        return ""

    def _links(self) -> Iterator[tuple[str, Any]]:
        """Yield the rows of all folders, each once."""
        with seen_names() as seen:
            for folder in ["", *self._folders()]:
                wanted = {"folderId": folder} if folder else {}
                for place, row in self._pages(wanted, seen):
                    yield f"links, {f'folder {folder}, ' if folder else ''}{place}", row

    def _pages(self, wanted: dict[str, str], seen: Seen) -> Iterator[tuple[str, Any]]:
        """Yield the rows of a folder, by cursor; by page where a service is too old to know cursors.

        Such a one takes no notice of the cursor, and answers its first page again.
        """
        position: dict[str, str | int] = {}
        known: set[str] = set()
        for page in count(1):
            rows = self._page({**wanted, "pageSize": _LINKS_PER_PAGE, "showArchived": "true", **position})
            ids = [str(row.get("id", "")) if isinstance(row, dict) else "" for row in rows]
            if "startingAfter" in position and not known.isdisjoint(ids):
                position = {"page": 2}
                continue
            for number, (name, row) in enumerate(zip(ids, rows, strict=True), start=1):
                if not name or seen.is_new(name):
                    yield f"page {page}, item {number}", row
            if len(rows) < _LINKS_PER_PAGE:
                return
            by_page = isinstance(position.get("page"), int)
            position = {"page": int(position["page"]) + 1} if by_page else {"startingAfter": ids[-1]}
            known = set(ids)

    def _folders(self) -> Iterator[str]:
        """Yield the ids of folders; none where the service or the key has none."""
        for page in count(1):
            try:
                rows = rows_of(self._api, self._api.get("/folders", {"page": page}), "/folders")
            except Refused as refused:
                if refused.status not in {*_NOT_IN_PLAN, _NOT_FOUND}:
                    raise
                return
            ids = [row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]
            yield from (folder for folder in ids if folder != "unsorted")
            if len(rows) < _FOLDERS_PER_PAGE:
                return

    def _page(self, wanted: dict[str, str | int]) -> list[Any]:
        return rows_of(self._api, self._api.get("/links", wanted), "/links")

    def _spool_events(self, spool: ClickSpool, seen: Seen) -> Iterator[Problem]:
        """Read the events by time, from where the last page ended.

        Each page begins with the second that the one before ended in: the order of equal times changes from call to
        call, so that the end of a page may lack some of its last moment. What comes twice is known by its id.
        """
        self.count_links()
        until = self._api.server_time - SETTLED_AFTER
        start, page = "", 1
        for call in count(1):
            since = {"start": start} if start else {"interval": "all"}
            wanted: Parameters = {
                "event": "clicks",
                "sortBy": "timestamp",
                "sortOrder": "asc",
                "order": "asc",  # the same for older services
                "limit": _EVENTS_PER_PAGE,
                "page": page,
                **since,
            }
            rows = rows_of(self._api, self._api.get(_EVENTS, wanted), _EVENTS)
            found, problems = _read_page(rows, call)
            # The same event may stand on two pages.
            yield from (problem for row, problem in problems if seen.is_new("problem", row))
            if found and found[0].click.time > found[-1].click.time:
                raise malformed(self._api, f"{_EVENTS} in another order than was asked for, or")
            fresh = [spooled for spooled in found if seen.is_new(str(spooled.tie))]
            spool.add(spooled for spooled in fresh if spooled.click.time <= until)
            last = max((spooled.click.time for spooled in found), default=None)
            if not rows or (last and last > until) or (not fresh and len(rows) < _EVENTS_PER_PAGE):
                return
            second = f"{last:%Y-%m-%dT%H:%M:%SZ}" if last else start
            # More in one second than a page has: that second is read on by page.
            start, page = (start, page + 1) if second == start else (second, 1)


def _read_page(rows: list[Any], call: int) -> tuple[list[Spooled], list[tuple[str, Problem]]]:
    """Return the clicks of a page, and the rows that could not be read, as text, with the reason."""
    found, problems = [], []
    for number, row in enumerate(rows, start=1):
        place = f"events, page {call}, item {number}"
        try:
            found.append(_click(place, Item(row)))
        except OddItem as odd:
            problems.append((repr(row), odd.problem(place)))
    return found, problems


def _link(place: str, item: Item) -> OriginLink:
    return OriginLink(
        place=place,
        domain=item.text("domain").lower(),
        code=item.required("key"),
        destination=item.required("url"),
        title=item.text("title"),
        description=item.text("comments") or item.text("description"),
        tags=item.texts("tags"),
        create_time=item.time("createdAt"),
        expire_time=item.time("expiresAt"),
        is_enabled=not item.flag("password") and not item.flag("disabledAt"),
        clicks_before=item.number("clicks") or 0,
    )


def _click(place: str, item: Item) -> Spooled:
    link, details = item.item("link"), item.item("click")
    # Older services have it all in the event itself.
    country = details.text("country") or item.text("country")
    click = OriginClick(
        place=place,
        domain=(link.text("domain") or item.text("domain")).lower(),
        code=link.text("key") or item.required("key"),
        time=item.required_time("timestamp"),
        referrer=_referrer(details.text("refererUrl") or details.text("referer") or item.text("referer")),
        ip=details.text("ip") or item.text("ip"),
        country="" if country == _UNKNOWN else country,
    )
    return Spooled(click, tie=details.text("id") or item.required("click_id"))


def _referrer(said: str) -> str:
    """Return a referrer's URL: some events have the host alone."""
    if said in {"", _DIRECT}:
        return ""
    return said if "://" in said else f"https://{said}/"
