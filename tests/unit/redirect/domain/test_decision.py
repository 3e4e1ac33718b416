"""What a visitor meets, as a pure function."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.redirect.domain.decision import (
    BrowserOnly,
    Consume,
    Decision,
    Found,
    Gone,
    NotFound,
    PasswordRequired,
    decide,
)
from services.redirect.domain.resolution import Absent, Finding, Resolution

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def resolution(**changes: Any) -> Resolution:
    fields: dict[str, Any] = {
        "link_id": 1,
        "owner_id": 2,
        "domain_id": 3,
        "domain": "sho.rt",
        "code": "abc",
        "destination": "https://example.com/",
    }
    return Resolution(**fields | changes)


def decided(link: Finding, *, is_opened: bool = False, is_looking: bool = False) -> Decision:
    return decide(link, NOW, is_opened=is_opened, is_looking=is_looking)


def test_a_plain_link_is_found() -> None:
    """Nothing stands in the way of a link without conditions, also for bots and HEAD."""
    assert decided(resolution()) == Found(resolution())
    assert decided(resolution(), is_looking=True) == Found(resolution())


def test_unknown_disabled_deleted_and_scheduled_look_the_same() -> None:
    """Nobody learns why there is nothing."""
    links: list[Finding] = [
        Absent(),
        resolution(disabled=True),
        resolution(deleted=True),
        resolution(valid_from_time=NOW + SECOND),
    ]
    assert [decided(link) for link in links] == [NotFound()] * 4


def test_a_link_is_valid_from_its_first_moment_and_not_at_its_last() -> None:
    """valid_from_time is included, expire_time excluded."""
    assert isinstance(decided(resolution(valid_from_time=NOW)), Found)
    assert isinstance(decided(resolution(expire_time=NOW + SECOND)), Found)
    ended = resolution(expire_time=NOW)
    assert decided(ended) == Gone(ended)


def test_a_used_up_link_is_gone_for_whoever_asks() -> None:
    """People, who only looks, and before any password."""
    ended = resolution(max_clicks=1, exhausted=True, password_version="1")
    assert decided(ended) == decided(ended, is_looking=True) == decided(ended, is_opened=True) == Gone(ended)


def test_an_expired_link_asks_for_no_password() -> None:
    """Expiry comes before the password."""
    assert isinstance(decided(resolution(expire_time=NOW, password_version="1")), Gone)


def test_a_password_link_opens_with_a_ticket_only() -> None:
    """Without ticket the visitor is asked, with one led on."""
    link = resolution(password_version="1")
    assert decided(link) == PasswordRequired(link)
    assert decided(link, is_opened=True) == Found(link)


def test_a_limited_link_is_consumed_by_people_and_shown_to_nobody_who_looks() -> None:
    """HEAD, previews and bots neither use up a click nor learn the destination."""
    link = resolution(max_clicks=1)
    assert decided(link) == Consume(link)
    assert decided(link, is_looking=True) == BrowserOnly(link)


def test_a_password_guards_a_limited_link_before_its_clicks_are_used_up() -> None:
    """Without ticket nothing is consumed."""
    link = resolution(max_clicks=1, password_version="1")
    assert decided(link) == PasswordRequired(link)
    assert decided(link, is_opened=True) == Consume(link)


@pytest.mark.parametrize(
    "destination", ["", "https://example.com/\r\nset-cookie: a=b", "https://exämple.com/", "https://example.com/\x7f"]
)
def test_an_unsafe_destination_is_no_resolution(destination: str) -> None:
    """What reaches a Location header is one line of printable ASCII, whoever wrote it."""
    with pytest.raises(ValueError, match="destination"):
        resolution(destination=destination)
    with pytest.raises(ValueError, match="expired_destination"):
        resolution(expired_destination=destination or "\n")


def test_only_redirect_statuses_redirect() -> None:
    """200 or 304 in a resolution is refused."""
    with pytest.raises(ValueError, match="304"):
        resolution(redirect_status=304)
