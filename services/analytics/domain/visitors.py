"""Recognise a visitor without knowing who it is, and keep no more of an address than allowed."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from ipaddress import ip_network
from typing import Final

_HASH_BYTES: Final = 12


class KeyRotation(StrEnum):
    """How long a visitor is recognised."""

    NEVER = "never"
    DAILY = "daily"


class IpStorage(StrEnum):
    """How much of an address is kept."""

    FULL = "full"
    TRUNCATED = "truncated"
    NONE = "none"


def visitor_hasher(key: bytes, rotation: KeyRotation) -> Callable[[str, str, datetime], bytes]:
    """Return the function from address, user agent and time to the visitor's hash of 12 bytes.

    With daily rotation the hashes of one visitor on two UTC days have nothing in common.
    """

    def visitor(ip: str, user_agent: str, time: datetime) -> bytes:
        day = time.astimezone(UTC).date().isoformat() if rotation is KeyRotation.DAILY else ""
        text = f"{day}\n{ip}\n{user_agent}".encode("utf-8", "replace")
        return hashlib.blake2b(text, key=key, digest_size=_HASH_BYTES).digest()

    return visitor


def kept_address(ip: str, storage: IpStorage) -> str:
    """Return what may be kept of a canonical address: all, its network (IPv4 /24, IPv6 /48), or nothing."""
    if not ip or storage is IpStorage.NONE:
        return ""
    if storage is IpStorage.FULL:
        return ip
    length = 48 if ":" in ip else 24
    return str(ip_network(f"{ip}/{length}", strict=False).network_address)
