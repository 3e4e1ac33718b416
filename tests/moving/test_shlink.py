"""Shlink's short URLs and visits."""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from linkmeter.moving.origin import OriginClick, OriginError, OriginLink, Problem
from linkmeter.moving.origins import shlink
from linkmeter.moving.origins.shlink import Shlink
from tests.moving.products.shlink import FIREFOX, HOST, KEY, ShlinkServer, busy_server
from tests.support.http_product import Answer, Request, serving


@pytest.fixture
def server() -> ShlinkServer:
    return busy_server()


@pytest.fixture
def origin(server: ShlinkServer) -> Iterator[Shlink]:
    with serving(server) as address:
        yield Shlink(address=address, key=KEY, patience=server.patience())


def clicks(origin: Shlink) -> list[OriginClick]:
    """Return all clicks of an origin that has no problems."""
    listed = list(origin.clicks())
    assert not [row for row in listed if isinstance(row, Problem)]
    return [row for row in listed if isinstance(row, OriginClick)]


def told_apart(listed: list[OriginClick]) -> list[tuple[Any, ...]]:
    """Return what clicks are, without where they were read."""
    return [(click.time, click.domain, click.code, click.referrer) for click in listed]


def recorded(server: ShlinkServer) -> list[tuple[Any, ...]]:
    """Return the server's visits as they should come: by time, short URL, and the order of their recording."""
    visits = [
        (datetime.fromisoformat(visit["date"]).astimezone(UTC), domain or HOST, code, number, visit["referer"])
        for (domain, code), visits in server.visits.items()
        for number, visit in enumerate(visits)
    ]
    return [(time, domain, code, referer) for time, domain, code, _, referer in sorted(visits)]


def test_a_short_url_comes_with_all_it_has(server: ShlinkServer, origin: Shlink) -> None:
    server.short_urls.clear()
    server.shorten(
        "a/b é",
        longUrl="https://destination.example/?q=1",
        title="A title",
        tags=["one", "two"],
        meta={"validSince": "2024-01-01T00:00:00+02:00", "validUntil": "2027-01-01T00:00:00Z", "maxVisits": 5},
    )
    server.visit(server.now, "a/b é")
    assert list(origin.links()) == [
        OriginLink(
            place="short-urls, page 1, item 1",
            domain=HOST,
            code="a/b é",
            destination="https://destination.example/?q=1",
            title="A title",
            tags=("one", "two"),
            create_time=datetime(2024, 5, 2, 15, 49, 53, tzinfo=UTC),
            start_time=datetime(2023, 12, 31, 22, tzinfo=UTC),
            expire_time=datetime(2027, 1, 1, tzinfo=UTC),
            max_clicks=4,
        )
    ]
    server.now += timedelta(hours=1)
    assert [(click.code, click.user_agent, click.country) for click in clicks(origin)] == [("a/b é", FIREFOX, "")]


def test_a_limit_that_is_used_up_disables(server: ShlinkServer, origin: Shlink) -> None:
    """Otherwise the link would come to life again."""
    server.short_urls.clear()
    server.shorten("once", meta={"maxVisits": 1})
    server.visit(server.now, "once")
    (link,) = origin.links()
    assert isinstance(link, OriginLink)
    assert (link.max_clicks, link.is_enabled) == (None, False)


def test_what_does_not_come_along_is_said(server: ShlinkServer, origin: Shlink) -> None:
    """The link comes, its rules do not; what is no short URL at all is a problem of its own, and the rest goes on."""
    server.short_urls.clear()
    server.shorten("rules", hasRedirectRules=True)
    server.shorten("bad", longUrl=None)
    server.shorten("date", dateCreated="last week")
    server.shorten("zzz", shortCode=["zzz"])
    found = [(row.reason if isinstance(row, Problem) else row.code) for row in origin.links()]
    assert found == ["ROW_INCOMPLETE", "TIME_ABSURD", "rules", "RULES_LEFT_BEHIND", "ROW_MALFORMED"]


def test_visits_come_oldest_first_across_short_urls(server: ShlinkServer, origin: Shlink) -> None:
    """Those of one second in the order of their recording."""
    assert told_apart(clicks(origin)) == recorded(server)
    assert origin.count_links() == 3
    assert origin.count_clicks() == 40


def test_places_come_as_countries(server: ShlinkServer, origin: Shlink) -> None:
    """Shlink shows no addresses."""
    for visits in server.visits.values():
        for visit in visits:
            visit["visitLocation"] = {"countryCode": "DE", "cityName": "Gera", "latitude": 1.5}
    assert {(click.country, click.ip) for click in clicks(origin)} == {("DE", "")}


def test_odd_visits_are_problems_and_the_rest_goes_on(server: ShlinkServer, origin: Shlink) -> None:
    visits = server.visits["", "code0"]
    visits[0]["date"] = "2024-13-01T00:00:00Z"
    visits[1] = "nothing"
    server.answer = _without_bounds(server)  # type: ignore[method-assign]
    listed = list(origin.clicks())
    reasons = Counter(row.reason for row in listed if isinstance(row, Problem))
    assert reasons == {"TIME_ABSURD": 1, "ROW_MALFORMED": 1}
    assert len(listed) == 40


def test_the_order_stays_while_visits_come_in(
    server: ShlinkServer, origin: Shlink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read once is the beginning of what is read later, however busy the server is, and on small pages."""
    monkeypatch.setattr(shlink, "_VISITS_PER_PAGE", 4)
    monkeypatch.setattr(shlink, "_LINKS_PER_PAGE", 2)

    def busy(_: Request) -> None:
        server.now += timedelta(seconds=20)
        server.visit(server.now, "code0", referer=f"https://late.example/{len(server.requests)}")
        server.visit(server.now, "code1", "two.example", referer=f"https://late.example/{len(server.requests)}")
        if len(server.requests) == 2:
            server.shorten("a-new-one")

    server.before_each = busy
    first = told_apart(clicks(origin))
    assert len(first) == 40
    server.now += timedelta(minutes=12)
    second = told_apart(clicks(origin))
    assert len(second) > 60
    assert second[:40] == first
    server.before_each = lambda _: None
    server.now += timedelta(hours=1)
    third = told_apart(clicks(origin))
    assert third[: len(second)] == second
    assert third == recorded(server)


def test_trouble_in_the_middle_changes_nothing(
    server: ShlinkServer, origin: Shlink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shlink, "_VISITS_PER_PAGE", 4)
    server.troubles = {
        3: Answer({}, 429, {"retry-after": "30"}),
        5: Answer(b"<html>Bad Gateway</html>", 502),
        6: Answer({}, 500),
        9: Answer({"visits": {}}, is_cut=True),
    }
    assert told_apart(clicks(origin)) == recorded(server)
    assert server.slept == [30, 1, 2, 1]


def test_a_short_url_that_is_deleted_meanwhile_is_said(server: ShlinkServer, origin: Shlink) -> None:
    def delete(request: Request) -> None:
        if "code1" in request.path:
            server.visits.pop(("two.example", "code1"), None)

    server.before_each = delete
    listed = list(origin.clicks())
    assert [row.reason for row in listed if isinstance(row, Problem)] == ["LINK_GONE"]
    assert len(listed) == 1 + 13 * 2 + 1


def test_a_wrong_key_and_a_wrong_address_are_told(server: ShlinkServer) -> None:
    with serving(server) as address:
        with pytest.raises(OriginError, match=r"Shlink at .* refuses the key .* does not exist or is invalid"):
            list(Shlink(address=address, key="wrong", patience=server.patience()).links())
        server.troubles = {2: Answer({"hello": "world"})}
        with pytest.raises(OriginError, match="not Shlink's"):
            list(Shlink(address=address, key=KEY, patience=server.patience()).links())
        server.troubles = {3: Answer({"shortUrls": {"data": [1], "pagination": {"pagesCount": "many"}}})}
        with pytest.raises(OriginError, match="pagesCount is not a number"):
            list(Shlink(address=address, key=KEY, patience=server.patience()).links())


def test_memory_stays_flat() -> None:
    """When the first of twenty thousand visits comes, all are read, and not even a tenth of them is held as objects."""
    server = EndlessServer(20_000)
    with serving(server) as address:
        listed = Shlink(address=address, key=KEY, patience=server.patience()).clicks()
        before = sys.getallocatedblocks()
        assert isinstance(next(listed), OriginClick)
        assert len(server.requests) > 20
        assert sys.getallocatedblocks() - before < 20_000
        assert sum(1 for _ in listed) == 20_000 - 1
        assert sys.getallocatedblocks() - before < 20_000


class EndlessServer(ShlinkServer):
    """One short URL, whose visits are made when they are asked for."""

    def __init__(self, visits: int) -> None:
        super().__init__()
        self.total = visits
        self.shorten("code")
        self.visit(self.now - timedelta(days=1), "code")
        (self.example,) = self.visits["", "code"]

    def answer(self, request: Request) -> Answer:
        """Answer with as many visits as a page has."""
        if not request.path.endswith("/visits"):
            return super().answer(request)
        size, page = int(request.query["itemsPerPage"]), int(request.query["page"])
        pagination = {"currentPage": page, "pagesCount": -(-self.total // size), "totalItems": self.total}
        return Answer({"visits": {"data": [self.example] * size, "pagination": pagination}})


def _without_bounds(server: ShlinkServer) -> Any:
    """Return answers that have visits of any shape, which the server could not compare."""

    def answer(request: Request) -> Answer:
        if not request.path.endswith("/visits") or request.path == "/rest/v3/visits":
            return ShlinkServer.answer(server, request)
        code = request.path.split("/")[-2]
        visits = server.visits[request.query.get("domain", ""), code][::-1]
        return Answer({"visits": {"data": visits, "pagination": {"pagesCount": 1, "totalItems": len(visits)}}})

    return answer
