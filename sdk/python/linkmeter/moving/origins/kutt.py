"""Kutt: links, and how often each was followed; Kutt keeps no single visits that could be read."""

from collections.abc import Iterator
from typing import Any, Final

from linkmeter.moving.origin import OriginLink
from linkmeter.moving.origins.fields import Item, OddItem, host_of
from linkmeter.moving.origins.http_api import HttpApi, object_of, rows_of
from linkmeter.moving.origins.patience import Patience
from linkmeter.moving.origins.sums_alone import SumsAlone

_LINKS: Final = "/api/v2/links"
# More than 50 are 50.
_PER_PAGE: Final = 50


class Kutt(SumsAlone):
    """A Kutt server: the links of the key's user.

    Visits are there as sums only: they come as clicks_before. A banned link comes disabled, as does one with a
    password, which Kutt does not give out.
    """

    name = "kutt"
    title = "Kutt"
    code_field = "address"
    protected_field = "password"

    def __init__(self, *, address: str, key: str, patience: Patience | None = None) -> None:
        """Take the server's address and an API key. Raise OriginError when one of them cannot be right."""
        self._api = HttpApi(
            "Kutt", address, headers={"x-api-key": key.strip()}, secret=key, patience=patience or Patience()
        )
        self.identity = self._api.address

    def count_links(self) -> int | None:
        """Return how many links there are."""
        return self._page(skip=0, limit=1)[1]

    def _rows(self) -> Iterator[tuple[str, Any]]:
        skip = 0
        while True:
            rows, total = self._page(skip=skip, limit=_PER_PAGE)
            for number, row in enumerate(rows, start=skip + 1):
                yield f"links, item {number}", row
            skip += len(rows)
            if not rows or skip >= total:
                return

    def _page(self, *, skip: int, limit: int) -> tuple[list[Any], int]:
        answer = object_of(self._api, self._api.get(_LINKS, {"limit": limit, "skip": skip}), _LINKS)
        try:
            return rows_of(self._api, answer.get("data"), _LINKS), Item(answer).number("total") or 0
        except OddItem:
            return rows_of(self._api, answer.get("data"), _LINKS), 0

    def _link(self, place: str, item: Item) -> OriginLink:
        return OriginLink(
            place=place,
            domain=item.text("domain") or host_of(item.text("link")) or host_of(self._api.address),
            code=item.required("address"),
            destination=item.required("target"),
            description=item.text("description"),
            create_time=item.time("created_at"),
            expire_time=item.time("expire_in"),
            is_enabled=not item.flag("banned") and not item.flag("password"),
            clicks_before=item.number("visit_count") or 0,
        )
