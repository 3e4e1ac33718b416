"""Dub's API as its code and documentation have it: links by cursor or page, folders, events by page, plans."""

import random
from datetime import datetime
from typing import Any

from tests.support.http_product import Answer, Product, Request

KEY = "dub_0123456789"


class DubServer(Product):
    """A workspace."""

    def __init__(self) -> None:
        super().__init__()
        self.links: dict[str, Any] = {}
        self.events: list[Any] = []
        self.has_events = True
        self.knows_cursors = True
        self.folders: tuple[str, ...] = ()
        # Rows with the same time come in any order.
        self.choose = random.Random(7)

    def shorten(self, key: str, domain: str = "go.example", **fields: Any) -> None:
        """Add a link."""
        identity = f"link_{len(self.links):05}"
        self.links[identity] = {
            "id": identity,
            "domain": domain,
            "key": key,
            "url": f"https://destination.example/{key}",
            "archived": False,
            "expiresAt": None,
            "disabledAt": None,
            "password": None,
            "title": None,
            "description": None,
            "ios": None,
            "android": None,
            "geo": None,
            "tags": [],
            "folderId": None,
            "comments": None,
            "shortLink": f"https://{domain}/{key}",
            "workspaceId": "ws_mara",
            "clicks": 0,
            "createdAt": "2024-05-01T10:00:00.000Z",
            **fields,
        }

    def click(self, time: datetime, key: str, **fields: Any) -> None:
        """Record a click of a link."""
        link = next(link for link in self.links.values() if link["key"] == key)
        link["clicks"] += 1
        details = {
            "id": f"click_{len(self.events):06}",
            "country": "US",
            "city": "Ashburn",
            "device": "Desktop",
            "browser": "Chrome",
            "os": "Windows",
            "referer": "(direct)",
            "refererUrl": "(direct)",
            "qr": False,
            "ip": "",
            **fields,
        }
        written = f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03}Z"
        self.events.append({"event": "click", "timestamp": written, "click": details, "link": link})

    def answer(self, request: Request) -> Answer:
        """Answer as Dub does."""
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return _error(401, "unauthorized", "Unauthorized: Invalid API key.")
        if request.path == "/links":
            return self._links(request)
        if request.path != "/events":
            folders = [{"id": folder, "name": folder} for folder in ("unsorted", *self.folders)]
            others = {"/links/count": len(self.links), "/analytics": {"clicks": len(self.events)}, "/folders": folders}
            return Answer(others[request.path])
        if not self.has_events:
            return _error(403, "forbidden", "Unauthorized: Need higher plan.")
        # A start counts from its second on, whatever it says behind that.
        start = request.query.get("start", "")[:19]
        since = [row for row in self.events if row["timestamp"] >= start]
        rows = sorted(since, key=lambda row: (row["timestamp"], self.choose.random()))
        if request.query.get("sortOrder", "desc") == "desc":
            rows.reverse()
        return Answer(_page(rows, request, "limit", 1000))

    def _links(self, request: Request) -> Answer:
        wanted = request.query.get("folderId")
        rows = [row for row in reversed(self.links.values()) if (row or {}).get("folderId") == wanted]
        if request.query.get("showArchived") != "true":
            rows = [row for row in rows if not row["archived"]]
        after = request.query.get("startingAfter")
        if after and self.knows_cursors:
            rows = rows[next(place for place, row in enumerate(rows, start=1) if row["id"] == after) :]
        return Answer(_page(rows, request, "pageSize", 100))


def _page(rows: list[Any], request: Request, size_name: str, most: int) -> list[Any]:
    size = min(int(request.query.get(size_name, 100)), most)
    page = int(request.query.get("page", 1))
    return rows[(page - 1) * size : page * size]


def _error(status: int, code: str, message: str) -> Answer:
    return Answer({"error": {"code": code, "message": message, "doc_url": f"https://dub.co/docs/{code}"}}, status)
