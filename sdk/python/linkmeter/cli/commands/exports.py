"""`linkmeter export`: links, clicks, the whole account, and redirects that outlive the service."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Final

import typer

from linkmeter.cli import naming, selecting
from linkmeter.cli.context import Cli
from linkmeter.cli.exits import CommandError, MisuseError
from linkmeter.cli.groups import Group
from linkmeter.cli.output import Fields, Format, Row
from linkmeter.moving.archive.writing import write_archive
from linkmeter.moving.exporting import redirect_formats
from linkmeter.moving.exporting.account import Account
from linkmeter.moving.exporting.batches import export
from linkmeter.moving.exporting.clicks import Place, clicks_after
from linkmeter.moving.exporting.columns import CLICK_COLUMNS, LINK_COLUMNS, Column, chosen
from linkmeter.moving.exporting.outputs import (
    ExportError,
    FileOutput,
    Output,
    StreamOutput,
    Written,
    check_target,
    request_text,
)
from linkmeter.moving.exporting.parquet import ParquetOutput
from linkmeter.moving.exporting.redirect_map import RedirectMap, write_redirects
from linkmeter.moving.exporting.text_formats import CsvFormat, JsonLinesFormat
from linkmeter.moving.patience import Patience, PatientSender

exports = Group(help="Take links and clicks with you: as tables, as one archive, or as redirects that need no service.")

_WRITTEN: Final = Fields(("file", "rows", "bytes", "sha256"), whole=("sha256",))


class FileFormat(StrEnum):
    """How a file is written."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


class RedirectFormat(StrEnum):
    """Which server static redirects are for."""

    NGINX = "nginx"
    CADDY = "caddy"
    NETLIFY = "netlify"


FileArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FILE]",
        help="Where to. Default: standard output. ",
        show_default=False,
    ),
]
FormatOption = Annotated[
    FileFormat | None,
    typer.Option("--format", help="Default: by the file's ending; on standard output as -o says.", show_default=False),
]
OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="Write over a file that is there.")]
DomainOption = Annotated[str, typer.Option("--domain", help="Only links of this domain. Default: of all.")]


@exports.command("links")
def export_links(
    cli: Cli,
    *,
    file: FileArgument = None,
    format: FormatOption = None,  # noqa: A002 - The option's name.
    domain: DomainOption = "",
    overwrite: OverwriteOption = False,
) -> None:
    """Export links, archived ones included, oldest first. Ends with the number of rows and the SHA-256."""
    account = Account(_sender(cli), domain=domain)
    with _explained():
        columns = _columns(cli, LINK_COLUMNS)
        # They may have changed since, so that an interrupted export begins anew.
        output = _output(cli, file, format, columns, "links", overwrite=overwrite, resume=False)
        with cli.progress("Exporting links", account.count_links()) as bar:
            written = export(account.links(), columns, output, advance=bar.advance)
    _tell(cli, file, written)


@exports.command("clicks")
def export_clicks(
    cli: Cli,
    *,
    file: FileArgument = None,
    format: FormatOption = None,  # noqa: A002 - The option's name.
    link: Annotated[str, typer.Option("--link", help="Only of this link: code, short URL, or id: and a number.")] = "",
    domain: DomainOption = "",
    last: selecting.LastOption = "",
    since: selecting.SinceOption = "",
    until: selecting.UntilOption = "",
    zone: selecting.ZoneOption = "",
    people: Annotated[bool, typer.Option("--people", help="Only those of people: no bots, no previews.")] = False,
    overwrite: OverwriteOption = False,
) -> None:
    """Export raw clicks, newest first. Ends with the number of rows and the SHA-256.

    An interrupted export to a file goes on behind the last click that it has, when the same is said again.
    """
    period = selecting.when(cli, last=last, since=since, until=until, zone=zone).period
    account = Account(
        _sender(cli),
        domain=domain,
        link_id=naming.find_id(cli, link) if link else 0,
        since=period.start if period else None,
        human_only=people,
    )
    end = period.end if period else None
    with _explained():
        columns = _columns(cli, CLICK_COLUMNS)
        request = request_text(
            clicks=cli.server.url,
            columns=[column.name for column in columns],
            format=_format_of(cli, file, format),
            # As they were typed: a length of time means another moment each time it is said.
            said=(link, domain, last, since, until, people),
        )
        output = _output(cli, file, format, columns, request, overwrite=overwrite)
        with cli.progress("Exporting clicks", account.count_clicks(end), "clicks") as bar:
            bar.advance(output.rows)
            clicks = clicks_after(output.place, account.clicks, end)
            written = export(clicks, columns, output, place_of=lambda click: str(Place.of(click)), advance=bar.advance)
    _tell(cli, file, written)


@exports.command("archive")
def export_archive(
    cli: Cli,
    *,
    file: Annotated[Path, typer.Argument(help="Where to, for instance linkmeter.zip.")],
    overwrite: OverwriteOption = False,
) -> None:
    """Export all links and raw clicks as one archive, which linkmeter import archive takes back.

    An interrupted export goes on when it is said again. The archive holds visitors' addresses as far as they are kept.
    """
    account = Account(_sender(cli))
    with (
        _explained(),
        cli.progress("Exporting clicks", account.count_clicks(None), "clicks") as clicks_bar,
    ):
        manifest, written = write_archive(
            file,
            list_clicks=account.clicks,
            list_links=account.links,
            request=request_text(archive=cli.server.url),
            overwrite=overwrite,
            advance_clicks=clicks_bar.advance,
        )
    cli.say(f"{manifest.links:,} links, {manifest.deleted_links:,} deleted ones, {manifest.clicks:,} clicks")
    _tell(cli, file, written)


@exports.command("redirects")
def export_redirects(
    cli: Cli,
    *,
    server: Annotated[RedirectFormat, typer.Option("--for", help="The server that is to redirect.")],
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to. Default: standard output.", show_default=False)
    ] = None,
    domain: DomainOption = "",
    overwrite: OverwriteOption = False,
) -> None:
    """Export static redirects: a server's configuration that leads where the links lead now.

    Links that a file cannot stand in for are left out, and told: switched off, ended or not begun, with a password or a
    limit of clicks. A link that expires later goes on for ever.
    """
    account = Account(_sender(cli), domain=domain)
    render = redirect_formats.FORMATS[server]

    def write(stream: IO[bytes]) -> RedirectMap:
        with cli.progress("Exporting redirects", account.count_links()) as bar:
            return write_redirects(account.links(), render, stream, advance=bar.advance)

    with _explained():
        written = write(sys.stdout.buffer) if file is None else _written_whole(file, write, overwrite=overwrite)
    for reason, count in sorted(written.left_out.items()):
        cli.warn(f"{count:,} left out, {reason.lower()}: {', '.join(written.examples[reason])}")
    cli.say(f"{written.redirects:,} redirects, SHA-256 {written.sha256}")


def _written_whole(file: Path, write: Callable[[IO[bytes]], RedirectMap], *, overwrite: bool) -> RedirectMap:
    """Write a file that has its name once it is whole."""
    check_target(file, overwrite=overwrite)
    part = file.with_name(f"{file.name}.part")
    with part.open("wb") as stream:
        written = write(stream)
    part.replace(file)
    return written


def _output(
    cli: Cli,
    file: Path | None,
    told: FileFormat | None,
    columns: tuple[Column, ...],
    request: str,
    *,
    overwrite: bool,
    resume: bool = True,
) -> Output:
    file_format = _format_of(cli, file, told)
    if file_format is FileFormat.PARQUET:
        if file is None:
            raise MisuseError("Parquet needs a file: its beginning is written last")
        return ParquetOutput(file, columns, request=request, overwrite=overwrite, resume=resume)
    text_format = CsvFormat(columns) if file_format is FileFormat.CSV else JsonLinesFormat(columns)
    if file is None:
        return StreamOutput(sys.stdout.buffer, text_format)
    return FileOutput(file, text_format, request=request, overwrite=overwrite, resume=resume)


def _format_of(cli: Cli, file: Path | None, told: FileFormat | None) -> FileFormat:
    if told is not None:
        return told
    if file is None:
        return FileFormat.CSV if cli.out.format is Format.CSV else FileFormat.JSONL
    try:
        return FileFormat(file.suffix.removeprefix(".").lower())
    except ValueError:
        raise MisuseError(f"{file} does not end in .csv, .jsonl or .parquet: say --format") from None


def _columns(cli: Cli, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    try:
        return chosen(columns, cli.out.columns) if cli.out.columns else columns
    except ValueError as problem:
        raise MisuseError(f"there is {problem}") from None


@contextmanager
def _explained() -> Iterator[None]:
    """Make of what keeps an export from being written what the program says of it."""
    try:
        yield
    except ExportError as problem:
        raise CommandError(str(problem)) from problem


def _sender(cli: Cli) -> PatientSender:
    return PatientSender(cli.client, Patience(say=cli.warn))


def _tell(cli: Cli, file: Path | None, written: Written) -> None:
    """Say what was written: as data where standard output has nothing else."""
    if file is None:
        cli.say(f"{written.rows:,} rows, {written.bytes:,} bytes, SHA-256 {written.sha256}")
        return
    row: Row = {"file": str(file), "rows": written.rows, "bytes": written.bytes, "sha256": written.sha256}
    # --columns chose those of the file.
    cli.out.columns = ()
    cli.out.one(row, _WRITTEN)
