"""Free ports and a look whether a port is taken."""

import random
import socket
from contextlib import closing

# Below the range from which systems take the source ports of outgoing connections, so that nothing grabs a port between
# its choice and its use.
_FIRST, _LAST = 20_000, 32_000
_handed_out: set[int] = set()


def free_port() -> int:
    """Choose a loopback port that nobody listens on and that this process did not choose before."""
    for _ in range(1000):
        port = random.SystemRandom().randint(_FIRST, _LAST)
        if port not in _handed_out and is_free(port, "127.0.0.1"):
            _handed_out.add(port)
            return port
    raise OSError("no free port was found")


def is_free(port: int, *hosts: str) -> bool:
    """Say whether the port can be listened on at each host; a host that this machine does not have is passed over."""
    return all(_can_listen(port, host) for host in hosts)


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
            return error.errno == _ADDRESS_NOT_HERE
    return True


_ADDRESS_NOT_HERE = 99
