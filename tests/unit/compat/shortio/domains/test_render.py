"""Domains as Short.io has them."""

import pytest

from gateway.compat.shortio.domains import render
from linkmeter.links.v1 import links_pb2 as native


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (native.DOMAIN_STATE_UNVERIFIED, "not_configured"),
        (native.DOMAIN_STATE_VERIFIED, "configured"),
    ],
)
def test_a_domain_is_configured_when_it_is_proven(state: native.DomainState.ValueType, expected: str) -> None:
    """Until then it is not."""
    assert render.domain(native.Domain(host="a.example", state=state)).state == expected


@pytest.mark.parametrize(("host", "expected"), [("xn--mnchen-3ya.example", "münchen.example"), ("xn--ü", "xn--ü")])
def test_hosts_are_shown_as_people_read_them(host: str, expected: str) -> None:
    """As they are where they cannot be decoded."""
    assert render.domain(native.Domain(host=host)).unicode_hostname == expected


def test_only_a_page_of_its_own_shows_the_plan() -> None:
    """Lists do not have it."""
    domain = native.Domain(host="a.example")
    assert render.domain_page(domain).user_plan == "large"
    assert not render.domain(domain).user_plan
