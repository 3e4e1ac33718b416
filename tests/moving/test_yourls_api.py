"""YOURLS' API, with and without the plugin that tells clicks."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from linkmeter.moving.origin import OriginClick, OriginError, OriginLink, Problem
from linkmeter.moving.origins import yourls_api
from linkmeter.moving.origins.yourls_api import YourlsApi
from tests.moving.products.yourls import KEY, YourlsServer
from tests.support.http_product import NOW, Answer, serving


@pytest.fixture
def server() -> YourlsServer:
    return YourlsServer()


@pytest.fixture
def address(server: YourlsServer) -> Iterator[str]:
    with serving(server) as address:
        yield address


@pytest.fixture
def origin(server: YourlsServer, address: str) -> YourlsApi:
    return YourlsApi(address=address, key=KEY, patience=server.patience(), clock=lambda: NOW)


def links_of(origin: YourlsApi) -> dict[str, OriginLink]:
    return {item.code: item for item in origin.links() if isinstance(item, OriginLink)}


def problems_of(origin: YourlsApi) -> list[Problem]:
    return [item for item in (*origin.links(), *origin.clicks()) if isinstance(item, Problem)]


def test_links_and_clicks_come_with_all_they_have(server: YourlsServer, origin: YourlsApi) -> None:
    server.shorten("a", "2024-02-01 10:00:00", "2024-02-03 10:00:00", unlogged=5, title="One")
    server.shorten("b", "2024-02-02 10:00:00", title=None).visits[0]["referrer"] = "https://www.example.org/"
    links = links_of(origin)
    assert links["a"] == OriginLink(
        place="link a",
        domain="s.example",
        code="a",
        destination="https://www.example.com/a",
        title="One",
        create_time=datetime(2024, 1, 1, 10, tzinfo=UTC),
        clicks_before=5,
    )
    assert (links["b"].title, links["b"].clicks_before) == ("", 0)
    clicks = [item for item in origin.clicks() if isinstance(item, OriginClick)]
    assert [(x.code, x.time.day, x.referrer) for x in clicks] == [
        ("a", 1, ""),
        ("b", 2, "https://www.example.org/"),
        ("a", 3, ""),
    ]
    assert (clicks[0].ip, clicks[0].country, clicks[0].user_agent) == ("192.0.2.1", "DE", "curl/8.8.0")
    assert (origin.count_links(), origin.count_clicks(), problems_of(origin)) == (2, 3, [])
    assert list(origin.clicks()) == clicks, "it can be read again"


def test_without_the_plugin_there_are_sums(server: YourlsServer, origin: YourlsApi) -> None:
    server.has_plugin = False
    server.shorten("a", "2024-02-01 10:00:00", unlogged=5)
    assert links_of(origin)["a"].clicks_before == 6
    assert (list(origin.clicks()), origin.count_clicks(), problems_of(origin)) == ([], 0, [])


def test_pages_are_read_to_the_last_and_in_another_order_when_some_are_missing(
    server: YourlsServer, origin: YourlsApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages are offsets into an order that has ties, so that a link may be on none of them."""
    monkeypatch.setattr(yourls_api, "_PAGE", 3)
    for number in range(7):
        server.shorten(f"c{number}")
    server.hidden = {("last", "c2")}
    assert sorted(links_of(origin)) == [f"c{number}" for number in range(7)]
    assert problems_of(origin) == []


def test_links_that_no_page_shows_are_said(server: YourlsServer, origin: YourlsApi) -> None:
    server.shorten("a")
    server.shorten("b")
    server.hidden = {(order, "b") for order in ("last", "top", "bottom")}
    assert list(links_of(origin)) == ["a"]
    (problem,) = problems_of(origin)
    assert (problem.reason, problem.message[:39]) == ("LINKS_MISSING", "YOURLS counts 2 links and lists 1. Impo")


def test_what_was_clicked_just_now_is_left_to_the_next_run(server: YourlsServer, origin: YourlsApi) -> None:
    server.shorten("a", "2026-03-01 11:49:59", "2026-03-01 11:55:00")
    assert [x.time.minute for x in origin.clicks() if isinstance(x, OriginClick)] == [49]
    assert origin.count_clicks() == 1
    assert links_of(origin)["a"].clicks_before == 0, "the next run brings it as a click"


def test_a_reading_that_ended_in_the_middle_is_begun_anew(server: YourlsServer, origin: YourlsApi) -> None:
    server.shorten("a", "2024-02-01 10:00:00")
    server.shorten("b", "2024-02-01 11:00:00")
    server.shorten("c", "2024-02-01 12:00:00")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "troubles", {6: Answer(["no"])})
        with pytest.raises(OriginError, match="in a shape that is not YOURLS's"):
            list(origin.clicks())
    assert [x.time.hour for x in origin.clicks() if isinstance(x, OriginClick)] == [10, 11, 12]


def test_times_are_in_the_zone_that_is_told(server: YourlsServer, address: str) -> None:
    server.shorten("a", "2024-07-01 10:00:00", time="2024-07-01 10:00:00")
    origin = YourlsApi(address=address, key=KEY, time_zone="Europe/Berlin", domain="Other.example")
    (link,) = links_of(origin).values()
    assert (link.create_time, link.domain) == (datetime(2024, 7, 1, 8, tzinfo=UTC), "other.example")
    assert [x.time.hour for x in origin.clicks() if isinstance(x, OriginClick)] == [8]


def test_rows_that_cannot_be_read_are_problems(server: YourlsServer, origin: YourlsApi) -> None:
    server.shorten("0", "2024-02-01 10:00:00")
    server.shorten("a", "0000-00-00 00:00:00", time="0000-00-00 00:00:00")
    server.shorten("b").url = ""
    assert {code: link.clicks_before for code, link in links_of(origin).items()} == {"0": 1, "a": 1}
    assert sorted((problem.place, problem.reason) for problem in problems_of(origin)) == [
        ("click 1 of a", "TIME_ABSURD"),
        ("link 0", "CLICKS_REFUSED"),
        ("link a", "TIME_ABSURD"),
        ("link http://s.example/b", "ROW_INCOMPLETE"),
    ]


def test_a_busy_or_broken_service_is_waited_for(server: YourlsServer, origin: YourlsApi) -> None:
    server.shorten("a", "2024-02-01 10:00:00")
    server.troubles = {
        2: Answer("busy", 429, {"retry-after": "7"}),
        4: Answer(b"<h1>Error</h1>", 500),
        6: Answer({}, is_cut=True),
    }
    assert origin.count_clicks() == 1
    assert server.slept[0] == 7
    assert len(server.slept) == 3


def test_a_wrong_key_is_said_without_showing_it(server: YourlsServer, address: str) -> None:
    with pytest.raises(OriginError, match="refuses the key") as error:
        YourlsApi(address=address, key="wrong-key", patience=server.patience()).count_links()
    assert "wrong-key" not in str(error.value)


def test_an_error_that_is_answered_with_200_is_one(server: YourlsServer, origin: YourlsApi) -> None:
    server.troubles = {1: Answer({"message": "Please log in", "errorCode": "403"})}
    with pytest.raises(OriginError, match="YOURLS refuses db-stats: Please log in"):
        origin.count_links()


def test_what_is_no_yourls(server: YourlsServer, origin: YourlsApi) -> None:
    server.troubles = {1: Answer(["no"])}
    with pytest.raises(OriginError, match="in a shape that is not YOURLS's"):
        origin.count_links()


def test_the_key_is_in_no_address(server: YourlsServer, origin: YourlsApi, address: str) -> None:
    server.shorten("a", "2024-02-01 10:00:00")
    origin.count_links()
    assert {request.path for request in server.requests} == {"/yourls-api.php"}
    assert not any(request.query for request in server.requests)
    assert origin.identity == f"yourls-api:{address}"
