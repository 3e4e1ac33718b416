"""The options that say how a link is to be, the same for making and for changing one."""

import getpass
import sys
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import typer

from linkmeter.cli import completing, times
from linkmeter.cli.context import Cli
from linkmeter.cli.exits import MisuseError

_PANEL: Final = "The link"
_MOMENT: Final = "as in 2026-12-31, 2026-12-31T18:00 or 30d from now"

TitleOption = Annotated[str | None, typer.Option("--title", help="Text for people.", rich_help_panel=_PANEL)]
NoteOption = Annotated[str | None, typer.Option("--note", help="Text for yourself.", rich_help_panel=_PANEL)]
TagOption = Annotated[
    list[str] | None,
    typer.Option("--tag", "-t", help="A label; may be repeated.", metavar="TAG", rich_help_panel=_PANEL),
]
FromOption = Annotated[
    str | None,
    typer.Option("--from", help=f"From when it can be followed, {_MOMENT}.", metavar="TIME", rich_help_panel=_PANEL),
]
ExpiresOption = Annotated[
    str | None,
    typer.Option("--expires", help=f"When it ends, {_MOMENT}.", metavar="TIME", rich_help_panel=_PANEL),
]
ExpiredOption = Annotated[
    str | None,
    typer.Option(
        "--expired-destination", help="Where visitors are sent after its end.", metavar="URL", rich_help_panel=_PANEL
    ),
]
MaxClicksOption = Annotated[
    int | None,
    typer.Option("--max-clicks", help="How many times it can be followed; 0 for ever.", min=0, rich_help_panel=_PANEL),
]
PasswordOption = Annotated[
    bool,
    typer.Option(
        "--password",
        help="Ask visitors for a password, which is asked for here or read from standard input.",
        rich_help_panel=_PANEL,
    ),
]
StatusOption = Annotated[
    int | None,
    typer.Option("--redirect-status", help="301, 302, 307 or 308. Default: 302.", rich_help_panel=_PANEL),
]
PrivateOption = Annotated[
    bool | None,
    typer.Option(
        "--private-stats/--public-stats",
        help="Whether statistics are for its owner only. Default: they are.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
BotsOption = Annotated[
    bool | None,
    typer.Option(
        "--block-bots/--count-bots",
        help="Whether visits of bots stay uncounted. Default: they are counted as bots.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
IndexableOption = Annotated[
    bool | None,
    typer.Option(
        "--indexable/--no-index",
        help="Whether search engines may list the short URL. Default: as the server says.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
ForwardOption = Annotated[
    Literal["none", "missing", "all"] | None,
    typer.Option(
        "--forward-query",
        help="Which of a visitor's query parameters go on to the destination.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
DomainOption = Annotated[
    str | None,
    typer.Option(
        "--domain",
        "-d",
        help="Host name of the domain. Default: the profile's, else the server's own.",
        autocompletion=completing.domains,
        rich_help_panel=_PANEL,
    ),
]


def fields(cli: Cli, told: dict[str, Any], *, password: bool) -> dict[str, Any]:
    """Return what was told of a link as the client takes it, without what was not.

    `told` has options by the names of the contract's fields, moments as they were typed. Raises MisuseError when a
    moment is none, or when a password is to be read and there is none.
    """
    now = datetime.now(times.time_zone(time_zone(cli, "")))
    values = {name: value for name, value in told.items() if value is not None}
    for name in ("valid_from_time", "expire_time"):
        if name in values:
            values[name] = times.later(values[name], now)
    if password:
        values["password"] = read_secret("Password of the link: ", confirm=True)
    return values


def time_zone(cli: Cli, option: str) -> str:
    """Return the time zone that a person's days are in: the option's, the profile's, this machine's."""
    profile = cli.config.profiles.get(cli.profile_name)
    return option or (profile.values.get("time_zone", "") if profile else "") or times.local_time_zone()


def read_secret(question: str, *, confirm: bool = False) -> str:
    """Return a secret that is typed without being shown, or the first line of standard input when that is no terminal.

    Raises MisuseError when there is nothing to read.
    """
    if sys.stdin.isatty():
        return _typed(question, confirm=confirm)
    try:
        line = sys.stdin.readline().rstrip("\r\n")
    except UnicodeDecodeError as problem:
        raise MisuseError("standard input is not UTF-8") from problem
    if not line:
        raise MisuseError(f"nothing to read on standard input: {question.strip(': ')}")
    return line


def _typed(question: str, *, confirm: bool) -> str:
    try:
        # The terminal shows nothing of what is typed from before the question on.
        secret = getpass.getpass(question)
        if confirm and getpass.getpass("The same again: ") != secret:
            raise MisuseError("those were two different ones")
    except EOFError as problem:
        raise MisuseError("nothing was typed") from problem
    return secret
