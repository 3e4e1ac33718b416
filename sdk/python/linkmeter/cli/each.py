"""One thing after another, going on after what fails."""

from collections.abc import Callable, Iterator, Sequence

from linkmeter import errors
from linkmeter.cli import failures
from linkmeter.cli.context import Cli
from linkmeter.cli.exits import AlreadyToldError, CommandError, ExitCode
from linkmeter.cli.output import Fields, Row


def each(cli: Cli, names: Sequence[str], do: Callable[[str], Row], fields: Fields) -> None:
    """Do something with every name, and write a row for each that it worked for.

    What fails is told on standard error, and the rest is done all the same; the command then ends with the exit code of
    the first failure. Without rights, or without a server, the rest would only fail, too: it ends there.
    """
    failed: list[ExitCode] = []

    def done() -> Iterator[Row]:
        for name in names:
            try:
                yield do(name)
            except (errors.LinkmeterError, CommandError) as problem:
                code = _told(cli, name, problem)
                failed.append(code)
                if code in {ExitCode.RIGHTS, ExitCode.UNAVAILABLE}:
                    return

    # One is done before anybody could watch.
    rows = cli.tracked(done(), "Working", len(names)) if len(names) > 1 else done()
    cli.out.many(rows, fields)
    if failed:
        raise AlreadyToldError(failed[0])


def _told(cli: Cli, name: str, problem: errors.LinkmeterError | CommandError) -> ExitCode:
    if isinstance(problem, CommandError):
        cli.warn(f"{name}: {problem.message}")
        return problem.exit_code
    cli.warn(f"{name}: {failures.explained(problem)}")
    return failures.exit_code(problem)
