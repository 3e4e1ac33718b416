"""What `linkmeter import` may be told: the options of each origin, and those that all have."""

import inspect
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import platformdirs
import typer

from linkmeter.cli.exits import MisuseError
from linkmeter.moving.importing.options import ImportOptions, OnClash
from linkmeter.moving.registry import Option, OptionKind, OriginKind

_PANEL: Final = "Where links and clicks go"
_KEYWORD: Final = inspect.Parameter.KEYWORD_ONLY


def _common(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing, and say exactly what would become of everything.")
    ] = False,
    on_clash: Annotated[
        OnClash,
        typer.Option(
            "--on-clash",
            help="What becomes of a link whose code is another link's: fail (nothing is written at all), skip (it is "
            "left out with its clicks), domain (it goes to --clash-domain), suffix (its code gets -2, -3, …).",
            rich_help_panel=_PANEL,
        ),
    ] = OnClash.FAIL,
    clash_domain: Annotated[
        str,
        typer.Option(
            "--clash-domain", help="Where links go that clash, with --on-clash domain.", rich_help_panel=_PANEL
        ),
    ] = "",
    to_domain: Annotated[
        str,
        typer.Option(
            "--domain",
            help="The domain that links go to. Default: that which they had, where the account may use it here, else "
            "the installation's own.",
            rich_help_panel=_PANEL,
        ),
    ] = "",
    domain_map: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="OLD=NEW",
            help="A domain that links had, and the one that stands in for it here; may be repeated.",
            rich_help_panel=_PANEL,
        ),
    ] = None,
    links_only: Annotated[bool, typer.Option("--links-only", help="Bring no clicks now.")] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="Also write the report to this file, as JSON.", show_default=False)
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            "--state",
            help="File in which the import remembers what it brought, to go on after an interruption and to know a "
            "changed origin. Default: one in the user's folder for states.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Hold the options of every import; only what inspect sees of it is used."""


COMMON: Final = tuple(inspect.signature(_common).parameters.values())


def parameters(kind: OriginKind) -> list[inspect.Parameter]:
    """Return the parameters of an origin's command. Secrets are none: nobody should type them as an argument."""
    visible = [option for option in kind.options if option.kind is not OptionKind.SECRET]
    # Arguments first, and among these those without which nothing goes.
    visible.sort(key=lambda option: (not option.is_argument, not option.is_required))
    return [_parameter(option) for option in visible]


def values(kind: OriginKind, told: Mapping[str, Any]) -> dict[str, str | Path]:
    """Return what the origin is opened with: what was said, and secrets. Raise MisuseError when a secret is missing."""
    found: dict[str, str | Path] = {}
    for option in kind.options:
        value = _secret(option) if option.kind is OptionKind.SECRET else told[_parameter_name(option)]
        if value:
            found[option.name] = value
    return found


def options(told: Mapping[str, Any]) -> ImportOptions:
    """Return how the import is to be done. Raise MisuseError when the options contradict each other."""
    domains = dict(_pair(text) for text in told["domain_map"] or ())
    try:
        return ImportOptions(
            domain=told["to_domain"].strip().lower(),
            domains=domains,
            on_clash=told["on_clash"],
            clash_domain=told["clash_domain"].strip().lower(),
            with_clicks=not told["links_only"],
        )
    except ValueError as problem:
        raise MisuseError(str(problem)) from None


def state_path(told: Path | None) -> Callable[[str], Path]:
    """Return where the state of an import is kept, by its key."""

    def path(key: str) -> Path:
        if told is not None:
            return told
        folder = platformdirs.user_state_path("linkmeter") / "imports"
        # Clicks leave nothing there, but links do.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / f"{key}.db"

    return path


def _parameter(option: Option) -> inspect.Parameter:
    annotation: Any = Path if option.kind is OptionKind.FILE else str
    settings: dict[str, Any] = {"help": option.help}
    if option.kind is OptionKind.FILE:
        settings |= {"exists": True, "dir_okay": False}
    if not option.is_required:
        annotation = annotation | None
        settings["show_default"] = option.default or False
    declared = (
        typer.Argument(metavar=option.name.upper(), **settings)
        if option.is_argument
        else typer.Option(_flag(option), **settings)
    )
    # What is not said is not passed on, so that the origin's own default holds.
    default: Any = inspect.Parameter.empty if option.is_required else None
    return inspect.Parameter(
        _parameter_name(option), _KEYWORD, default=default, annotation=Annotated[annotation, declared]
    )


def _parameter_name(option: Option) -> str:
    """Return a name that is none of the common options', which have names of their own."""
    return f"from_{option.name}"


def _flag(option: Option) -> str:
    # --domain is where links go, as in all commands.
    return "--from-domain" if option.name == "domain" else f"--{option.name.replace('_', '-')}"


def _secret(option: Option) -> str:
    if text := os.environ.get(option.environment, "").strip():
        return text
    if sys.stdin.isatty():
        return str(typer.prompt(option.help.rstrip("."), hide_input=True, err=True)).strip()
    if text := sys.stdin.readline().strip():
        return text
    raise MisuseError(f"{option.help.rstrip('.')}: pipe it in, or set {option.environment}")


def _pair(text: str) -> tuple[str, str]:
    old, equals, new = (part.strip().lower() for part in text.partition("="))
    if not (equals and new):
        raise MisuseError(f"{text!r} is no pair of domains, as in old.example=new.example")
    return old, new
