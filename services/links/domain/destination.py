"""Where a link may lead: one ASCII line, http or https, without user info or raw control characters."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from services.common import hosts
from services.common.errors import InvalidArgument
from services.links.domain.text import has_control_characters

MAX_BYTES: Final = 8192
# re.ASCII: without it, case-insensitive "s" also matches the long s, which no browser reads as http.
_URL: Final = re.compile(r"(https?)://([^/?#\\]+)([/?#].*)?", re.ASCII | re.IGNORECASE | re.DOTALL)
_AUTHORITY: Final = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]+)(:[0-9]*)?", re.ASCII)
_PRINTABLE: Final = "".join(map(chr, range(0x21, 0x7F)))
_MAX_PORT: Final = 65535
# No host has these names; they stand where one typed or pasted http:// before a whole URL.
_SCHEMES: Final = frozenset({"http", "https"})


@dataclass(frozen=True, slots=True)
class Destination:
    """A destination that may be sent as a Location header, and the host that it leads to in its one spelling."""

    url: str
    host: str


def parse(text: str, field: str = "link.destination") -> Destination:
    """Normalise a destination; InvalidArgument with the field's name when a link may not lead there."""
    try:
        return _parse(text)
    except ValueError as problem:
        raise InvalidArgument(field, str(problem)) from problem


def _parse(text: str) -> Destination:
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise ValueError(f"must have at most {MAX_BYTES} bytes")
    if has_control_characters(text):
        raise ValueError("must not hold control characters")
    matched = _URL.fullmatch(text.strip(" "))
    if not matched:
        raise ValueError("must be an absolute http or https URL")
    scheme, authority, rest = matched.groups(default="")
    authority, host = _parse_authority(authority)
    url = f"{scheme}://{authority}{quote(rest, safe=_PRINTABLE)}"
    if len(url) > MAX_BYTES:
        raise ValueError(f"must have at most {MAX_BYTES} bytes when encoded")
    # Other escaped control characters cannot split a header, and messages for chat programs have lines.
    if "%00" in url:
        raise ValueError("must not hold an encoded NUL")
    return Destination(url=url, host=host)


def _parse_authority(authority: str) -> tuple[str, str]:
    """Return the authority in ASCII and its host in the one spelling."""
    if "@" in authority:
        raise ValueError("must not hold a user name or password")
    matched = _AUTHORITY.fullmatch(authority)
    if not matched:
        raise ValueError("must hold a valid host")
    host, port = matched[1], matched[2] or ""
    if len(port) > 6 or int(port[1:] or "0") > _MAX_PORT:  # noqa: PLR2004 - a colon and five digits
        raise ValueError("must hold a valid port")
    try:
        known = hosts.canonical(host)
        # An ASCII host stays byte for byte what was given.
        written = host if host.isascii() else hosts.to_ascii(host)
    except ValueError as problem:
        raise ValueError("must hold a valid host") from problem
    if known in _SCHEMES:
        raise ValueError("must not begin with its scheme twice")
    return written + port, known
