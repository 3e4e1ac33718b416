"""What Short.io does not document about its clickstream's bounds."""

from datetime import timedelta
from itertools import groupby
from typing import Any

import pytest

from linkmeter.moving.origin import OriginClick, OriginError
from linkmeter.moving.origins import shortio
from linkmeter.moving.origins.shortio import ShortIo
from tests.support.http_product import Answer, Product, Request, serving

KEY = "sk_key"


class Clickstream(Product):
    """A domain of a hundred clicks, three at each moment. Whether the bound is in it, or counts at all, is set."""

    def __init__(self, bound: str) -> None:
        super().__init__()
        self.bound = bound
        start = self.now - timedelta(days=1)
        times = [start + timedelta(milliseconds=number // 3) for number in range(100)]
        self.rows: list[dict[str, Any]] = [
            {
                "dt": f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03}Z",
                "path": "/Spring",
                "st": 302,
                "ref": name,
            }
            for name, time in enumerate(times)
        ][::-1]

    def answer(self, request: Request) -> Answer:
        """Answer as Short.io may."""
        if request.path == "/api/domains":
            return Answer([{"id": 7, "hostname": "Go.example"}])
        if request.path == "/api/links":
            return Answer({"count": 1, "links": []})
        before = request.body["beforeDate"]
        rows = [row for row in self.rows if self.bound == "ignored" or row["dt"] < before]
        if self.bound == "inclusive":
            rows = [row for row in self.rows if row["dt"] <= before]
        return Answer(rows[: request.body["limit"]])


@pytest.mark.parametrize("bound", ["exclusive", "inclusive"])
def test_every_click_comes_once_whatever_the_bound_means(bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In pages that end within a moment; the account's only domain need not be named."""
    monkeypatch.setattr(shortio, "_CLICKS_PER_PAGE", 10)
    product = Clickstream(bound)
    product.troubles = {5: Answer({}, 429, {"retry-after": "60"}), 8: Answer({}, 502)}
    with serving(product) as address:
        origin = ShortIo(key=KEY, address=address, patience=product.patience())
        listed = [row for row in origin.clicks() if isinstance(row, OriginClick)]
    assert sorted(int(row.referrer) for row in listed) == list(range(100))
    assert [len(list(same)) for _, same in groupby(listed, key=lambda row: row.time)] == [*[3] * 33, 1]
    assert {(row.domain, row.code) for row in listed} == {("go.example", "Spring")}
    assert product.slept == [60, 1]


def test_a_service_that_takes_no_notice_of_bounds_ends_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would never end."""
    monkeypatch.setattr(shortio, "_CLICKS_PER_PAGE", 10)
    product = Clickstream("ignored")
    with serving(product) as address, pytest.raises(OriginError, match="shows no clicks before"):
        list(ShortIo(key=KEY, address=address, patience=product.patience()).clicks())
