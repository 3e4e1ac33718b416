"""The program: its commands, and how it ends."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Final, TextIO

import typer

from linkmeter.cli import failures, groups, typer_completion
from linkmeter.cli.commands import (
    clicks,
    completion,
    config,
    domain,
    exports,
    imports,
    key,
    ledger,
    link,
    login,
    picture,
    shorten,
    stats,
    tail,
)
from linkmeter.cli.exits import ExitCode
from linkmeter.version import __version__

_NAME: Final = "linkmeter"
app = groups.Group(
    help="Short links, measured: create links, read their statistics, watch them being followed.",
    epilog="First: linkmeter login https://… Exit codes: 1 error, 2 usage, 3 not found, 4 no right, 5 unavailable.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"{_NAME} {__version__}\n")
        raise typer.Exit


@app.callback()
def before_the_command(
    ctx: typer.Context,
    output: groups.OutputOption = None,
    columns: groups.ColumnsOption = "",
    profile: groups.ProfileOption = "",
    url: groups.UrlOption = "",
    quiet: groups.QuietOption = False,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Keep the common options for the command that follows."""
    groups.remember(ctx, output=output, columns=columns, profile=profile, url=url, quiet=quiet)


login.add_to(app)
shorten.add_to(app)
stats.add_to(app)
clicks.add_to(app)
tail.add_to(app)
ledger.add_to(app)
picture.add_to(link.link)
app.add_typer(link.link, name="link")
app.add_typer(key.key, name="key")
app.add_typer(domain.domain, name="domain")
app.add_typer(imports.imports, name="import")
app.add_typer(exports.exports, name="export")
app.add_typer(config.config, name="config")
app.add_typer(completion.completion, name="completion")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program and end with its exit code, which docs/cli.md explains."""
    told = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        _prepare(stream)
    typer_completion.completion_init()
    code: int = ExitCode.OK
    try:
        _check_unicode(told)
        typer.main.get_command(app).main(told, prog_name=_NAME)
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:
        code = ExitCode.BROKEN_PIPE
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else ExitCode.OK
    _end(code)


def _prepare(stream: TextIO | None) -> None:
    """Have every text come out, whatever alphabet the machine is set to; data in pipes and files is UTF-8."""
    reconfigure = getattr(stream, "reconfigure", None)
    if stream is not None and reconfigure is not None:
        if not stream.isatty():
            reconfigure(encoding="utf-8")
        reconfigure(errors="backslashreplace")


def _check_unicode(arguments: Sequence[str]) -> None:
    """End with a word when an argument is no text: bytes that are no UTF-8 can name nothing at a server."""
    for argument in arguments:
        if not argument.isascii() and argument != argument.encode(errors="replace").decode():
            failures.complain(f"{argument.encode(errors='backslashreplace').decode()} is not UTF-8")
            raise SystemExit(ExitCode.USAGE)


def _end(code: int) -> None:
    if code in {ExitCode.BROKEN_PIPE, ExitCode.INTERRUPTED}:
        # What is still waiting to be written goes nowhere, without a word.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(code)
