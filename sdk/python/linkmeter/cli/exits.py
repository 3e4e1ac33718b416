"""How the program ends: exit codes, and the errors that are its own."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the exit code says. docs/cli.md has the same list."""

    OK = 0
    # The server refused what was asked, a part of it failed, or something here is in the way.
    ERROR = 1
    # The command line, a setting or what was typed makes no sense; nothing was sent.
    USAGE = 2
    # There is no such thing, or it is somebody else's.
    NOT_FOUND = 3
    # No key, a key that the server does not take, or one without the right.
    RIGHTS = 4
    # The server does not answer, is overloaded, or limits how often one may ask.
    UNAVAILABLE = 5
    # Ctrl-C, as shells have it: 128 + SIGINT.
    INTERRUPTED = 130
    # Nobody reads what is printed any more: 128 + SIGPIPE.
    BROKEN_PIPE = 141


class CommandError(Exception):
    """What a command cannot do, in a sentence for the person at the terminal."""

    exit_code = ExitCode.ERROR

    def __init__(self, message: str, *, exit_code: ExitCode | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code or self.exit_code


class MisuseError(CommandError):
    """The command line or a setting makes no sense."""

    exit_code = ExitCode.USAGE


class NoKeyError(CommandError):
    """There is no API key to show to the server."""

    exit_code = ExitCode.RIGHTS


class AlreadyToldError(CommandError):
    """A part of the command failed, and that was said when it did."""

    def __init__(self, exit_code: ExitCode) -> None:
        super().__init__("", exit_code=exit_code)
