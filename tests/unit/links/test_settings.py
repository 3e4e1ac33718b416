"""Settings of links."""

import pytest

from services.links.settings import read_admin_settings, read_settings
from services.runtime.settings import SettingsError

GOOD = {
    "LINKMETER_LISTEN": "127.0.0.1:9001",
    "LINKMETER_POSTGRES_URL": "postgresql://localhost/linkmeter",
    "LINKMETER_REDIS_URL": "redis://localhost",
    "LINKMETER_ANALYTICS_ADDRESS": "127.0.0.1:9003",
    "LINKMETER_SECRET": "s" * 32,
    "LINKMETER_PUBLIC_URL": "http://localhost:8080",
}


def test_good_settings_are_read() -> None:
    """Addresses and secrets are enough."""
    settings = read_settings(GOOD)
    assert settings.public_url.url == "http://localhost:8080"
    assert "127.0.0.1" in settings.hosts
    assert settings.api_key == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LINKMETER_LISTEN", ""),
        ("LINKMETER_POSTGRES_URL", ""),
        ("LINKMETER_REDIS_URL", ""),
        ("LINKMETER_SECRET", "short"),
        ("LINKMETER_PUBLIC_URL", ""),
        ("LINKMETER_PUBLIC_URL", "localhost"),
        ("LINKMETER_EXTRA_HOSTS", "a b"),
        ("LINKMETER_DNS_RESOLVER", "dns.example:53"),
        ("LINKMETER_DNS_RESOLVER", "192.0.2.1"),
        ("LINKMETER_DOMAINS_PER_OWNER", "-1"),
        ("LINKMETER_SESSION_IDLE_HOURS", "0"),
        ("LINKMETER_SESSION_IDLE_HOURS", "721"),
        ("LINKMETER_SESSION_DAYS", "366"),
        ("LINKMETER_PASSWORD_SIGN_IN", "maybe"),
        ("LINKMETER_OIDC_ISSUER", "http://id.example"),
        ("LINKMETER_OIDC_ISSUER", "https://id.example/?a=b"),
        ("LINKMETER_OIDC_SCOPES", "email"),
        ("LINKMETER_OIDC_ACCOUNTS", "everybody"),
        ("LINKMETER_OIDC_ACCOUNTS", "linked,create"),
        ("LINKMETER_API_KEY", "short"),
        ("LINKMETER_API_KEY", "tok_" + "a" * 40),
        ("LINKMETER_LOG_LEVEL", "loud"),
    ],
)
def test_wrong_setting_is_named(name: str, value: str) -> None:
    """A wrong value stops the start with a line that names it."""
    with pytest.raises(SettingsError, match=name):
        read_settings({**GOOD, name: value})


def test_operators_commands_need_little() -> None:
    """The database and our own hosts; what is wrong is named in the same way."""
    little = {name: GOOD[name] for name in ("LINKMETER_POSTGRES_URL", "LINKMETER_PUBLIC_URL")}
    settings = read_admin_settings({**little, "LINKMETER_EXTRA_HOSTS": "www.sho.rt"})
    assert "www.sho.rt" in settings.hosts
    assert little["LINKMETER_POSTGRES_URL"] not in repr(settings)
    for name, value in (*((name, "") for name in little), ("LINKMETER_EXTRA_HOSTS", "a b")):
        with pytest.raises(SettingsError, match=name):
            read_admin_settings({**little, name: value})


def test_secrets_are_not_shown() -> None:
    """Neither the settings' text nor a complaint holds a secret."""
    key = "lm_" + "k" * 43
    assert key not in repr(read_settings({**GOOD, "LINKMETER_API_KEY": key}))
    with pytest.raises(SettingsError) as caught:
        read_settings({**GOOD, "LINKMETER_API_KEY": "has space " + key})
    assert key not in str(caught.value)
