"""`linkmeter import`: links and clicks from elsewhere."""

import inspect
import json
from collections.abc import Callable
from typing import Annotated, Any, Final

import typer

from linkmeter.cli import text
from linkmeter.cli.commands import import_options
from linkmeter.cli.context import Cli
from linkmeter.cli.exits import AlreadyToldError, CommandError, ExitCode, MisuseError
from linkmeter.cli.groups import Group
from linkmeter.cli.output import Fields, Format, Row
from linkmeter.convert import moment
from linkmeter.links.v1 import import_service_pb2
from linkmeter.moving.importing.options import ImportFailed
from linkmeter.moving.importing.report import Report
from linkmeter.moving.importing.running import Import
from linkmeter.moving.importing.server import ImportServer
from linkmeter.moving.origin import OriginError
from linkmeter.moving.patience import Patience, PatientSender
from linkmeter.moving.registry import ORIGINS, OriginKind

imports = Group(help="Bring links and clicks from elsewhere, list what was brought, and take it back.")

# Links that an undo kept; all of them are in the answer of the API.
_MOST_NAMED: Final = 20
_FIELDS: Final = Fields(
    (
        "import_id",
        "origin",
        "origin_identity",
        "generation",
        "state",
        "created_links",
        "found_links",
        "stored_clicks",
        "set_aside_clicks",
        "source",
        "create_time",
        "finish_time",
        "undo_time",
    ),
    table=("import_id", "origin", "origin_identity", "state", "created_links", "stored_clicks", "create_time"),
    whole=("import_id",),
)
_UNDONE: Final = Fields(("import_id", "erased_clicks", "deleted_links", "kept_links"))
_COUNTS: Final = Fields(("of", "outcome", "count"))


def server_of(cli: Cli) -> ImportServer:
    """Return what sends the calls of an import, and waits for a server that is down."""
    return ImportServer(PatientSender(cli.client, Patience(say=cli.warn)))


@imports.command("list")
def list_imports(cli: Cli) -> None:
    """List imports, newest first."""
    cli.out.many(map(_row, server_of(cli).list()), _FIELDS, empty="No imports.")


@imports.command("undo")
def undo(
    cli: Cli,
    *,
    import_id: Annotated[int, typer.Argument(help="The import, by its number.", min=1)],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Take an import back: its clicks, and the links that it created and nobody changed or followed since."""
    server = server_of(cli)
    found = server.get(import_id)
    cli.confirm(
        f"Take back import {import_id} of {found.origin} {found.origin_identity}: {found.created_links} links, "
        f"{found.stored_clicks} clicks?",
        yes=yes,
    )
    answer = server.undo(import_id)
    for kept in answer.kept_links[:_MOST_NAMED]:
        reason = import_service_pb2.KeptLinkReason.Name(kept.reason).removeprefix("KEPT_LINK_REASON_").lower()
        cli.warn(f"{kept.short_url} was kept: {reason.replace('_', ' ')}")
    if answer.kept_link_count > _MOST_NAMED:
        cli.warn(f"and {answer.kept_link_count - _MOST_NAMED} more links were kept")
    cli.out.one(
        {
            "import_id": import_id,
            "erased_clicks": answer.erased_clicks,
            "deleted_links": answer.deleted_links,
            "kept_links": answer.kept_link_count,
        },
        _UNDONE,
    )


def _run(cli: Cli, kind: OriginKind, told: dict[str, Any]) -> None:
    """Run an import of an origin, or only say what it would do."""
    options = import_options.options(told)
    dry_run, report_file = told["dry_run"], told["report"]
    try:
        origin = kind.open(import_options.values(kind, told))
        job = Import(
            product=kind.name,
            origin=origin,
            server=server_of(cli),
            options=options,
            state_path=import_options.state_path(told["state"]),
            progress=cli.progress,
        )
        report = job.dry_run() if dry_run else job.run()
    except (OriginError, ImportFailed) as problem:
        raise CommandError(str(problem)) from problem
    if report_file is not None:
        report_file.write_text(json.dumps(report.to_dict(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    _show(cli, report)
    if report.has_clashes:
        raise AlreadyToldError(ExitCode.ERROR)
    if report.has_losses:
        cli.warn("not everything could be brought: see the report")
        raise AlreadyToldError(ExitCode.ERROR)


def _show(cli: Cli, report: Report) -> None:
    """Write the report: as text for people, as one object for programs, or its counts as CSV."""
    if cli.out.columns:
        raise MisuseError("a report has no columns to choose from")
    values = report.to_dict()
    match cli.out.format:
        case Format.TABLE:
            for line in report.lines():
                cli.out.line(text.for_terminal(line))
        case Format.CSV:
            rows: list[Row] = [
                {"of": of, "outcome": outcome, "count": count}
                for of in ("links", "clicks")
                for outcome, count in values[of].items()
            ]
            cli.out.many(rows, _COUNTS)
        case _:
            cli.out.line(json.dumps(values, indent=2 if cli.out.format is Format.JSON else None, ensure_ascii=False))


def _row(item: import_service_pb2.Import) -> Row:
    state = import_service_pb2.ImportState.Name(item.state).removeprefix("IMPORT_STATE_").lower()
    times = ("create_time", "finish_time", "undo_time")
    plain = {name: getattr(item, name) for name in _FIELDS.names if name != "state" and name not in times}
    return {
        **plain,
        "state": state,
        **{name: moment(item, name) for name in times},
    }


def _command_of(kind: OriginKind) -> Callable[..., None]:
    """Return the function of an origin's command, with a parameter for each of its options and of those of all."""

    def run(cli: Cli, **told: Any) -> None:
        _run(cli, kind, told)

    parameters = [*import_options.parameters(kind), *import_options.COMMON]
    first = inspect.Parameter("cli", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Cli)
    run.__signature__ = inspect.Signature([first, *parameters])  # type: ignore[attr-defined] # What Typer reads.
    run.__annotations__ = {"cli": Cli, **{one.name: one.annotation for one in parameters}}
    run.__name__, run.__doc__ = f"import_{kind.name}", kind.summary
    return run


for _kind in ORIGINS:
    imports.command(_kind.name)(_command_of(_kind))
