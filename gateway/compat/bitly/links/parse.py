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
    """Host and code of a link; an empty host is any domain of the caller's."""

    host: str
    code: str


@dataclass(frozen=True, slots=True)
class Item:
    """One of several links of a call: the parameter that names it, and how."""

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
    """Return the link of a required short URL; raise Failure, MISSING_ARG_LINK or INVALID_ARG_LINK."""
    if not text.strip():
        raise missing("link")
    parsed = short_link(text)
    if parsed is None:
        raise invalid("link")
    return parsed


def short_link(text: str) -> ShortLink | None:
    """Return host and code of a short URL, whatever its scheme, query and plus sign; None when it is none."""
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
    """Return the 1 to 15 links of a call, given as repeated parameters or joined by commas.

    Raises Failure: MISSING_ARG_SHORTURL for none, INVALID_ARG_SHORTURL or INVALID_ARG_HASH for too many.
    """
    found = [Item("short_url", text, short_link(text)) for text in _split(request.short_url)]
    # Some clients send whole short URLs here, too.
    found += [Item("hash", text, _by_hash(text)) for text in _split(request.hash)]
    if not found:
        raise missing("shorturl")
    if len(found) > MOST_ITEMS:
        raise invalid(found[-1].key.replace("_", ""))
    return found


def item_of(request: LinksRequest) -> Item:
    """Return the one link of a call; raise Failure as items_of() does."""
    found = items_of(request)
    if len(found) > 1:
        raise invalid(found[-1].key.replace("_", ""))
    return found[0]


def destinations(texts: Iterable[str]) -> list[str]:
    """Return the 1 to 15 destinations of a call; raise Failure, MISSING_ARG_URL or INVALID_ARG_URL."""
    found = [piece.strip() for text in texts for piece in _BETWEEN_URLS.split(text) if piece.strip()]
    if not found:
        raise missing("url")
    if len(found) > MOST_ITEMS:
        raise invalid("url")
    return found


def destination(*texts: str, name: str = "uri") -> str:
    """Return where a new link shall lead: the first that is given of several parameters, named by the last.

    Raises Failure: MISSING_ARG_ and the name for none, INVALID_URI for more than 2048 characters.
    """
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
