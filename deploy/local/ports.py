"""Free ports and a look whether a port is taken."""

import errno
import random
import socket
from contextlib import closing

# Below the range from which systems take the source ports of outgoing connections, so that nothing grabs a port between
# its choice and its use.
_FIRST, _LAST = 20_000, 32_000
_handed_out: set[int] = set()


def free_port(span: int = 1) -> int:
    """Choose a loopback port that nobody listens on and that this process did not choose before.

    With a span the following ports are free as well.
    """
    for _ in range(1000):
        first = random.SystemRandom().randint(_FIRST, _LAST)
        ports = range(first, first + span)
        if _handed_out.isdisjoint(ports) and all(is_free(port, "127.0.0.1") for port in ports):
            _handed_out.update(ports)
            return first
    raise OSError("no free port was found")


def is_free(port: int, *hosts: str) -> bool:
    """Return whether the port can be listened on at each host; hosts that this machine lacks are passed over."""
    return all(_can_listen(port, host) for host in hosts)


def has_ipv6() -> bool:
    """Return whether this machine can listen for IPv6."""
    if not socket.has_ipv6:
        return False
    try:
        with socket.create_server(("::", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def _can_listen(port: int, host: str) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        return True
    with closing(listener):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            listener.bind((host, port))
            listener.listen(1)
        except OSError as error:
            return error.errno == errno.EADDRNOTAVAIL
    return True
