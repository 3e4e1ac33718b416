"""What counts as one client among those who come through the gateway."""

import ipaddress
from typing import Final

# The gateway puts the client's address here, and takes away what clients put there.
CLIENT_IP_KEY: Final = "x-linkmeter-client-ip"
_IPV6_NETWORK_BITS: Final = 64


def client_network(ip: str) -> str:
    """Return what counts as one client: an IPv4 address, or an IPv6 /64, of which everybody has a whole one."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _IPV6_NETWORK_BITS), strict=False))
