"""The sites that hosts belong to: the part of a host name that somebody registered."""

from functools import cache, lru_cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

# Applications are named backwards. Some end like a host (com.google.android.gm), but no host begins like these, and
# nobody has a host under .android.
_APPLICATIONS: Final = ("com.", "org.", "net.")


# More than the values of a report, or looking at all of one would push out each before it is looked at again.
@lru_cache(maxsize=65_536)
def site_of(host: str) -> str:
    """Return example.co.uk of www.example.co.uk.

    A host that nobody can register is its own site, and so is an Android application such as com.example.mail.
    """
    if not host or _is_address(host) or host.startswith(_APPLICATIONS) or host.endswith(".android"):
        return host
    return _suffixes().privatesuffix(host) or host


def site_in(text: str) -> str:
    """Return the site of a URL, or of the host that a text is."""
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname
    except ValueError:
        host = None
    return site_of((host or text).lower())


@cache
def _suffixes() -> PublicSuffixList:
    # The list that comes with the package. What hosters let out (github.io) is one site: the hoster's.
    return PublicSuffixList(only_icann=True, accept_unknown=False)


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
