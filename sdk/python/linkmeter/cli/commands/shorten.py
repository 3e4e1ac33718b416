"""`linkmeter shorten`: short URLs for many long ones."""

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, Any, BinaryIO, Final

import typer

from linkmeter import errors
from linkmeter.cli import failures, link_options
from linkmeter.cli.context import Cli
from linkmeter.cli.exits import AlreadyToldError, ExitCode, MisuseError
from linkmeter.cli.groups import Group
from linkmeter.cli.output import Fields, Row

_FIELDS: Final = Fields(
    ("line", "destination", "code", "short_url", "link_id", "outcome", "error"),
    table=("short_url", "outcome", "destination", "error"),
    whole=("short_url", "outcome"),
)
# So many are on their way at once: the server answers one in some milliseconds, most of which is the way.
_AT_ONCE: Final = 8
_LONGEST_LINE: Final = 16_384


@dataclass(frozen=True, slots=True)
class _Wish:
    """One line: what it asks for, or why it cannot be asked."""

    line: int
    destination: str
    code: str = ""
    problem: str = ""


def add_to(app: Group) -> None:
    """Add the command to the program."""
    app.command("shorten")(shorten)


def shorten(
    cli: Cli,
    *,
    urls: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="URL",
            help="What to shorten. Default: the lines of standard input, each a URL and perhaps a code after it.",
            show_default=False,
        ),
    ] = None,
    domain: link_options.DomainOption = None,
    title: link_options.TitleOption = None,
    tag: link_options.TagOption = None,
    expires: link_options.ExpiresOption = None,
    new: Annotated[
        bool, typer.Option("--new", help="Create a link for each, even where there is one that is just as asked.")
    ] = False,
) -> None:
    """Make short URLs, one for each line of standard input or for each URL given.

    Running it again makes nothing twice: a link of yours that is just as asked is found again. A line that is refused
    is told and passed over; the exit code is then 1. Empty lines and those that begin with # are none.
    """
    if not urls and sys.stdin.isatty():
        raise MisuseError("name a URL, or pipe lines in: linkmeter shorten < urls.txt")
    fields = link_options.fields(
        cli,
        {
            "domain": domain or cli.server.profile.values.get("domain"),
            "title": title,
            "tags": tag or None,
            "expire_time": expires,
        },
        password=False,
    )
    wishes = [_Wish(at, url) for at, url in enumerate(urls, 1)] if urls else _wishes(sys.stdin.buffer)
    run = _Run(cli, fields, new=new)
    cli.out.many(run.rows(wishes, len(urls) if urls else _count(sys.stdin.buffer)), _FIELDS)
    run.end()


def _count(lines: BinaryIO) -> int | None:
    """Return how many lines ask for something, if they can be read twice: those of a file, not of a pipe."""
    if not lines.seekable():
        return None
    begin = lines.tell()
    count = sum(1 for line in lines if line.strip() and not line.lstrip().startswith(b"#"))
    lines.seek(begin)
    return count


def _wishes(lines: Iterable[bytes]) -> Iterator[_Wish]:
    for number, raw in enumerate(lines, 1):
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError:
            yield _Wish(number, raw.strip().decode(errors="backslashreplace"), problem="the line is not UTF-8")
            continue
        if not text or text.startswith("#"):
            continue
        words = text.split()
        if len(raw) > _LONGEST_LINE:
            yield _Wish(number, f"{text[:80]}…", problem=f"the line has more than {_LONGEST_LINE} bytes")
        elif len(words) > 2:  # noqa: PLR2004 - A URL and a code.
            yield _Wish(number, text, problem="a line is a URL, and perhaps a code")
        else:
            yield _Wish(number, words[0], *words[1:])


class _Run:
    """One run over all lines: answers in their order, several on their way at once."""

    def __init__(self, cli: Cli, fields: dict[str, Any], *, new: bool) -> None:
        self._cli = cli
        self._fields = fields
        self._new = new
        self._counts = dict.fromkeys(("created", "found", "refused"), 0)
        self._stopped: errors.LinkmeterError | None = None

    def rows(self, wishes: Iterable[_Wish], total: int | None) -> Iterator[Row]:
        """Yield what became of each line; end before the rest when the server is away or takes no key."""
        under_way: deque[tuple[_Wish, Future[Row]]] = deque()
        # Made here, so that threads do not make one each.
        self._links = self._cli.client.links
        pool = ThreadPoolExecutor(_AT_ONCE)
        try:
            with self._cli.progress("Shortening", total) as bar:
                for wish in wishes:
                    under_way.append((wish, pool.submit(self._ask, wish)))
                    if len(under_way) >= _AT_ONCE:
                        yield self._outcome(*under_way.popleft())
                        bar.advance()
                    if self._stopped:
                        break
                while under_way:
                    yield self._outcome(*under_way.popleft())
                    bar.advance()
        except _StoppedError:
            return
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def end(self) -> None:
        """Say how it went. Raises AlreadyToldError when not everything is as was asked."""
        counts = self._counts
        if sum(counts.values()) > 1 or self._stopped:
            self._cli.say(f"{counts['created']} created, {counts['found']} found, {counts['refused']} refused.")
        if self._stopped:
            raise AlreadyToldError(failures.exit_code(self._stopped))
        if counts["refused"]:
            raise AlreadyToldError(ExitCode.ERROR)

    def _ask(self, wish: _Wish) -> Row:
        if wish.problem:
            return _row(wish, outcome="refused", error=wish.problem)
        fields = {**self._fields, **({"code": wish.code} if wish.code else {})}
        try:
            if self._new:
                link, created = self._links.create(wish.destination, **fields), True
            else:
                link, created = self._links.find_or_create(wish.destination, **fields)
        except errors.LinkmeterError as problem:
            if failures.exit_code(problem) in {ExitCode.RIGHTS, ExitCode.UNAVAILABLE}:
                raise
            return _row(wish, outcome="refused", error=failures.explained(problem))
        return _row(
            wish,
            outcome="created" if created else "found",
            code=link.code,
            short_url=link.short_url,
            link_id=link.link_id,
        )

    def _outcome(self, wish: _Wish, answer: "Future[Row]") -> Row:
        try:
            row = answer.result()
        except errors.LinkmeterError as problem:
            self._stopped = problem
            self._cli.warn(f"line {wish.line}: {failures.explained(problem)}")
            self._cli.warn(f"it ends before line {wish.line}; run it again: what is made is found, not made twice")
            raise _StoppedError from problem
        outcome = str(row["outcome"])
        self._counts[outcome] += 1
        if outcome == "refused":
            self._cli.warn(f"line {wish.line}: {row['error']}")
        return row


class _StoppedError(Exception):
    """There is no point in going on."""


def _row(wish: _Wish, **more: Any) -> Row:
    return {"line": wish.line, "destination": wish.destination, **more}
