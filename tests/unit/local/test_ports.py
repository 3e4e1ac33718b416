import socket

from deploy.local.ports import is_free
from tests.support.ports import free_port


def test_taken_port_is_not_free() -> None:
    """A port that somebody listens on is recognised."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert not is_free(listener.getsockname()[1], "127.0.0.1")


def test_port_shared_by_its_listener_is_not_free() -> None:
    """A listener that lets others share its port, as Envoy does, still counts."""
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as listener:
        assert not is_free(listener.getsockname()[1], "127.0.0.1", "0.0.0.0")


def test_chosen_ports_are_free_and_differ() -> None:
    """No port is chosen twice."""
    ports = [free_port() for _ in range(50)]
    assert len(set(ports)) == 50
    assert all(is_free(port, "127.0.0.1") for port in ports)
