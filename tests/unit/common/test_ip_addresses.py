"""One spelling of an address, and one client."""

import pytest

from services.common.ip_addresses import client_network, plain_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("[::1]", ""),
        ("203.0.113.7, 10.0.0.1", ""),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_an_address_has_one_spelling(text: str, address: str) -> None:
    """What is no address has none."""
    assert plain_address(text) == address


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_one_client_is_an_address_or_a_small_ipv6_network(ip: str, network: str) -> None:
    """Whoever has an IPv6 address has all of its /64."""
    assert client_network(ip) == network
