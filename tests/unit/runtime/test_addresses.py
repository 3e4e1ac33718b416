"""Where programs listen: host:port, or a Unix socket."""

import socket
from pathlib import Path

import pytest

from services.runtime import addresses, metrics
from services.runtime.settings import Environment, SettingsError
from tests.support.inside import http_client


@pytest.mark.parametrize("text", ["127.0.0.1:0", "[::1]:65535", "links.svc:9000", "unix:/run/a", f"unix:/{'a' * 102}"])
def test_both_kinds_are_addresses(text: str) -> None:
    """A path may be as long as every system takes it."""
    assert addresses.is_address(text)


@pytest.mark.parametrize(
    "text", ["", "9000", ":9000", "a:", "a:65536", "a:٣", "unix:", "unix:relative", f"unix:/{'a' * 103}", "/run/a"]
)
def test_anything_else_is_refused(text: str) -> None:
    """A path that no socket can have is refused when settings are read, not when somebody listens."""
    assert not addresses.is_address(text)
    if text:
        environment = Environment({"LINKMETER_LISTEN": text})
        environment.address("LINKMETER_LISTEN")
        with pytest.raises(SettingsError, match="LINKMETER_LISTEN"):
            environment.check()


@pytest.mark.parametrize(
    ("address", "third"),
    [
        ("127.0.0.1:9000", "127.0.0.1:9002"),
        ("127.0.0.1:0", "127.0.0.1:0"),
        ("unix:/run/a", "unix:/run/a.2"),
        ("", ""),
    ],
)
def test_each_worker_has_an_address(address: str, third: str) -> None:
    """The first has the one that was given."""
    assert addresses.of_worker(address, 0) == address
    assert addresses.of_worker(address, 2) == third


def test_a_socket_takes_the_place_of_another(tmp_path: Path) -> None:
    """Whoever connects meanwhile finds the old one or the new one; a socket that was left behind is no hindrance."""
    path = tmp_path / "socket"
    at = addresses.unix(path)
    with addresses.listen_unix(str(path), 8) as old, addresses.connect(at, 5):
        old.accept()[0].close()
        with addresses.listen_unix(str(path), 8) as new, addresses.connect(at, 5):
            new.accept()[0].close()
    with pytest.raises(ConnectionRefusedError):
        addresses.connect(at, 5)
    with addresses.listen_unix(str(path), 8), addresses.connect(at, 5):
        pass


async def test_metrics_are_served_on_a_unix_socket(tmp_path: Path) -> None:
    """Again and again, also in place of a socket that an earlier process left."""
    path = tmp_path / "metrics"
    with socket.socket(socket.AF_UNIX) as earlier:
        earlier.bind(str(path))
    metrics.serve(addresses.unix(path))
    async with http_client(addresses.unix(path)) as client:
        for _ in range(2):
            assert "linkmeter_rpc_in_flight" in (await client.get("/metrics")).raise_for_status().text
