"""Bitly's Bitlinks, custom back-halves, and their sums."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from linkmeter.moving.origin import OriginError, OriginLink, Problem
from linkmeter.moving.origins.bitly import Bitly
from tests.moving.products.bitly import KEY, BitlyServer
from tests.support.http_product import Answer, Request, serving


@pytest.fixture
def server() -> BitlyServer:
    return BitlyServer()


@pytest.fixture
def origin(server: BitlyServer) -> Iterator[Bitly]:
    with serving(server) as address:
        yield Bitly(key=KEY, address=address, patience=server.patience())


def links(origin: Bitly) -> list[OriginLink]:
    """Return all links of an origin that has no problems."""
    listed = list(origin.links())
    assert not [row for row in listed if isinstance(row, Problem)]
    return [row for row in listed if isinstance(row, OriginLink)]


def test_a_bitlink_and_its_custom_back_half_are_two_links(server: BitlyServer, origin: Bitly) -> None:
    """Bitly counts both together: the sum comes once."""
    server.shorten(
        "bit.ly/3abc",
        clicks=42,
        title="A title",
        tags=["one"],
        custom_bitlinks=["http://go.brand.example/Spring", "https://bit.ly/3abc"],
    )
    main, custom = links(origin)
    assert main == OriginLink(
        place="group Bfirst, page 1, item 1",
        domain="bit.ly",
        code="3abc",
        destination="https://destination.example/3abc",
        title="A title",
        tags=("one",),
        create_time=datetime(2022, 10, 24, 10, 40, 37, tzinfo=UTC),
        clicks_before=42,
    )
    assert (custom.domain, custom.code, custom.destination) == ("go.brand.example", "Spring", main.destination)
    assert custom.clicks_before == 0
    assert list(origin.clicks()) == []


def test_all_groups_come_archived_ones_too(server: BitlyServer, origin: Bitly) -> None:
    """Archived Bitlinks lead on; deleted ones do not; one in two groups is one."""
    server.shorten("bit.ly/one", archived=True)
    server.shorten("bit.ly/gone", is_deleted=True)
    server.shorten("bit.ly/two", "Bsecond")
    server.shorten("bit.ly/one", "Bsecond")
    assert sorted(link.code for link in links(origin)) == ["one", "two"]


def test_pages_are_followed_by_cursor_and_on_the_own_host_only(server: BitlyServer, origin: Bitly) -> None:
    """What is made meanwhile changes nothing; each sum is a call, and Bitly's rates are kept."""
    for number in range(250):
        server.shorten(f"bit.ly/code{number}", clicks=number)

    def make_one(request: Request) -> None:
        if request.path.endswith("bitlinks"):
            server.shorten(f"bit.ly/late{len(server.requests)}")

    server.before_each = make_one
    sums = {link.code: link.clicks_before for link in links(origin)}
    assert {f"code{number}": number for number in range(250)}.items() <= sums.items()
    assert len(server.requests) > 250
    assert len(server.slept) == 1
    assert 59 < server.slept[0] <= 60


def test_a_plan_without_sums_still_has_links(server: BitlyServer, origin: Bitly) -> None:
    """It is said once, and not asked for again; the next reading tries anew."""
    server.shorten("bit.ly/one", clicks=5)
    server.shorten("bit.ly/two", clicks=6)
    server.has_sums = False
    listed = list(origin.links())
    assert [row.reason if isinstance(row, Problem) else row.code for row in listed] == [
        "SUMS_NOT_IN_PLAN",
        "two",
        "one",
    ]
    server.has_sums = True
    assert [link.clicks_before for link in links(origin)] == [6, 5]


def test_odd_bitlinks_are_problems_and_the_rest_goes_on(server: BitlyServer, origin: Bitly) -> None:
    server.shorten("bit.ly/good", custom_bitlinks=["nonsense", "https://x.example/fine"])
    server.shorten("bit.ly/nowhere", long_url="")
    server.shorten("bit.ly")
    server.groups["Bfirst"].append(None)
    del server.clicks["bit.ly/nowhere"]
    found = [row.reason if isinstance(row, Problem) else row.code for row in origin.links()]
    assert found == [
        "ROW_MALFORMED",
        "ROW_INCOMPLETE",
        "SUM_UNKNOWN",
        "ROW_INCOMPLETE",
        "good",
        "ROW_INCOMPLETE",
        "fine",
    ]


def test_trouble_in_the_middle_changes_nothing(server: BitlyServer, origin: Bitly) -> None:
    server.shorten("bit.ly/one", clicks=5)
    server.troubles = {2: Answer({}, 503), 4: Answer({"message": "RATE_LIMIT_EXCEEDED"}, 429)}
    assert [link.clicks_before for link in links(origin)] == [5]
    assert server.slept == [1, 1]


def test_who_is_imported_is_part_of_the_identity(server: BitlyServer, origin: Bitly) -> None:
    """All accounts have one address."""
    assert origin.identity.endswith("/mara")
    assert origin.identity.endswith("/mara")
    assert len(server.requests) == 1


def test_a_wrong_key_is_told(server: BitlyServer) -> None:
    with serving(server) as address, pytest.raises(OriginError, match=r"refuses the key.*FORBIDDEN"):
        list(Bitly(key="wrong", address=address, patience=server.patience()).links())
