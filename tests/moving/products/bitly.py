"""Bitly's API, version 4: groups, Bitlinks by cursor, sums of clicks, limits of plans."""

from typing import Any
from urllib.parse import unquote

from tests.support.http_product import Answer, Product, Request

KEY = "0123456789abcdef0123456789abcdef01234567"
API = "https://api-ssl.bitly.com/v4"


class BitlyServer(Product):
    """Two groups of one account."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: dict[str, list[Any]] = {"Bfirst": [], "Bsecond": []}
        self.clicks: dict[str, int] = {}
        self.has_sums = True

    def shorten(self, bitlink: str, group: str = "Bfirst", clicks: int = 0, **fields: Any) -> None:
        """Add a Bitlink."""
        self.clicks[bitlink] = clicks
        self.groups[group].append(
            {
                "created_at": "2022-10-24T10:40:37+0000",
                "id": bitlink,
                "link": f"https://{bitlink}",
                "custom_bitlinks": [],
                "long_url": f"https://destination.example/{bitlink.partition('/')[2]}",
                "archived": False,
                "tags": [],
                "deeplinks": [],
                "references": {"group": f"{API}/groups/{group}"},
                **fields,
            }
        )

    def answer(self, request: Request) -> Answer:
        """Answer as Bitly does."""
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return Answer({"message": "FORBIDDEN"}, 403)
        parts = request.path.split("/")[2:]
        if parts == ["user"]:
            return Answer({"login": "mara", "is_active": True, "default_group_guid": "Bfirst"})
        if parts == ["groups"]:
            return Answer({"groups": [{"guid": guid, "name": guid, "is_active": True} for guid in self.groups]})
        if parts[0] == "groups":
            return self._bitlinks(parts[1], request)
        return self._sum(unquote(parts[1]), request)

    def _sum(self, bitlink: str, request: Request) -> Answer:
        if not self.has_sums:
            return Answer({"message": "UPGRADE_REQUIRED", "description": "Upgrade to see clicks"}, 402)
        if bitlink not in self.clicks:
            return Answer({"message": "NOT_FOUND"}, 404)
        sums = {"unit_reference": "2026-03-01T12:00:00+0000", "unit": request.query["unit"], "units": -1}
        return Answer({**sums, "total_clicks": self.clicks[bitlink]})

    def _bitlinks(self, guid: str, request: Request) -> Answer:
        size = min(int(request.query.get("size", 50)), 100)
        newest_first = self.groups[guid][::-1]
        if request.query.get("archived", "off") == "off":
            newest_first = [row for row in newest_first if not row["archived"]]
        after = request.query.get("search_after", "")
        ids = [row["id"] if row else "" for row in newest_first]
        start = ids.index(after) + 1 if after else 0
        rows = newest_first[start : start + size]
        cursor = ids[start + size - 1] if start + size < len(newest_first) else ""
        # The host is Bitly's own, as it is written there, wherever this is served.
        following = f"{API}/groups/{guid}/bitlinks?search_after={cursor}&size={size}" if cursor else ""
        return Answer({"links": rows, "pagination": {"next": following, "size": size, "search_after": cursor}})
