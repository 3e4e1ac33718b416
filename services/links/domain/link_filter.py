"""Filters of a list of links."""

import dataclasses
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote, unquote

from services.common import emoji_codes, hosts
from services.common.errors import InvalidArgument
from services.links.domain import destination
from services.links.domain.link import MAX_TAG, LinkState
from services.links.domain.text import has_control_characters

MAX_QUERY: Final = 128
DEFAULT_PAGE: Final = 50
MAX_PAGE: Final = 1000
# Of ids alone.
MAX_IDS_PAGE: Final = 10_000
MAX_SKIP: Final = 10_000
DEFAULT_ENCODERS: Final = 10
# Of patterns of LIKE.
_SPECIAL: Final = re.compile(r"[\\%_]")
_ESCAPED: Final = r"\\\g<0>"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFilter:
    """Which of an owner's links to list; empty parts filter nothing."""

    owner_id: int
    host: str = ""
    tag: str = ""
    query: str = ""
    state: LinkState | None = None
    destination: str = ""
    archived: bool = False
    created_from: datetime | None = None
    created_before: datetime | None = None
    oldest_first: bool = False

    @property
    def spellings(self) -> tuple[str, ...]:
        """The query as links hold it, without case: as text, percent-encoded, in punycode or as a code of emojis."""
        if not self.query:
            return ()
        plain = unquote(self.query)
        written = [self.query.casefold()]
        if not plain.isascii():
            written += [plain.casefold(), quote(plain).lower(), emoji_codes.code_of(plain) or _host(plain)]
        return tuple(dict.fromkeys(written))

    @property
    def patterns(self) -> tuple[str, ...]:
        """The spellings as patterns of LIKE; a text matches when one does, and none is needed without a query."""
        return tuple(f"%{_SPECIAL.sub(_ESCAPED, spelling)}%" for spelling in self.spellings)

    @property
    def list_name(self) -> str:
        """Name the list, so that page tokens of another are refused."""
        return "links:" + "".join(f"{len(repr(part))}:{part!r}" for part in dataclasses.astuple(self))


def _host(text: str) -> str:
    try:
        return hosts.to_ascii(text)
    except ValueError:
        return text


def check(link_filter: LinkFilter) -> None:
    """Raise InvalidArgument for filters that break their bounds."""
    if len(link_filter.query) > MAX_QUERY or has_control_characters(link_filter.query):
        raise InvalidArgument("query", f"must have at most {MAX_QUERY} characters, no control characters")
    if len(link_filter.tag) > MAX_TAG or has_control_characters(link_filter.tag):
        raise InvalidArgument("tag", f"must have at most {MAX_TAG} characters, no control characters")


def stored_destination(text: str) -> str:
    """Return how a destination is stored; InvalidArgument when no link can lead there."""
    if not text:
        return ""
    try:
        return destination.parse(text).url
    except InvalidArgument as problem:
        raise InvalidArgument("destination", problem.problem) from problem


def page_size(asked: int, most: int = MAX_PAGE) -> int:
    """Return how many links a page holds; InvalidArgument when fewer than none are asked for."""
    if asked < 0:
        raise InvalidArgument("page_size", f"must be 1 to {most}, or 0 for {DEFAULT_PAGE}")
    return min(asked or DEFAULT_PAGE, most)


def encoder_limit(asked: int) -> int:
    """Return how many accounts that lead to a destination are listed; InvalidArgument when it cannot be as many."""
    if not 0 <= asked <= MAX_PAGE:
        raise InvalidArgument("limit", f"must be 1 to {MAX_PAGE}, or 0 for {DEFAULT_ENCODERS}")
    return asked or DEFAULT_ENCODERS


def skip(asked: int) -> int:
    """Return how many links a first page passes over; InvalidArgument when it cannot be as many."""
    if not 0 <= asked <= MAX_SKIP:
        raise InvalidArgument("skip", f"must be 0 to {MAX_SKIP}")
    return asked
