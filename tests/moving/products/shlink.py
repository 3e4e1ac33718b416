"""Shlink's REST API as its documentation and code have it: paging, order, bounds, errors."""

import math
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

from tests.support.http_product import Answer, Product, Request

KEY = "0f0b1d2c-shlink-key"
HOST = "s.example"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0"


class ShlinkServer(Product):
    """Short URLs, and visits in the order in which they were recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.short_urls: dict[tuple[str, str], dict[str, Any]] = {}
        self.visits: dict[tuple[str, str], list[Any]] = {}

    def shorten(self, code: str, domain: str = "", **fields: Any) -> None:
        """Add a short URL; without a domain it is in the default one."""
        self.short_urls[domain, code] = {
            "shortCode": code,
            "shortUrl": f"https://{domain or HOST}/{code}",
            "longUrl": f"https://destination.example/{code}",
            "dateCreated": "2024-05-02T17:49:53+02:00",
            "tags": [],
            "meta": {"validSince": None, "validUntil": None, "maxVisits": None},
            "domain": domain or None,
            "title": None,
            "crawlable": False,
            "forwardQuery": True,
            "hasRedirectRules": False,
            **fields,
        }
        self.visits.setdefault((domain, code), [])

    def visit(self, time: datetime, code: str, domain: str = "", **fields: Any) -> None:
        """Record a visit; Shlink keeps whole seconds, and shows them with its own offset."""
        shown = time.replace(microsecond=0).astimezone(datetime.fromisoformat("2024-01-01T00:00:00+02:00").tzinfo)
        self.visits[domain, code].append(
            {
                "referer": "",
                "date": shown.isoformat(),
                "userAgent": FIREFOX,
                "visitLocation": None,
                "potentialBot": False,
                "visitedUrl": None,
                **fields,
            }
        )

    def answer(self, request: Request) -> Answer:
        """Answer as Shlink does."""
        if request.headers.get("x-api-key") != KEY:
            return _error(401, "Invalid API key", "Provided API key does not exist or is invalid.")
        path = unquote(request.path).removeprefix("/rest/v3/")
        if path == "visits":
            total = sum(map(len, self.visits.values()))
            counts = {"total": total, "nonBots": total, "bots": 0}
            return Answer({"visits": {"nonOrphanVisits": counts, "orphanVisits": {"total": 7}}})
        if path == "short-urls":
            return Answer({"shortUrls": _page(self._listed(request), request, 10)})
        code = path.removeprefix("short-urls/").removesuffix("/visits")
        found = self.visits.get((request.query.get("domain", ""), code))
        if found is None:
            return _error(404, "Short URL not found", f"No URL found with short code {code}")
        return Answer({"visits": _page(_until(found, request.query.get("endDate")), request, 0)})

    def _listed(self, request: Request) -> list[dict[str, Any]]:
        by_code = request.query.get("orderBy") == "shortCode-ASC"
        rows = sorted(self.short_urls.items(), key=lambda item: item[0][1] if by_code else item[1]["dateCreated"])
        return [{**row, "visitsSummary": _summary(len(self.visits[key]))} for key, row in rows]


def _until(visits: list[dict[str, Any]], end: str | None) -> list[dict[str, Any]]:
    newest_first = visits[::-1]
    if end is None:
        return newest_first
    bound = datetime.fromisoformat(end)
    return [visit for visit in newest_first if datetime.fromisoformat(visit["date"]) <= bound]


def _page(rows: list[dict[str, Any]], request: Request, default_size: int) -> dict[str, Any]:
    size = int(request.query.get("itemsPerPage", default_size)) or len(rows) or 1
    number = int(request.query.get("page", 1))
    shown = rows[(number - 1) * size : number * size]
    return {
        "data": shown,
        "pagination": {
            "currentPage": number,
            "pagesCount": math.ceil(len(rows) / size),
            "itemsPerPage": size,
            "itemsInCurrentPage": len(shown),
            "totalItems": len(rows),
        },
    }


def _summary(total: int) -> dict[str, int]:
    return {"total": total, "nonBots": total, "bots": 0}


def _error(status: int, title: str, detail: str) -> Answer:
    body = {"type": "https://shlink.io/api/error/x", "title": title, "detail": detail, "status": status}
    return Answer(body, status, {"content-type": "application/problem+json"})


def busy_server(links: int = 3, visits: int = 40) -> ShlinkServer:
    """Return a server with short URLs in two domains, whose visits are mixed in time, some in the same second."""
    server = ShlinkServer()
    for number in range(links):
        server.shorten(f"code{number}", "two.example" if number % 2 else "")
    for number in range(visits):
        which = number % links
        time = server.now - timedelta(days=30) + timedelta(seconds=number // 2)
        server.visit(time, f"code{which}", "two.example" if which % 2 else "", referer=f"https://news.example/{number}")
    return server
