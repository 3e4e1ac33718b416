"""`linkmeter link qr`: the short URL as a QR code."""

import io
from pathlib import Path
from typing import Annotated, Final

import segno
import typer

from linkmeter.cli import naming
from linkmeter.cli.context import Cli
from linkmeter.cli.exits import CommandError, MisuseError
from linkmeter.cli.groups import Group
from linkmeter.cli.naming import LinkArgument

_KINDS: Final = ("png", "svg")
_WITHOUT_INK: Final = str.maketrans("█▀▄ ", " ▄▀█")
# Printed codes get dirty; those on a screen do not. Terminals have few rows.
_PRINT_CORRECTION: Final = "q"
_SCREEN_CORRECTION: Final = "l"


def add_to(link: Group) -> None:
    """Add the command to the group of links."""
    link.command("qr")(qr)


def qr(
    cli: Cli,
    *,
    name: LinkArgument,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="Write it there instead: a name with .png or .svg at its end.")
    ] = None,
    scale: Annotated[int, typer.Option("--scale", help="Pixels of a module in the file.", min=1, max=100)] = 8,
    border: Annotated[int, typer.Option("--border", help="Quiet modules around it.", min=0, max=20)] = 2,
    invert: Annotated[bool, typer.Option("--invert", help="For terminals that write dark on light.")] = False,
) -> None:
    """Show the short URL as a QR code, or write it as a picture."""
    kind = file.suffix.lower().removeprefix(".") if file else ""
    if file and kind not in _KINDS:
        raise MisuseError(f"{file} is neither .png nor .svg")
    short_url = naming.find(cli, name).short_url
    if file is None:
        cli.out.line(in_blocks(short_url, border=border, invert=invert))
        cli.say(short_url)
        return
    picture = io.BytesIO()
    segno.make_qr(short_url, error=_PRINT_CORRECTION).save(picture, kind=kind, scale=scale, border=border)
    try:
        file.write_bytes(picture.getvalue())
    except OSError as problem:
        raise CommandError(f"cannot write {file}: {problem.strerror}") from problem
    cli.say(f"{short_url} is in {file}")


def in_blocks(content: str, *, border: int, invert: bool) -> str:
    """Return a QR code as lines of half blocks, light on dark; `invert` draws it for light terminals."""
    drawn = io.StringIO()
    segno.make_qr(content, error=_SCREEN_CORRECTION, boost_error=False).terminal(drawn, compact=True, border=border)
    lines = drawn.getvalue().rstrip("\n")
    return lines.translate(_WITHOUT_INK) if invert else lines
