"""Split a referrer, and find the social network that it belongs to."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from services.analytics.domain.click import Referral
from services.analytics.domain.networks import network_of_application, network_of_host
from services.common.text import cut

# Names the application that a link was opened from.
_APPLICATION: Final = "android-app"
_SCHEMES: Final = ("http", "https", _APPLICATION)
_TOKEN: Final = re.compile(r"[A-Za-z0-9+/_=-]{1,256}", re.ASCII)
_LONGEST_REFERRER: Final = 2048
# Values are part of index keys, which PostgreSQL limits to 2,704 bytes.
_LONGEST_VALUE: Final = 1800


@lru_cache(maxsize=16_384)
def referral_of(referrer: str) -> Referral:
    """Return a referrer at several depths; one that is no address of a page is kept as it is and counts as direct.

    Some sites and proxies send a token in place of the address; it has no host, but is a page of its own.
    """
    kept = cut(referrer.strip(), _LONGEST_REFERRER)
    try:
        parts = urlsplit(kept)
        host = (parts.hostname or "").rstrip(".")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return Referral(referrer=kept)
    if parts.scheme not in _SCHEMES or not host:
        return Referral(referrer=kept, referrer_page=kept if _TOKEN.fullmatch(kept) else "")
    name = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{name}{port}"
    return Referral(
        referrer=kept,
        referrer_host=cut(host, _LONGEST_VALUE),
        referrer_origin=cut(origin, _LONGEST_VALUE),
        referrer_page=cut(origin + (parts.path or "/"), _LONGEST_VALUE),
    )


def social_network_of(referral: Referral) -> str:
    """Return the network of the page or of the application that a link was opened from; empty when there is none."""
    if referral.referrer_origin.startswith(f"{_APPLICATION}:"):
        return network_of_application(referral.referrer_host)
    return network_of_host(referral.referrer_host)
