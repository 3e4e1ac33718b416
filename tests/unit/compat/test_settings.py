"""What can be set about the compat server, and what it takes for one client."""

import pytest

from gateway.compat.settings import Settings
from services.common.client_network import client_network
from services.runtime.settings import SettingsError

NEEDED = {
    "LINKMETER_LISTEN": "127.0.0.1:9004",
    "LINKMETER_LINKS_ADDRESS": "127.0.0.1:9001",
    "LINKMETER_ANALYTICS_ADDRESS": "127.0.0.1:9003",
    "LINKMETER_PUBLIC_URL": "https://sho.rt",
    "LINKMETER_REDIS_URL": "redis://127.0.0.1:6379",
    "LINKMETER_SECRET": "s" * 32,
}


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_a_missing_setting_is_named(name: str) -> None:
    """Addresses have no default: the start stops with the name of what is missing."""
    with pytest.raises(SettingsError, match=name):
        Settings.read({key: value for key, value in NEEDED.items() if key != name})


def test_without_rate_limits_no_redis_is_needed() -> None:
    """Redis serves the limits alone, and so does the secret."""
    needed = {key: value for key, value in NEEDED.items() if key not in {"LINKMETER_REDIS_URL", "LINKMETER_SECRET"}}
    assert Settings.read({**needed, "LINKMETER_RATE_LIMITS": "off"}).redis_url == ""


@pytest.mark.parametrize("name", ["LINKMETER_CREATES_PER_MINUTE", "LINKMETER_MISSES_PER_MINUTE"])
def test_a_wrong_number_is_named(name: str) -> None:
    """A limit of nothing would be an outage."""
    with pytest.raises(SettingsError, match=name):
        Settings.read({**NEEDED, name: "0"})


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_one_client_is_an_address_or_a_small_ipv6_network(ip: str, network: str) -> None:
    """Whoever has an IPv6 address has all of its /64."""
    assert client_network(ip) == network
