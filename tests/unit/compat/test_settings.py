"""What can be set about the compat server, and what it takes for one client."""

import pytest

from gateway.compat.settings import Settings
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
