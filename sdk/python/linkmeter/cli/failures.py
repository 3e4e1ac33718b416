"""What goes wrong, as one line on standard error and an exit code."""

import sys
from collections.abc import Callable
from typing import Final

import typer

from linkmeter import errors
from linkmeter.cli import text
from linkmeter.cli.exits import CommandError, ExitCode

_CODES: Final[tuple[tuple[type[errors.LinkmeterError], ExitCode], ...]] = (
    (errors.NotFound, ExitCode.NOT_FOUND),
    (errors.Unauthenticated, ExitCode.RIGHTS),
    (errors.PermissionDenied, ExitCode.RIGHTS),
    (errors.Unavailable, ExitCode.UNAVAILABLE),
    (errors.DeadlineExceeded, ExitCode.UNAVAILABLE),
    (errors.RateLimited, ExitCode.UNAVAILABLE),
)


def guarded(run: Callable[[], None]) -> ExitCode:
    """Run a command; say what it could not do, and return the exit code that goes with it."""
    try:
        run()
        sys.stdout.flush()
    except CommandError as problem:
        if problem.message:
            complain(problem.message)
        return problem.exit_code
    except errors.LinkmeterError as problem:
        complain(explained(problem))
        return exit_code(problem)
    except BrokenPipeError:
        return ExitCode.BROKEN_PIPE
    except (KeyboardInterrupt, typer.Abort):
        # The second is the first at a question of ours.
        return ExitCode.INTERRUPTED
    except OSError as problem:
        # A full disk under standard output, a file that cannot be written.
        complain(str(problem))
        return ExitCode.ERROR
    return ExitCode.OK


def exit_code(problem: errors.LinkmeterError) -> ExitCode:
    """Return the exit code for what a call failed with."""
    return next((code for kind, code in _CODES if isinstance(problem, kind)), ExitCode.ERROR)


def explained(problem: errors.LinkmeterError) -> str:
    """Return what a call failed with in a line for people, with what helps where something does."""
    message = problem.message
    match problem:
        case errors.Unauthenticated():
            message = f"the server does not take the API key ({message}); give another one: linkmeter login"
        case errors.PermissionDenied():
            message = f"the API key may not do this: {message}"
        case errors.Unimplemented():
            message = f"the server does not know this call; it is older than this program, or no Linkmeter: {message}"
        case errors.RateLimited() if problem.retry_after:
            message = f"{message}; try again in {problem.retry_after:.0f} s"
        case errors.Unavailable() | errors.DeadlineExceeded():
            message = f"the server is not available: {message}"
        case errors.Internal():
            message = f"the server failed: {problem}"
    return message


def complain(message: str) -> None:
    """Write a line about what went wrong on standard error."""
    sys.stderr.write(f"linkmeter: {text.for_terminal(message)}\n")
    sys.stderr.flush()
