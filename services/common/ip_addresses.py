"""Addresses of clients: their one spelling, and what counts as one client."""

import ipaddress
from functools import lru_cache
from typing import Final

# The gateway puts the client's address under this key of a call's metadata and of HTTP headers alike, and takes away
# what clients put there.
CLIENT_IP_KEY: Final = "x-linkmeter-client-ip"
_IPV6_NETWORK_BITS: Final = 64
# Redirect asks for each request; most come from addresses that came just before.
_REMEMBERED: Final = 4096


@lru_cache(maxsize=_REMEMBERED)
def plain_address(text: str) -> str:
    """Return an address in its one spelling (mapped IPv4 as IPv4, no zone); empty when it is none."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


@lru_cache(maxsize=_REMEMBERED)
def client_network(ip: str) -> str:
    """Return what counts as one client: an IPv4 address, or an IPv6 /64, of which everybody has a whole one.

    All that is no address counts as one client, called unknown.
    """
    address = plain_address(ip)
    if ":" not in address:
        return address or "unknown"
    return str(ipaddress.ip_network((address, _IPV6_NETWORK_BITS), strict=False))
