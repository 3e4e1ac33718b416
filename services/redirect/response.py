"""The response to a request, whatever server carries it."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

HeaderList: TypeAlias = list[tuple[str, str]]

# No cache, private or shared, may keep a response, or follows would go uncounted and changes unseen. no-store alone
# says so by RFC 9111, also to 301 and 308, which browsers else keep for ever; private is for those that know only that.
CACHE_CONTROL: Final = ("cache-control", "private, no-store")
ROBOTS: Final = ("x-robots-tag", "noindex, nofollow")
PLAIN: Final = ("content-type", "text/plain; charset=utf-8")


@dataclass(slots=True)
class Response:
    """Status, headers and body. Nobody changes one: the same object is sent again and again."""

    status: int
    headers: HeaderList = field(default_factory=list)
    body: str = ""
    # The head as the server encoded it for HTTP/1.1, and the block of headers for HTTP/2, kept for the next time.
    head: bytes = field(default=b"", repr=False, compare=False)
    block: bytes = field(default=b"", repr=False, compare=False)


# Of what a destination may hold, RFC 3986 allows these nowhere. Strict clients fail on them, and browsers send them
# escaped or as they are, to the same effect. Not the backslash: browsers read it as a slash.
_ESCAPED: Final = str.maketrans({letter: f"%{ord(letter):02X}" for letter in '"<>^`{|}'})


def redirect(status: int, location: str, *, is_indexable: bool = False) -> Response:
    """Return the redirect to a location.

    Without Referrer-Policy: the browser's own policy for the page that held the link goes on to hold, so that the
    destination gets the referrer that it would have got without us. Any value here could only leak more or hide more.
    """
    headers = [("location", location.translate(_ESCAPED)), CACHE_CONTROL]
    return Response(status, headers if is_indexable else [*headers, ROBOTS])


# For locations that are the same for all visitors: what differs from one to the next would push them out of memory.
redirect_again: Final = lru_cache(maxsize=16_384)(redirect)


def plain(status: int, text: str = "") -> Response:
    """Return a response of plain text."""
    return Response(status, [PLAIN, CACHE_CONTROL], text)
