"""How commands are made: each takes the common options and gets a `Cli` made of them."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, Final, get_type_hints

import typer

from linkmeter.cli import failures
from linkmeter.cli.connection import Options
from linkmeter.cli.context import Cli
from linkmeter.cli.output import Format

_PANEL: Final = "Common options"

OutputOption = Annotated[
    Format | None,
    typer.Option(
        "--output",
        "-o",
        help="How data is written. Default: a table on a terminal, JSON lines in a pipe.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
ColumnsOption = Annotated[
    str,
    typer.Option(
        "--columns",
        help="Only these columns, joined by commas.",
        metavar="NAMES",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
ProfileOption = Annotated[
    str,
    typer.Option(
        "--profile",
        help="The profile that names server and key. Default: LINKMETER_PROFILE, else the one in use.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
UrlOption = Annotated[
    str,
    typer.Option(
        "--url",
        help="The server's public address. Default: LINKMETER_URL, else the profile's.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
QuietOption = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Neither progress nor remarks: data and errors only.", rich_help_panel=_PANEL),
]


class Group(typer.Typer):
    """A group of commands whose functions take a `Cli` as their first parameter, `cli`."""

    def __init__(self, name: str | None = None, **settings: Any) -> None:
        super().__init__(
            name=name,
            no_args_is_help=True,
            add_completion=False,
            pretty_exceptions_enable=False,
            context_settings={"help_option_names": ["-h", "--help"]},
            **settings,
        )

    def command(  # type: ignore[override] # Functions that take a Cli are registered as ones that take options.
        self, name: str | None = None, **settings: Any
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Register a function as a command, as Typer does, with the common options added.

        Hidden from the function are the common options; typed and documented by it are its own.
        """
        register = super().command(name, **settings)

        def decorate(function: Callable[..., None]) -> Callable[..., None]:
            register(_with_common_options(function))
            return function

        return decorate


def _common(
    ctx: typer.Context,
    output: OutputOption = None,
    columns: ColumnsOption = "",
    profile: ProfileOption = "",
    url: UrlOption = "",
    quiet: QuietOption = False,
) -> Cli:
    """Make the `Cli` of one command; what it was not told itself was perhaps told before its name."""
    before: dict[str, Any] = ctx.find_root().obj or {}
    return Cli(
        options=Options(profile or before.get("profile", ""), url or before.get("url", "")),
        output_format=output or before.get("output"),
        columns=[name.strip() for name in (columns or before.get("columns", "")).split(",") if name.strip()],
        quiet=quiet or before.get("quiet", False),
    )


def remember(ctx: typer.Context, **told: object) -> None:
    """Keep the common options that were written before the command's name."""
    ctx.obj = told


def _with_common_options(function: Callable[..., None]) -> Callable[..., None]:
    common = inspect.signature(_common).parameters

    def run(**arguments: Any) -> None:
        cli = _common(**{name: arguments.pop(name) for name in common})

        def do() -> None:
            with cli:
                function(cli, **arguments)

        if code := failures.guarded(do):
            raise typer.Exit(code)

    first, *own = inspect.signature(function).parameters.values()
    if first.name != "cli":
        raise TypeError(f"{function.__name__} has to take a Cli first, named cli")
    if taken := {one.name for one in own} & set(common):
        raise TypeError(f"{function.__name__} has options of its own that all have: {taken}")
    types = {**get_type_hints(function, include_extras=True), **get_type_hints(_common, include_extras=True)}
    keyword_only = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in (*own, *common.values())]
    run.__signature__ = inspect.Signature(keyword_only)  # type: ignore[attr-defined] # What inspect and Typer read.
    run.__annotations__ = {one.name: types[one.name] for one in keyword_only}
    run.__name__, run.__doc__ = function.__name__, function.__doc__
    return run
