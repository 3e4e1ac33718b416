"""Kutt's API as its code has it: newest first, at most 50 a page, errors as {"error"}."""

from typing import Any
from uuid import uuid4

from tests.support.http_product import Answer, Product, Request

KEY = "kutt-key"


class KuttServer(Product):
    """Links of one user."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[Any] = []

    def shorten(self, address: str, **fields: Any) -> None:
        """Add a link."""
        self.links.append(
            {
                "id": str(uuid4()),
                "address": address,
                "banned": False,
                "created_at": "2024-01-05T10:20:30.000Z",
                "updated_at": "2024-01-05T10:20:30.000Z",
                "password": False,
                "description": None,
                "expire_in": None,
                "target": f"https://destination.example/{address}",
                "visit_count": 0,
                "domain": None,
                "link": f"https://kutt.example/{address}",
                **fields,
            }
        )

    def answer(self, request: Request) -> Answer:
        """Answer as Kutt does."""
        if request.headers.get("x-api-key") != KEY:
            return Answer({"error": "Unauthorized."}, 401)
        limit = min(int(request.query.get("limit", 10)), 50)
        skip = int(request.query.get("skip", 0))
        rows = self.links[::-1][skip : skip + limit]
        return Answer({"total": len(self.links), "limit": limit, "skip": skip, "data": rows})
