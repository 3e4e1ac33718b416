"""A program with several commands: python -m services.SERVICE COMMAND.

Each is a module of the service's commands and is imported when it is run. What the others import is more than half a
second of work, which a program that is started to do one thing does not wait for.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Final

from services.runtime.settings import SettingsError, stop

# Without a command.
_USUAL: Final = "serve"


def run(service: str, commands: Sequence[str], arguments: Sequence[str]) -> None:
    """Run the command that a command line names, with the arguments behind it.

    A command is a function run(arguments) in services.SERVICE.commands.COMMAND, with _ for each hyphen. The program
    ends with a line about what is wrong: of its settings, or of the command line.
    """
    name, *rest = arguments or [_USUAL]
    if name not in {_USUAL, *commands}:
        raise SystemExit(f"usage: python -m services.{service} [{' | '.join(commands)}]")
    command = import_module(f"services.{service}.commands.{name.replace('-', '_')}")
    try:
        command.run(rest)
    except SettingsError as problem:
        stop(service, problem)


def refuse(arguments: Sequence[str]) -> None:
    """End the program of a command that takes no arguments, if there are some."""
    if arguments:
        raise SystemExit(f"{arguments[0]} is an argument too many")
