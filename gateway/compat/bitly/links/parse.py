"""From the parameters by which Bitly's calls name links and destinations to ours."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from gateway.compat.bitly.errors import Failure, invalid, missing
from services.common import emoji_codes

MOST_ENCODERS: Final = 25
MOST_ITEMS: Final = 15
LONGEST_URL: Final = 2048
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST_HOST: Final = 253
# Commas are part of addresses; one that another address follows is not.
_BETWEEN_URLS: Final = re.compile(r",(?=\s*https?://)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ShortLink:
    """A link by its names. Without host: of whatever domain."""

    host: str
    code: str


@dataclass(frozen=True, slots=True)
class Item:
    """One of the links of a call, and how its answer refers to it."""

    key: str
    text: str
    # None when no link can be called that.
    link: ShortLink | None


class LinksRequest(Protocol):
    """The parameters by which calls name links."""

    @property
    def short_url(self) -> Iterable[str]:
        """Short URLs."""

    @property
    def hash(self) -> Iterable[str]:
        """Codes."""


def link(text: str) -> ShortLink:
    """Parse a required short URL."""
    if not text.strip():
        raise missing("link")
    parsed = short_link(text)
    if parsed is None:
        raise invalid("link")
    return parsed


def short_link(text: str) -> ShortLink | None:
    """Take a short URL apart: host and code, whatever scheme, query and plus sign; None when it is none."""
    text = text.strip()
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    code = emoji_codes.canonical(unquote(parts.path).strip("/").removesuffix("+"))
    if parts.scheme not in {"", "http", "https"} or not 0 < len(host) <= _LONGEST_HOST or not _CODE.fullmatch(code):
        return None
    return ShortLink(host, code)


def items_of(request: LinksRequest) -> list[Item]:
    """Parse the links of a call, which may be repeated parameters or joined by commas."""
    found = [Item("short_url", text, short_link(text)) for text in _split(request.short_url)]
    # Some clients send whole short URLs here, too.
    found += [Item("hash", text, _by_hash(text)) for text in _split(request.hash)]
    if not found:
        raise missing("shorturl")
    if len(found) > MOST_ITEMS:
        raise invalid(found[-1].key.replace("_", ""))
    return found


def item_of(request: LinksRequest) -> Item:
    """Parse the one link of a call."""
    found = items_of(request)
    if len(found) > 1:
        raise invalid(found[-1].key.replace("_", ""))
    return found[0]


def destinations(texts: Iterable[str]) -> list[str]:
    """Parse the destinations of a call."""
    found = [piece.strip() for text in texts for piece in _BETWEEN_URLS.split(text) if piece.strip()]
    if not found:
        raise missing("url")
    if len(found) > MOST_ITEMS:
        raise invalid("url")
    return found


def destination(*texts: str, name: str = "uri") -> str:
    """Parse where a new link shall lead: the first of several parameters that was given."""
    text = next((text.strip() for text in texts if text.strip()), "")
    if not text:
        raise missing(name)
    if len(text) > LONGEST_URL:
        raise Failure("INVALID_URI")
    return text


def _split(texts: Iterable[str]) -> list[str]:
    return [piece.strip() for text in texts for piece in text.split(",") if piece.strip()]


def _by_hash(text: str) -> ShortLink | None:
    if "/" in text:
        return short_link(text)
    code = emoji_codes.canonical(text)
    return ShortLink("", code) if _CODE.fullmatch(code) else None
