"""When sessions end, and what is kept of where they came from."""

from datetime import timedelta

import pytest

from services.links.domain.sessions import Lifetimes, Session, SignInMethod, network_of, session_id_of, shown_agent
from tests.support.clock import FakeClock

LIFETIMES = Lifetimes(idle=timedelta(hours=12), absolute=timedelta(days=30))
NOW = FakeClock().now()


def session(*, last_use: timedelta, key_end: timedelta | None = None) -> Session:
    return Session(
        session_id=1,
        owner_id=2,
        method=SignInMethod.PASSWORD,
        api_key_id=0,
        user_agent="",
        network="",
        create_time=NOW,
        last_use_time=NOW + last_use,
        key_expire_time=None if key_end is None else NOW + key_end,
    )


@pytest.mark.parametrize(
    ("last_use", "key_end", "end"),
    [
        (timedelta(), None, timedelta(hours=12)),
        (timedelta(days=29, hours=20), None, timedelta(days=30)),
        (timedelta(), timedelta(hours=1), timedelta(hours=1)),
        (timedelta(), timedelta(days=60), timedelta(hours=12)),
    ],
)
def test_session_ends_at_the_first_of_its_ends(last_use: timedelta, key_end: timedelta | None, end: timedelta) -> None:
    assert LIFETIMES.end_of(session(last_use=last_use, key_end=key_end)) == NOW + end


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("198.51.100.77", "198.51.100.0/24"),
        ("::ffff:198.51.100.77", "198.51.100.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("", ""),
        ("nowhere", ""),
    ],
)
def test_addresses_are_kept_as_networks(ip: str, network: str) -> None:
    assert network_of(ip) == network


@pytest.mark.parametrize(("credential", "number"), [("session:12", 12), ("key:12", 0), ("session:", 0), ("", 0)])
def test_credential_names_its_session(credential: str, number: int) -> None:
    assert session_id_of(credential) == number


def test_agents_are_cut_and_hold_no_control_characters() -> None:
    assert shown_agent("Mozilla\x00/5.0\x1b[31m" + "x" * 1000) == ("Mozilla/5.0[31m" + "x" * 1000)[:512]
