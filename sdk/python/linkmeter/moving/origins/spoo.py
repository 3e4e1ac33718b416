"""spoo.me: links, and how often each was followed; its exports have sums only, too."""

from collections.abc import Iterator
from itertools import count
from typing import Any, Final

from linkmeter.moving.origin import OriginLink
from linkmeter.moving.origins.fields import Item, OddItem, clicks_left, host_of
from linkmeter.moving.origins.http_api import HttpApi, Parameters, malformed, object_of, rows_of
from linkmeter.moving.origins.patience import Patience
from linkmeter.moving.origins.sums_alone import SumsAlone

_ADDRESS: Final = "https://spoo.me"
_URLS: Final = "/api/v1/urls"
_PER_PAGE: Final = 100
# As of links made now; EXPIRED ones have their end in expire_after or max_clicks.
_STOPPED: Final = frozenset({"INACTIVE", "BLOCKED"})


class SpooMe(SumsAlone):
    """An account of spoo.me or of a service with its API.

    Clicks are there as sums only: they come as clicks_before. Inactive and blocked links come disabled, as do those
    with a password, which spoo.me does not give out. Of a limit of clicks there comes what is left of it.
    """

    name = "spoo"
    title = "spoo.me"
    code_field = "alias"
    protected_field = "password_set"

    def __init__(self, *, key: str, address: str = "", patience: Patience | None = None) -> None:
        """Take an API key with the scope urls:read, and the service's address, "" for spoo.me's own.

        Raise OriginError when one of them cannot be right.
        """
        self._api = HttpApi(
            "spoo.me",
            address or _ADDRESS,
            headers={"authorization": f"Bearer {key.strip()}"},
            secret=key,
            patience=patience or Patience(),
        )
        self.identity = self._api.address

    def count_links(self) -> int | None:
        """Return how many links there are."""
        try:
            return Item(self._page(1, 1)).number("total")
        except OddItem:
            raise malformed(self._api, _URLS) from None

    def _rows(self) -> Iterator[tuple[str, Any]]:
        for page in count(1):
            answer = self._page(page, _PER_PAGE)
            rows = rows_of(self._api, answer.get("items"), _URLS)
            for number, row in enumerate(rows, start=1):
                yield f"urls, page {page}, item {number}", row
            if not rows or not answer.get("hasNext"):
                return

    def _page(self, page: int, size: int) -> dict[str, Any]:
        # In this order links that are made meanwhile come last.
        wanted: Parameters = {"page": page, "pageSize": size, "sortBy": "created_at", "sortOrder": "ascending"}
        return object_of(self._api, self._api.get(_URLS, wanted), _URLS)

    def _link(self, place: str, item: Item) -> OriginLink:
        clicks = item.number("total_clicks") or 0
        left = clicks_left(item.number("max_clicks"), clicks)
        return OriginLink(
            place=place,
            domain=item.text("domain") or host_of(self._api.address),
            code=item.required("alias"),
            destination=item.required("long_url"),
            tags=item.texts("tags"),
            create_time=item.time("created_at"),
            expire_time=item.time("expire_after"),
            max_clicks=left or None,
            is_enabled=item.text("status") not in _STOPPED and not item.flag("password_set") and left != 0,
            clicks_before=clicks,
        )
