"""What a command works with: the client, standard output, remarks and progress on standard error."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Self

import typer
from rich.console import Console

from linkmeter.cli import connection, progress, settings, text
from linkmeter.cli.connection import Options, Server
from linkmeter.cli.exits import CommandError, MisuseError
from linkmeter.cli.output import Format, Output, Row
from linkmeter.client import Client


class Cli:
    """One run of one command. Nothing is read or connected before it is needed."""

    def __init__(
        self,
        *,
        options: Options,
        output_format: Format | None = None,
        columns: Sequence[str] = (),
        quiet: bool = False,
    ) -> None:
        self.options = options
        self.quiet = quiet
        # Standard output: data, and nothing else.
        self.out = Output(output_format, columns)
        # Standard error: whatever is no data.
        self.err = Console(stderr=True, markup=False, emoji=False, highlight=False)

    @cached_property
    def config(self) -> settings.Config:
        """What `config.toml` says."""
        return settings.read()

    @property
    def profile_name(self) -> str:
        """The name of the profile that is meant, which may not be there."""
        return settings.profile_name(self.options.profile, self.config)

    @cached_property
    def server(self) -> Server:
        """The server that this command talks to. Raises CommandError when there is none, or no key for it."""
        return connection.find(self.options, self.config)

    @cached_property
    def client(self) -> Client:
        """The client of that server, closed when the command ends."""
        return Client(self.server.url, self.server.api_key)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if "client" in self.__dict__:
            self.client.close()

    def say(self, message: str) -> None:
        """Make a remark on standard error, unless quiet was asked for."""
        if not self.quiet:
            self.err.print(text.for_terminal(message), soft_wrap=True)

    def warn(self, message: str) -> None:
        """Say what went wrong without ending; quiet does not silence it."""
        self.err.print(f"linkmeter: {text.for_terminal(message)}", soft_wrap=True)

    def progress(
        self, description: str, total: int | None = None, unit: str = "links"
    ) -> AbstractContextManager[progress.Tracker]:
        """Show a bar with rate and time left on standard error while the block runs; see progress.tracked."""
        # Rows that appear one by one on the same terminal are progress enough, and would be torn by a bar.
        torn = self.out.is_terminal and not self.out.is_table
        return progress.tracked(self.err, description, total, unit, shown=not self.quiet and not torn)

    def tracked(
        self, rows: Iterable[Row], description: str, total: int | None = None, unit: str = "links"
    ) -> Iterator[Row]:
        """Return rows one by one, with a bar that is gone once the last of them is taken; see progress."""
        with self.progress(description, total, unit) as bar:
            for row in rows:
                yield row
                bar.advance()

    def confirm(self, question: str, *, yes: bool) -> None:
        """Ask before what cannot be undone; `yes` is the answer that was given by an option.

        Raises MisuseError where nobody can be asked, CommandError when the answer is no.
        """
        if yes:
            return
        if not sys.stdin.isatty():
            raise MisuseError("this cannot be undone, and nobody can be asked here: say --yes")
        if not typer.confirm(text.for_terminal(question), err=True):
            raise CommandError("nothing was done")
