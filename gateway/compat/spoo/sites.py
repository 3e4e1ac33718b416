"""The sites that hosts belong to: the part of a host name that somebody registered."""

from functools import cache, lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList


@lru_cache(maxsize=8192)
def site_of(host: str) -> str:
    """Answer example.co.uk of www.example.co.uk; a host that nobody can register is its own site."""
    if not host or _is_address(host):
        return host
    return _suffixes().privatesuffix(host) or host


def site_in(text: str) -> str:
    """Answer the site of a URL, or of the host that a text is."""
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname
    except ValueError:
        host = None
    return site_of((host or text).lower())


@cache
def _suffixes() -> PublicSuffixList:
    # The list that comes with the package. What hosters let out (github.io) is one site: the hoster's.
    return PublicSuffixList(only_icann=True)


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
