"""Host names as the links service knows them."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

import idna

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
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


@dataclass(frozen=True, slots=True)
class OwnHosts:
    """The installation's own domain and the other names that it answers to."""

    default: str
    aliases: frozenset[str]

    def canonical(self, host: str) -> str:
        """Return the name that links knows the host by, so that an alias shares cache entries and invalidations."""
        return self.default if host in self.aliases else host


def own_hosts(public_url: str, extra_hosts: str) -> OwnHosts:
    """Return the installation's hosts; raise ValueError when a name is malformed."""
    default = host_of_url(public_url)
    loopback = _LOOPBACK if default in _LOOPBACK else frozenset()
    return OwnHosts(default, (host_names(extra_hosts) | loopback) - {default})


def host_of_url(url: str) -> str:
    """Return the host that a URL names; raise ValueError when it names none."""
    host = plain_host(urlsplit(url).netloc)
    if not host:
        raise ValueError(f"{url!r} names no host")
    return host


def host_names(listing: str) -> frozenset[str]:
    """Read a comma-separated list of host names; raise ValueError when one is malformed."""
    names = {name.strip(): plain_host(_to_ascii(name.strip())) for name in listing.split(",") if name.strip()}
    for given, plain in names.items():
        if not plain:
            raise ValueError(f"{given!r} is no host name")
    return frozenset(names.values())


def _to_ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return ""
