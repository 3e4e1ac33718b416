"""Links as a file of static redirects. They are sorted on disk, so that memory stays flat at any number of links."""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from linkmeter.links.v1 import links_pb2
from linkmeter.moving.exporting.redirect_formats import Render, is_expressible
from linkmeter.moving.exporting.static_redirects import LeftOut, NoRedirect, StaticRedirect, static_redirect

_MOST_EXAMPLES = 5


@dataclass
class RedirectMap:
    """What was written, and what was not."""

    redirects: int = 0
    sha256: str = ""
    left_out: Counter[LeftOut] = field(default_factory=Counter)
    # Of each reason, the first few short URLs, without scheme.
    examples: dict[LeftOut, list[str]] = field(default_factory=dict)

    def leave_out(self, link: NoRedirect) -> None:
        """Count a link that has no static redirect."""
        self.left_out[link.reason] += 1
        examples = self.examples.setdefault(link.reason, [])
        if len(examples) < _MOST_EXAMPLES:
            examples.append(f"{link.host}/{link.code}")


def write_redirects(
    links: Iterable[links_pb2.Link],
    render: Render,
    stream: IO[bytes],
    *,
    advance: Callable[[int], None] = lambda _: None,
) -> RedirectMap:
    """Write a file of static redirects, sorted by host, status and code, and return what it has and lacks."""
    result = RedirectMap()
    digest = hashlib.sha256()
    # An empty name: a database in a temporary file, which is deleted when it is closed.
    database = sqlite3.connect("")
    try:
        database.execute("CREATE TABLE redirects (host, status, code, destination)")
        database.executemany("INSERT INTO redirects VALUES (?, ?, ?, ?)", _rows(links, render, result, advance))
        for line in render(_sorted(database)):
            content = line.encode()
            digest.update(content)
            stream.write(content)
    finally:
        database.close()
    result.sha256 = digest.hexdigest()
    return result


def _rows(
    links: Iterable[links_pb2.Link], render: Render, result: RedirectMap, advance: Callable[[int], None]
) -> Iterator[tuple[str, int, str, str]]:
    for link in links:
        advance(1)
        match static_redirect(link):
            case NoRedirect() as none:
                result.leave_out(none)
            case StaticRedirect() as redirect if not is_expressible(redirect, render):
                result.leave_out(NoRedirect(redirect.host, redirect.code, LeftOut.INEXPRESSIBLE))
            case redirect:
                result.redirects += 1
                yield redirect.host, redirect.status, redirect.code, redirect.destination


def _sorted(database: sqlite3.Connection) -> Iterator[StaticRedirect]:
    rows = database.execute("SELECT host, status, code, destination FROM redirects ORDER BY host, status, code")
    return (StaticRedirect(*row) for row in rows)
