"""Completion: codes as the server has them, kept for a minute, and silence when there is nobody to ask."""

import json
from collections.abc import Callable

import pytest

from linkmeter.cli import completing
from tests.support.command_line import CommandLine


def complete(linkmeter: CommandLine, line: str, **environment: str) -> list[str]:
    """Return what bash is offered for the last word of a line."""
    words = line.split(" ")
    done = linkmeter(
        COMP_WORDS=line,
        COMP_CWORD=str(len(words) - 1),
        _LINKMETER_COMPLETE="complete_bash",
        # A machine that is busy with other tests does not always answer within 300 ms.
        LINKMETER_COMPLETION_TIMEOUT="20",
        **environment,
    )
    assert (done.code, done.err) == (0, "")
    return done.out.split()


def test_codes_are_offered_and_kept(linkmeter: CommandLine, code: Callable[[], str]) -> None:
    """Of links that begin so; a minute long without asking again, also when the server is away."""
    first, second = f"{code()}-a", f"{code()}-b"
    for name in (first, second):
        linkmeter("link", "create", "https://example.com/", "--code", name)
    line = f"linkmeter link get {first[:-4]}"
    assert complete(linkmeter, line) == [first]
    (kept,) = (linkmeter.home / "cache" / "linkmeter" / "completion").glob("*.json")
    answers = json.loads(kept.read_text())
    (question,) = answers
    answers[question]["words"] = [first, f"{first[:-4]}-kept", "$(reboot)"]
    kept.write_text(json.dumps(answers))
    assert complete(linkmeter, line) == [first, f"{first[:-4]}-kept"]
    answers[question]["time"] -= 61
    kept.write_text(json.dumps(answers))
    assert complete(linkmeter, line) == [first]


def test_without_a_server_or_a_key_nothing_is_offered(linkmeter: CommandLine, program: CommandLine) -> None:
    """And nothing is said: a message would stand in the middle of the line that is typed."""
    assert complete(linkmeter, "linkmeter stats a", LINKMETER_URL="http://localhost:9") == []
    assert complete(program, "linkmeter stats a") == []
    assert complete(program, "linkmeter link disab") == ["disable"]
    assert complete(program, "linkmeter config get time") == ["time_zone"]


@pytest.mark.parametrize(
    ("setting", "seconds"), [(None, 0.3), ("1.5", 1.5), ("soon", 0.3), ("nan", 0.3), ("-1", 0.3), ("1e9", 0.3)]
)
def test_an_answer_is_waited_for_no_longer_than_is_said(
    setting: str | None, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """300 ms, or what the variable says if that makes sense: a message would stand in the line that is typed."""
    if setting is None:
        monkeypatch.delenv("LINKMETER_COMPLETION_TIMEOUT", raising=False)
    else:
        monkeypatch.setenv("LINKMETER_COMPLETION_TIMEOUT", setting)
    assert completing.patience_seconds() == seconds


def test_scripts_are_made_for_each_shell(program: CommandLine) -> None:
    """Printed, or put where the shell reads them."""
    for shell in ("bash", "zsh", "fish"):
        assert "_LINKMETER_COMPLETE" in program("completion", "show", shell).out
    assert program("completion", "show", SHELL="/bin/csh").code == 2
    assert program("completion", "install", SHELL="/bin/bash").code == 0
    assert "linkmeter" in (program.home / ".bash_completions" / "linkmeter.sh").read_text()
