"""YOURLS' API as version 1.9 answers, with or without the plugin that tells clicks."""

from dataclasses import dataclass, field
from typing import Any

from tests.support.http_product import Answer, Product, Request

KEY = "1002a612b4"
SITE = "http://s.example"


@dataclass(slots=True)
class Row:
    """A link, and its clicks as rows of the log."""

    code: str
    url: str
    title: str | None = ""
    time: str = "2024-01-01 10:00:00"
    clicks: int = 0
    visits: list[dict[str, str]] = field(default_factory=list)


class YourlsServer(Product):
    """Answers /yourls-api.php. Numbers are strings, as PHP's database driver gives them."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.has_plugin = True
        self.hidden: set[tuple[str, str]] = set()  # order and code: what pages of that order miss

    def shorten(self, code: str, *times: str, unlogged: int = 0, **changes: Any) -> Row:
        """Add a link that was clicked at these times, and so often before anything was logged."""
        visits = [
            {
                "click_time": time,
                "referrer": "direct",
                "user_agent": "curl/8.8.0",
                "ip_address": "192.0.2.1",
                "country_code": "DE",
            }
            for time in times
        ]
        row = Row(code, f"https://www.example.com/{code}", clicks=len(times) + unlogged, visits=visits, **changes)
        self.rows.append(row)
        return row

    def answer(self, request: Request) -> Answer:
        """Answer an action."""
        form = request.body if isinstance(request.body, dict) else {}
        if request.path != "/yourls-api.php" or request.method != "POST" or request.query:
            return Answer(b"<h1>404</h1>", 404)
        if form.get("signature") != KEY:
            return Answer({"message": "Please log in", "errorCode": "403", "callback": ""}, 403)
        match form["action"]:
            case "db-stats":
                stats = {"total_links": str(len(self.rows)), "total_clicks": str(sum(row.clicks for row in self.rows))}
                return Answer({"db-stats": stats, "statusCode": "200", "message": "success"})
            case "stats":
                return self._stats(form["filter"], int(form["start"]), int(form["limit"]))
            case "shlink-link-visits" if self.has_plugin:
                return self._visits(form.get("shortCode", ""))
        return Answer({"errorCode": "400", "message": 'Unknown or missing "action" parameter'}, 400)

    def _stats(self, order: str, start: int, limit: int) -> Answer:
        rows = [row for row in self.rows if (order, row.code) not in self.hidden][start : start + limit]
        links = {
            f"link_{number}": {
                "shorturl": f"{SITE}/{row.code}",
                "url": row.url,
                "title": row.title,
                "timestamp": row.time,
                "ip": "192.0.2.9",
                "clicks": str(row.clicks),
            }
            for number, row in enumerate(rows, 1)
        }
        rest = {"stats": {"total_links": str(len(self.rows))}, "statusCode": "200", "message": "success"}
        return Answer({"links": links, **rest} if links else rest)

    def _visits(self, code: str) -> Answer:
        if code in {"", "0"}:  # PHP's empty()
            return Answer({"errorCode": 404, "message": "Error: short code not provided"}, 404)
        visits = next((row.visits for row in self.rows if row.code == code), [])
        return Answer({"statusCode": 200, "message": "success", "result": visits})
