"""`linkmeter completion`: what lets a shell complete commands, options and the codes of links."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from linkmeter.cli import typer_completion
from linkmeter.cli.context import Cli
from linkmeter.cli.exits import MisuseError
from linkmeter.cli.groups import Group

completion = Group(help="Let the shell complete commands, options and codes of links.")

_PROGRAM: Final = "linkmeter"
_VARIABLE: Final = "_LINKMETER_COMPLETE"


class Shell(StrEnum):
    """A shell that can be taught."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"
    PWSH = "pwsh"


ShellArgument = Annotated[Shell | None, typer.Argument(help="The shell. Default: $SHELL.", show_default=False)]


@completion.command("show")
def show(cli: Cli, shell: ShellArgument = None) -> None:
    """Print the script for a shell, as in: linkmeter completion show bash >> ~/.bashrc."""
    name = _shell(shell)
    cli.out.line(
        typer_completion.get_completion_script(prog_name=_PROGRAM, complete_var=_VARIABLE, shell=name).rstrip()
    )


@completion.command("install")
def install(cli: Cli, shell: ShellArgument = None) -> None:
    """Put the script where the shell reads it, and have it read there."""
    name, path = typer_completion.install(shell=_shell(shell), prog_name=_PROGRAM, complete_var=_VARIABLE)
    cli.say(f"Completion for {name} is in {Path(path)}. It works in new terminals.")


def _shell(chosen: Shell | None) -> str:
    if chosen is not None:
        return chosen.value
    usual = Path(os.environ.get("SHELL", "")).name
    if usual not in set(Shell):
        raise MisuseError(f"which shell this is cannot be told; name it: {', '.join(Shell)}")
    return usual
