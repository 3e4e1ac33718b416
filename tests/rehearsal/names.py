"""A name server for the containers: every Service is a name with the addresses of its ready pods, as in Kubernetes."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Sequence
from typing import Final

_TYPE_A: Final = 1
# As Kubernetes' own server answers for headless Services.
_TTL_SECONDS: Final = 5
_NO_SUCH_NAME: Final = 3
# IP_FREEBIND of Linux, which the module socket does not name.
_FREE_BIND: Final = 15


class NameServer:
    """Answers questions for addresses over UDP, in a thread."""

    def __init__(self, address: str, domain: str, lookup: Callable[[str], Sequence[str] | None]) -> None:
        self._domain = domain
        self._lookup = lookup
        self._is_stopping = False
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        # The bridge has its address only when the first container is on it.
        self._socket.setsockopt(socket.IPPROTO_IP, _FREE_BIND, 1)
        self._socket.settimeout(0.2)
        self._socket.bind((address, 53))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._is_stopping = True
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._is_stopping:
            with contextlib.suppress(TimeoutError):
                question, peer = self._socket.recvfrom(512)
                self._socket.sendto(self._answer(question), peer)

    def _answer(self, question: bytes) -> bytes:
        name, end = _read_name(question)
        (kind,) = struct.unpack_from(">H", question, end)
        suffix = f".{self._domain}"
        found = self._lookup(name.removesuffix(suffix)) if name.endswith(suffix) else None
        addresses = found or () if kind == _TYPE_A else ()
        flags = 0x8580 | (_NO_SUCH_NAME if found is None else 0)
        head = question[:2] + struct.pack(">HHHHH", flags, 1, len(addresses), 0, 0)
        records = b"".join(
            b"\xc0\x0c" + struct.pack(">HHIH", _TYPE_A, 1, _TTL_SECONDS, 4) + socket.inet_aton(address)
            for address in addresses
        )
        return head + question[12 : end + 4] + records


def _read_name(question: bytes) -> tuple[str, int]:
    labels = []
    at = 12
    while length := question[at]:
        labels.append(question[at + 1 : at + 1 + length].decode("ascii", "replace").lower())
        at += 1 + length
    return ".".join(labels), at + 1
