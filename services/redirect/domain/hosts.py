"""Hosts as requests write them."""

import re
from functools import lru_cache
from typing import Final

_HOST: Final = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9_.-]{1,253})(?::[0-9]{0,5})?")
_AUTHORITY: Final = re.compile(
    r"(?:\[[0-9A-Fa-f:.]{2,45}\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2}){0,255})(?::[0-9]{0,5})?"
)


@lru_cache(maxsize=4096)
def plain_host(header: str) -> str:
    """Return a Host header as the lower-case name without port and root dot; empty when it is malformed."""
    match = _HOST.fullmatch(header.lower()) if header.isascii() else None
    return match[1].removesuffix(".") if match else ""


@lru_cache(maxsize=4096)
def is_authority(header: str) -> bool:
    """Return whether a Host header is a host with or without port, or empty, as RFC 3986 section 3.2 writes them."""
    return _AUTHORITY.fullmatch(header) is not None
