"""The program at a terminal, and where its pipe ends before it does."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable

from tests.support.command_line import CommandLine
from tests.support.system import System

Codes = Callable[[], str]


def test_tables_are_for_terminals_and_colours_for_those_who_want_them(linkmeter: CommandLine, code: Codes) -> None:
    """NO_COLOR and terminals without colours get none; bold and dim stay styles of text."""
    name = code()
    linkmeter("link", "create", "https://example.com/a-long-way", "--code", name, "--tag", name)
    shown = linkmeter.at_terminal("link", "list", "--tag", name)
    assert "short_url" in shown.out
    assert "active" in shown.out
    asked = ("stats", "--last", "24h")
    for plain in (linkmeter.at_terminal(*asked, NO_COLOR="1"), linkmeter.at_terminal(*asked, TERM="dumb")):
        assert not re.search("\x1b\\[[0-9;]*3[0-9]m", plain.out)
    narrow = linkmeter.at_terminal("link", "list", "--tag", name, columns=100, TERM="dumb")
    assert max(map(len, narrow.out.splitlines())) <= 100
    assert f"/{name}" in narrow.out, "what names the link is not cut"
    assert "…" in narrow.out


def test_it_asks_before_what_cannot_be_undone(linkmeter: CommandLine, code: Codes) -> None:
    """No is no: exit code 1, nothing done. Ctrl-C at the question is 130."""
    name = code()
    linkmeter("link", "create", "https://example.com/", "--code", name)
    kept = linkmeter.at_terminal("link", "delete", name, typed=[("for ever?", "n\n")])
    assert (kept.code, "nothing was done" in kept.out) == (1, True)
    assert linkmeter.at_terminal("link", "delete", name, typed=[("for ever?", "\x03")]).code == 130
    gone = linkmeter.at_terminal("link", "delete", name, typed=[("for ever?", "y\n")])
    assert gone.code == 0
    assert linkmeter("link", "get", name).code == 3


def test_a_links_password_is_typed_or_piped(linkmeter: CommandLine, code: Codes) -> None:
    """Never an argument, and never shown."""
    names = code(), code()
    piped = linkmeter("link", "create", "https://example.com/", "-c", names[0], "--password", given="open sesame\n")
    assert json.loads(piped.out)["has_password"] is True
    again = [("Password of the link", "open sesame\n"), ("The same again", "open sesame\n")]
    typed = linkmeter.at_terminal("link", "create", "https://example.com/", "-c", names[1], "--password", typed=again)
    assert "has_password" in typed.out
    assert "sesame" not in typed.out


def test_progress_is_shown_where_somebody_watches(linkmeter: CommandLine, code: Codes) -> None:
    """With a rate, on a terminal; in a pipe there is none."""
    tag = code()
    lines = linkmeter.home / "urls.txt"
    lines.write_text("".join(f"https://example.com/{tag}/{number}\n" for number in range(40)))
    shown = linkmeter.at_terminal("shorten", "--tag", tag, given=lines)
    assert "/40" in shown.out
    assert re.search(r"\d links/s", shown.out)
    assert "40 created, 0 found, 0 refused." in shown.out
    assert "links/s" not in linkmeter("shorten", given=lines.read_bytes()).err


def test_a_broken_pipe_ends_it_quietly(linkmeter: CommandLine, code: Codes, system: System) -> None:
    """Who stops reading gets no traceback: nothing on standard error, and the code that shells give it."""
    tag = code()
    linkmeter("shorten", "-q", "--tag", tag, given="".join(f"https://example.com/{n}\n" for n in range(20)))
    command = linkmeter.command("link", "list", "--tag", tag, "--all")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=linkmeter.environment) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait(60) == 141
    assert system.api_key


def test_ctrl_c_ends_it_at_once(linkmeter: CommandLine) -> None:
    """With 130, and no traceback, in the middle of waiting for more lines."""
    with subprocess.Popen(
        linkmeter.command("shorten"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=linkmeter.environment,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdin.write(b"https://example.com/\n" * 9)
        child.stdin.flush()
        assert child.stdout.readline()
        child.send_signal(signal.SIGINT)
        assert child.wait(60) == 130
        assert b"Traceback" not in child.stderr.read()


def test_arguments_that_are_no_text_are_refused(program: CommandLine) -> None:
    """Bytes that are no UTF-8 name nothing."""
    done = program("link", "get", os.fsdecode(b"caf\xe9"), LINKMETER_URL="http://localhost:9", LINKMETER_API_KEY="x")
    assert done.code == 2
    assert "is not UTF-8" in done.err


def test_help_and_usage(program: CommandLine) -> None:
    """Mistakes of usage are 2; help names the exit codes; every command has its own."""
    assert program("link", "crate").code == 2
    assert program("--version").out.startswith("linkmeter ")
    shown = program("--help").out
    assert "Exit codes" in shown
    for name in ("login", "link", "shorten", "stats", "clicks", "key", "domain", "ledger", "config", "completion"):
        assert f" {name} " in shown
