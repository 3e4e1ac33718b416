"""Where a program listens: host:port, or unix:PATH for a socket that only who may enter its folder can reach."""

import os
import socket
from pathlib import Path
from typing import Final

_UNIX: Final = "unix:"
# What every system takes for the path of a socket (macOS takes least), without the byte that ends it.
MAX_PATH_BYTES: Final = 103
_MAX_PORT: Final = 65535


def unix(path: Path) -> str:
    """Return the address of a Unix socket."""
    return f"{_UNIX}{path}"


def unix_path(address: str) -> str:
    """Return the path of a Unix socket; empty for host:port."""
    return address.removeprefix(_UNIX) if address.startswith(_UNIX) else ""


def host_and_port(address: str) -> tuple[str, int]:
    """Split host:port; the host of an IPv6 address comes without its brackets."""
    host, _, port = address.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


def is_address(text: str) -> bool:
    """Return whether the text is host:port, or unix: and an absolute path that is short enough for a socket."""
    if path := unix_path(text):
        return path.startswith("/") and len(os.fsencode(path)) <= MAX_PATH_BYTES
    host, _, port = text.rpartition(":")
    return bool(host) and port.isascii() and port.isdigit() and int(port) <= _MAX_PORT


def of_worker(address: str, index: int) -> str:
    """Return where one of several processes listens: a number is added to the port, or to the socket's name."""
    if index == 0 or not address:
        return address
    if path := unix_path(address):
        return unix(Path(f"{path}.{index}"))
    host, _, port = address.rpartition(":")
    return f"{host}:{int(port) + index if port != '0' else 0}"


def connect(address: str, timeout_seconds: float) -> socket.socket:
    """Open a connection; raise OSError when nobody listens."""
    path = unix_path(address)
    if not path:
        return socket.create_connection(host_and_port(address), timeout=timeout_seconds)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout_seconds)
    try:
        connection.connect(path)
    except BaseException:
        connection.close()
        raise
    return connection


def listen_unix(path: str, backlog: int) -> socket.socket:
    """Listen on a Unix socket, in place of one that may be there: at no moment is there none."""
    scratch = f"{path}~"
    Path(scratch).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(scratch)
        listener.listen(backlog)
        Path(scratch).replace(path)
    except BaseException:
        listener.close()
        raise
    return listener


def withdraw_unix(path: str) -> None:
    """Let nobody new find a Unix socket; who waits at it already is still taken by its listener."""
    Path(path).unlink(missing_ok=True)
