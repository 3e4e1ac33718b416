"""Dub's links and events."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from linkmeter.moving.origin import OriginClick, OriginError, OriginLink, Problem
from linkmeter.moving.origins import dub
from linkmeter.moving.origins.dub import Dub
from tests.moving.products.dub import KEY, DubServer
from tests.support.http_product import Answer, Request, serving


@pytest.fixture
def server() -> DubServer:
    return DubServer()


@pytest.fixture
def origin(server: DubServer) -> Iterator[Dub]:
    with serving(server) as address:
        yield Dub(key=KEY, address=address, patience=server.patience())


def clicks(origin: Dub) -> list[OriginClick]:
    """Return all clicks of an origin that has no problems."""
    listed = list(origin.clicks())
    assert not [row for row in listed if isinstance(row, Problem)]
    return [row for row in listed if isinstance(row, OriginClick)]


def told_apart(listed: list[OriginClick]) -> list[tuple[Any, ...]]:
    """Return what clicks are, without where they were read."""
    return [(click.time, click.domain, click.code, click.ip) for click in listed]


def summary(origin: Dub) -> list[str]:
    """Return codes and reasons in their order."""
    return [row.reason if isinstance(row, Problem) else row.code for row in origin.links()]


def fill(server: DubServer, number: int) -> None:
    """Add two links, and clicks of which three share each moment, thirty each second; each has an own address."""
    server.shorten("one")
    server.shorten("two")
    for count in range(number):
        time = server.now - timedelta(days=9) + timedelta(milliseconds=100 * (count // 3))
        server.click(time, ("one", "two")[count % 2], ip=f"198.51.{count // 256}.{count % 256}")


def test_a_link_comes_with_all_it_has(server: DubServer, origin: Dub) -> None:
    """Its clicks come one by one: none of them is in the sum from before."""
    tags = [{"id": "tag_1", "name": "one", "color": "red"}]
    server.shorten("Spring", title="A title", comments="About it", tags=tags, expiresAt="2027-01-01T00:00:00.000Z")
    server.click(server.now, "Spring")
    assert list(origin.links()) == [
        OriginLink(
            place="links, page 1, item 1",
            domain="go.example",
            code="Spring",
            destination="https://destination.example/Spring",
            title="A title",
            description="About it",
            tags=("one",),
            create_time=datetime(2024, 5, 1, 10, tzinfo=UTC),
            expire_time=datetime(2027, 1, 1, tzinfo=UTC),
        )
    ]


def test_a_click_comes_as_it_was_recorded(server: DubServer, origin: Dub) -> None:
    """What Dub writes for what it does not know is nothing here."""
    server.shorten("one")
    day_before = server.now - timedelta(days=1)
    server.click(day_before, "one", ip="198.51.100.1", refererUrl="https://news.example/a", referer="news.example")
    server.click(day_before + timedelta(seconds=1), "one", country="Unknown", refererUrl="", referer="t.co")
    server.click(day_before + timedelta(seconds=2), "one")
    found = [(click.referrer, click.ip, click.country, click.user_agent) for click in clicks(origin)]
    assert found == [
        ("https://news.example/a", "198.51.100.1", "US", ""),
        ("https://t.co/", "", "", ""),
        ("", "", "US", ""),
    ]


def test_a_plan_without_events_has_sums(server: DubServer, origin: Dub) -> None:
    """They are said to be sums, and nothing is made up."""
    fill(server, 6)
    server.has_events = False
    problem, *links = origin.links()
    assert isinstance(problem, Problem)
    assert (problem.reason, "higher plan" in problem.message) == ("CLICKS_NOT_IN_PLAN", True)
    assert [link.clicks_before for link in links if isinstance(link, OriginLink)] == [3, 3]
    assert clicks(origin) == []
    assert origin.count_clicks() == 0


def test_what_must_not_come_open_comes_disabled(server: DubServer, origin: Dub) -> None:
    server.shorten("locked", password="secret")
    server.shorten("blocked", disabledAt="2024-05-01T10:00:00.000Z")
    server.shorten("archived", archived=True)
    enabled = {row.code: row.is_enabled for row in origin.links() if isinstance(row, OriginLink)}
    assert enabled == {"archived": True, "blocked": False, "locked": False}
    assert "secret" not in repr(list(origin.links()))


def test_what_does_not_come_along_is_said(server: DubServer, origin: Dub) -> None:
    """A bare domain is no short link; a wrong row is a problem of its own."""
    server.shorten("geo", geo={"DE": "https://de.example/"})
    server.shorten("_root")
    server.shorten("nowhere", url=None)
    assert summary(origin) == ["ROW_INCOMPLETE", "geo", "RULES_LEFT_BEHIND"]


@pytest.mark.parametrize("knows_cursors", [True, False])
def test_all_links_come_once(server: DubServer, origin: Dub, *, knows_cursors: bool) -> None:
    """Of all folders, by cursor or, where the service is too old for that, by page, while others are made."""
    server.knows_cursors = knows_cursors
    server.folders = ("fold_a",)
    for number in range(250):
        server.shorten(f"code{number}", folderId="fold_a" if number % 2 else None)
    for number in range(250):
        server.shorten(f"more{number}")

    def make_one(request: Request) -> None:
        if "startingAfter" in request.query:
            server.shorten(f"late{len(server.requests)}")

    server.before_each = make_one
    codes = summary(origin)
    assert len(codes) == len(set(codes))
    assert {f"{name}{number}" for name in ("code", "more") for number in range(250)} <= set(codes)


def test_the_order_stays_whatever_order_equal_times_come_in(
    server: DubServer, origin: Dub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dub promises none for them, nor where a page ends; new clicks that come in are left to the next run."""
    monkeypatch.setattr(dub, "_EVENTS_PER_PAGE", 40)
    fill(server, 200)

    def busy(_: Request) -> None:
        server.now += timedelta(seconds=30)
        server.click(server.now, "one", ip=f"203.0.113.{len(server.requests)}")

    server.before_each = busy
    first = told_apart(clicks(origin))
    assert len(set(first)) == len(first) == 200
    assert [click[0] for click in first] == sorted(click[0] for click in first)
    server.now += timedelta(minutes=12)
    second = told_apart(clicks(origin))
    assert second[:200] == first
    assert len(second) > 205


def test_odd_events_are_problems_and_the_rest_goes_on(server: DubServer, origin: Dub) -> None:
    fill(server, 6)
    server.events[0] = {**server.events[0], "timestamp": "yesterday"}
    server.events[1] = {**server.events[1], "click": None}
    listed = _problems_last(origin)
    assert [row.reason for row in listed if isinstance(row, Problem)] == ["ROW_INCOMPLETE", "TIME_ABSURD"]
    assert len(listed) == 6


def test_trouble_in_the_middle_changes_nothing(server: DubServer, origin: Dub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dub, "_EVENTS_PER_PAGE", 30)
    fill(server, 90)
    undisturbed = told_apart(clicks(origin))
    asked = len(server.requests)
    server.troubles = {
        asked + 3: Answer({"error": {"code": "rate_limit_exceeded"}}, 429, {"retry-after": "12"}),
        asked + 5: Answer({}, 500),
    }
    assert told_apart(clicks(origin)) == undisturbed
    assert server.slept == [12, 1]


def test_another_order_than_was_asked_for_ends_the_import(server: DubServer, origin: Dub) -> None:
    """An older service may not know the parameter: what it shows would be taken for all there is."""
    fill(server, 60)
    server.troubles = {3: Answer(server.events[::-1])}
    with pytest.raises(OriginError, match="another order"):
        list(origin.clicks())


def test_the_workspace_is_part_of_the_identity(server: DubServer, origin: Dub) -> None:
    """All workspaces have one address."""
    server.shorten("one")
    assert origin.identity.endswith("/ws_mara")
    assert (origin.count_links(), origin.count_clicks()) == (1, 0)


def test_a_wrong_key_is_told(server: DubServer) -> None:
    with serving(server) as address, pytest.raises(OriginError, match=r"refuses the key.*Invalid API key"):
        list(Dub(key="wrong", address=address, patience=server.patience()).links())


def _problems_last(origin: Dub) -> list[OriginClick | Problem]:
    return sorted(origin.clicks(), key=lambda row: isinstance(row, Problem))
