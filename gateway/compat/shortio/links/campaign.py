"""Campaign parameters: Short.io keeps them beside a URL, we keep them in it."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, quote, unquote_plus, urlsplit

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
# Fields of our contract, and parameters of URLs.
PARAMETERS: Final[tuple[str, ...]] = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")


def read(url: str) -> dict[str, str]:
    """Return the campaign parameters in a URL by name, the first of each; none for what is no URL."""
    try:
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=False)
    except ValueError:
        return {}
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in PARAMETERS:
            found.setdefault(name, value)
    return found


def write(url: str, given: Mapping[str, str]) -> str:
    """Return a URL with campaign parameters in place of those of the same name; an empty one takes them away.

    All else stays byte for byte. What is no URL stays as it is: links says what is wrong with it.
    """
    if not given or not _is_url(url):
        return url
    address, mark, fragment = url.partition("#")
    address, _, query = address.partition("?")
    kept = [pair for pair in query.split("&") if pair and unquote_plus(pair.partition("=")[0]) not in given]
    added = [f"{name}={quote(value, safe='')}" for name, value in given.items() if value]
    return "".join([address, "?" if kept or added else "", "&".join([*kept, *added]), mark, fragment])


def _is_url(text: str) -> bool:
    """Return whether a text is a URL as it stands, without blanks around it or control characters in it."""
    try:
        return bool(urlsplit(text).netloc) and text == text.strip(" ") and not _CONTROL.search(text)
    except ValueError:
        return False
