"""A look whether a port is taken."""

import errno
import socket
from contextlib import closing


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
