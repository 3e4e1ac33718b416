"""Bitly, version 4 of its API: Bitlinks of every group, their custom back-halves, and how often each was followed."""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from linkmeter.moving.origin import OriginClick, OriginLink, Problem
from linkmeter.moving.origins.fields import Item, OddItem
from linkmeter.moving.origins.http_api import HttpApi, Refused, malformed, object_of, rows_of
from linkmeter.moving.origins.patience import Pace, Patience
from linkmeter.moving.origins.spool import seen_names

_ADDRESS: Final = "https://api-ssl.bitly.com"
_PER_PAGE: Final = 100
_NOT_IN_PLAN: Final = frozenset({402, 403})
# Lists of Bitlinks may be asked for 1,500 times an hour and 150 times a minute; sums are not rarer than that.
_CALLS_AN_HOUR: Final = 1500
_CALLS_A_MINUTE: Final = 150
# Pauses for more than an hour: what others of the account have used up of it comes back within that time.
_ATTEMPTS: Final = 24


class Bitly:
    """The account of an access token: all groups, archived Bitlinks too, which lead on.

    Clicks are there as sums only: they come as clicks_before of the Bitlink. A custom back-half becomes a link of its
    own to the same destination, without a sum: Bitly counts it with its Bitlink. Each sum is a call, of which Bitly
    allows 1,500 an hour: many links take their time.
    """

    name = "bitly"

    def __init__(self, *, key: str, address: str = "", patience: Patience | None = None) -> None:
        """Take an access token, and the API's address without /v4, "" for Bitly's own.

        Raise OriginError when one of them cannot be right.
        """
        waits = patience or Patience(attempts=_ATTEMPTS)
        self._api = HttpApi(
            "Bitly",
            address or _ADDRESS,
            headers={"authorization": f"Bearer {key.strip()}"},
            secret=key,
            patience=waits,
            paces=(Pace(_CALLS_A_MINUTE, 60, waits), Pace(_CALLS_AN_HOUR, 3600, waits)),
        )
        self._identity = ""
        self._has_sums = True

    @property
    def identity(self) -> str:
        """The address and the account, which is asked for once. Raise OriginError when that cannot be read."""
        if not self._identity:
            login = self._object("/v4/user").get("login")
            if not login or not isinstance(login, str):
                raise malformed(self._api, "/v4/user")
            self._identity = f"{self._api.address}/{login}"
        return self._identity

    def links(self) -> Iterator[OriginLink | Problem]:
        """Yield Bitlinks and custom back-halves, newest first in each group. Raise OriginError when it cannot be."""
        self._has_sums = True
        with seen_names() as seen:
            for place, row in self._rows():
                try:
                    item = Item(row)
                    # One that is in several groups is still one.
                    if item.flag("is_deleted") or not seen.is_new(item.text("id")):
                        continue
                    if self._has_sums:
                        clicks, problem = self._clicks_of(place, item)
                        if problem:
                            yield problem
                    else:
                        clicks = 0
                    link = _link(place, item, clicks)
                except OddItem as odd:
                    yield odd.problem(place)
                    continue
                yield link
                yield from _back_halves(link, item)

    def clicks(self) -> Iterator[OriginClick | Problem]:
        """Yield nothing: Bitly tells sums only."""
        yield from ()

    def count_links(self) -> int | None:
        """Return None: Bitly does not say."""
        return None

    def count_clicks(self) -> int | None:
        """Return 0: Bitly tells sums only."""
        return 0

    def _rows(self) -> Iterator[tuple[str, Any]]:
        groups = rows_of(self._api, self._object("/v4/groups").get("groups"), "/v4/groups")
        for group in groups:
            try:
                guid = Item(group, "group").required("guid")
            except OddItem:
                raise malformed(self._api, "/v4/groups") from None
            yield from self._rows_of(guid)

    def _rows_of(self, guid: str) -> Iterator[tuple[str, Any]]:
        path = f"/v4/groups/{quote(guid, safe='')}/bitlinks"
        position: dict[str, str] = {}
        page = 0
        while True:
            page += 1
            answer = self._object(path, {"size": str(_PER_PAGE), "archived": "both", **position})
            rows = rows_of(self._api, answer.get("links"), path)
            for number, row in enumerate(rows, start=1):
                yield f"group {guid}, page {page}, item {number}", row
            following = _following(answer.get("pagination"))
            if not rows or not following or following == position:
                return
            position = following

    def _clicks_of(self, place: str, item: Item) -> tuple[int, Problem | None]:
        bitlink = quote(item.required("id"), safe="")
        path = f"/v4/bitlinks/{bitlink}/clicks/summary"
        try:
            answer = self._object(path, {"unit": "month", "units": "-1"})
        except Refused as refused:
            if refused.status not in _NOT_IN_PLAN:
                return 0, Problem(place, "SUM_UNKNOWN", f"how often it was followed is not known. {refused}")
            self._has_sums = False
            return 0, Problem(
                place,
                "SUMS_NOT_IN_PLAN",
                f"links come without what Bitly counted, which the plan leaves out. {refused}",
            )
        return Item(answer).number("total_clicks") or 0, None

    def _object(self, path: str, parameters: dict[str, str] | None = None) -> dict[str, Any]:
        return object_of(self._api, self._api.get(path, parameters), path)


def _following(pagination: Any) -> dict[str, str]:
    """Return the parameters of the next page; none after the last one.

    Bitly gives a whole URL. Only its parameters are taken, so that the token goes nowhere else.
    """
    try:
        known = Item(pagination or {}, "pagination")
        following, after = known.text("next"), known.text("search_after")
    except OddItem:
        return {}
    given = {name: values[-1] for name, values in parse_qs(urlsplit(following).query).items()}
    named: dict[str, str] = {name: given[name] for name in ("search_after", "page") if name in given}
    return named or ({"search_after": after} if after else {})


def _link(place: str, item: Item, clicks: int) -> OriginLink:
    domain, _, code = item.required("id").partition("/")
    if not code:
        raise OddItem("ROW_INCOMPLETE", "id has no part behind the domain")
    return OriginLink(
        place=place,
        domain=domain.lower(),
        code=code,
        destination=item.required("long_url"),
        title=item.text("title"),
        tags=item.texts("tags"),
        create_time=item.time("created_at"),
        clicks_before=clicks,
    )


def _back_halves(link: OriginLink, item: Item) -> Iterator[OriginLink | Problem]:
    try:
        addresses = item.texts("custom_bitlinks")
    except OddItem as odd:
        yield odd.problem(link.place)
        return
    for address in addresses:
        domain, _, code = address.partition("://")[2].partition("/")
        if not domain or not code:
            yield Problem(link.place, "ROW_INCOMPLETE", f"its custom back-half {address!r} is no short URL")
        elif (domain.lower(), code) != (link.domain, link.code):
            yield OriginLink(
                place=link.place,
                domain=domain.lower(),
                code=code,
                destination=link.destination,
                title=link.title,
                tags=link.tags,
                create_time=link.create_time,
            )
