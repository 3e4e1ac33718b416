"""Kutt's links, and their sums."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from linkmeter.moving.origin import OriginError, OriginLink, Problem
from linkmeter.moving.origins.kutt import Kutt
from tests.moving.products.kutt import KEY, KuttServer
from tests.support.http_product import Answer, Request, serving


@pytest.fixture
def server() -> KuttServer:
    return KuttServer()


@pytest.fixture
def origin(server: KuttServer) -> Iterator[Kutt]:
    with serving(server) as address:
        yield Kutt(address=address, key=KEY, patience=server.patience())


def test_a_link_comes_with_all_it_has(server: KuttServer, origin: Kutt) -> None:
    """What Kutt counted is a sum from before, never clicks."""
    server.shorten("abc", description="About it", visit_count=17, expire_in="2027-01-01 10:00:00", domain="own.example")
    assert list(origin.links()) == [
        OriginLink(
            place="links, item 1",
            domain="own.example",
            code="abc",
            destination="https://destination.example/abc",
            description="About it",
            create_time=datetime(2024, 1, 5, 10, 20, 30, tzinfo=UTC),
            expire_time=datetime(2027, 1, 1, 10, tzinfo=UTC),
            clicks_before=17,
        )
    ]
    assert list(origin.clicks()) == []
    assert origin.count_clicks() == 0


def test_links_of_the_default_domain_have_its_name(server: KuttServer, origin: Kutt) -> None:
    """It is in the short URL; older servers show none, and are their own domain."""
    server.shorten("new")
    server.shorten("old", link=None)
    domains = {row.code: row.domain for row in origin.links() if isinstance(row, OriginLink)}
    assert domains == {"new": "kutt.example", "old": origin.identity.removeprefix("http://")}


def test_what_must_not_come_open_comes_disabled(server: KuttServer, origin: Kutt) -> None:
    """A banned link, and one with a password, of which it is said."""
    server.shorten("banned", banned=True)
    server.shorten("locked", password=True)
    server.shorten("odd", target=None)
    found = [
        row.reason if isinstance(row, Problem) else f"{row.code}: {'on' if row.is_enabled else 'off'}"
        for row in origin.links()
    ]
    assert found == ["ROW_INCOMPLETE", "locked: off", "PASSWORD_LEFT_BEHIND", "banned: off"]


def test_each_link_comes_once_while_others_are_made(server: KuttServer, origin: Kutt) -> None:
    """A new one pushes another onto the next page, where it would be read again."""
    for number in range(120):
        server.shorten(f"code{number}")

    def make_one(_: Request) -> None:
        server.shorten(f"late{len(server.requests)}")

    server.before_each = make_one
    codes = [row.code for row in origin.links() if isinstance(row, OriginLink)]
    assert len(codes) == len(set(codes))
    assert {f"code{number}" for number in range(120)} <= set(codes)


def test_trouble_in_the_middle_changes_nothing(server: KuttServer, origin: Kutt) -> None:
    for number in range(120):
        server.shorten(f"code{number}")
    server.troubles = {2: Answer({"error": "Too many requests"}, 429, {"retry-after": "9"}), 4: Answer({}, 500)}
    assert len(list(origin.links())) == 120
    assert server.slept == [9, 1]
    assert origin.count_links() == 120


def test_a_wrong_key_is_told(server: KuttServer) -> None:
    with serving(server) as address, pytest.raises(OriginError, match=r"refuses the key.*Unauthorized"):
        list(Kutt(address=address, key="wrong", patience=server.patience()).links())
