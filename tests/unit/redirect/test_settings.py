"""What redirect is told by its environment."""

from ipaddress import ip_network

import pytest

from services.redirect.settings import Settings, read_settings
from services.runtime.settings import SettingsError

REQUIRED = {
    "LINKMETER_LISTEN": "127.0.0.1:9002",
    "LINKMETER_HTTP_LISTEN": "127.0.0.1:8002",
    "LINKMETER_LINKS_ADDRESS": "127.0.0.1:9001",
    "LINKMETER_ANALYTICS_ADDRESS": "127.0.0.1:9003",
    "LINKMETER_SECRET": "0123456789abcdef0123456789abcdef",
    "LINKMETER_PUBLIC_URL": "https://sho.rt",
    "LINKMETER_OUTBOX_DIR": "/tmp/outbox",  # noqa: S108 - never used
}


def read(**changes: str) -> Settings:
    return read_settings(REQUIRED | {f"LINKMETER_{name}": value for name, value in changes.items()})


def test_everything_but_addresses_and_secrets_has_a_default() -> None:
    """One worker, loopback trusted, limits on, sync normal."""
    settings = read()
    assert (settings.workers, settings.rate_limits, settings.outbox_sync) == (1, True, "normal")
    assert settings.trusted_proxies == (ip_network("127.0.0.0/8"), ip_network("::1/128"))


def test_each_missing_setting_is_named() -> None:
    """All at once, a line each."""
    with pytest.raises(SettingsError) as problem:
        read_settings({})
    lines = str(problem.value).splitlines()
    assert sorted({line.split()[0] for line in lines}) == sorted(REQUIRED)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("PUBLIC_URL", "nonsense"),
        ("EXTRA_HOSTS", "a b"),
        ("SECRET", "short"),
        ("WORKERS", "0"),
        ("OUTBOX_SYNC", "off"),
        ("OUTBOX_MAX_BYTES", "1"),
        ("LISTEN", "9002"),
        ("RATE_LIMITS", "maybe"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(name: str, value: str) -> None:
    """With the reason."""
    with pytest.raises(SettingsError, match=f"LINKMETER_{name}"):
        read(**{name: value})


def test_secrets_do_not_show_in_a_dump() -> None:
    """S7: neither the secret nor Redis's password."""
    shown = repr(read(REDIS_URL="redis://:hush@redis/0"))
    assert "hush" not in shown
    assert REQUIRED["LINKMETER_SECRET"] not in shown


def test_nobody_can_be_trusted() -> None:
    """The word none empties the list."""
    assert read(TRUSTED_PROXIES="none").trusted_proxies == ()


def test_each_worker_has_its_own_grpc_and_metrics_port() -> None:
    """The HTTP port is shared; an address that is off stays off."""
    third = read(METRICS_LISTEN="127.0.0.1:9102").for_worker(2)
    assert (third.server.listen, third.server.metrics_listen, third.http_listen) == (
        "127.0.0.1:9004",
        "127.0.0.1:9104",
        "127.0.0.1:8002",
    )
    assert read().for_worker(2).server.metrics_listen == ""


def test_each_worker_has_its_own_unix_sockets() -> None:
    """Those cannot be shared, so that the gateway is told all of them."""
    third = read(LISTEN="unix:/run/rpc", HTTP_LISTEN="unix:/run/http", METRICS_LISTEN="unix:/run/metrics").for_worker(2)
    found = (third.server.listen, third.server.metrics_listen, third.http_listen)
    assert found == ("unix:/run/rpc.2", "unix:/run/metrics.2", "unix:/run/http.2")
