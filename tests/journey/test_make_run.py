"""`make run` as a newcomer meets it."""

import asyncio
import functools
import json
import os
import re
import signal
import socket
import sys
from pathlib import Path

import pytest

from tests.support.make_run import ROOT, Run, make_run, shell
from tests.support.wait import eventually


def _readme_blocks() -> list[str]:
    """Return the README's blocks of curl commands: the first steps, then the examples of each API."""
    text = (ROOT / "README.md").read_text()
    return [block for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) if "curl " in block]


def _readme_commands() -> list[str]:
    """Return the commands of the README's first steps, each as it is written."""
    joined = _readme_blocks()[0].replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.startswith("curl ")]


def _readme_stream() -> str:
    """Return the README's command that does not end by itself."""
    (command,) = re.findall(r"```console\n\$ (curl .*?)\n", (ROOT / "README.md").read_text())
    return str(command)


async def _clicks(command: str, **environment: str) -> int:
    answer = await asyncio.to_thread(functools.partial(shell, command, **environment))
    return int(json.loads(answer).get("clicks", 0))


async def test_first_run_shows_a_key_and_commands_that_work(tmp_path: Path) -> None:
    """The three printed lines create a link, follow it and show its statistics, as they stand."""
    with make_run(tmp_path / "data") as run:
        await run.prints("Ready after")
        assert run.sign_in.startswith(f"http://localhost:{run.port}/dashboard/sign-in#token=once_")
        create, follow, statistics = run.curl_lines
        assert json.loads(shell(create))["shortUrl"] == f"http://localhost:{run.port}/hello"
        answer = shell(follow)
        assert answer.startswith("HTTP/1.1 302")
        assert "location: https://example.com/" in answer.lower()
        await eventually(lambda: _clicks(statistics))
        assert await _clicks(statistics) == 1

        with make_run(tmp_path / "data") as second:
            assert second.ended() == 1
            assert second.output.strip().endswith(f"already runs on {tmp_path / 'data'} (process {run.pid})")

        assert run.stop(signal.SIGINT) == 0
        assert run.output.strip().endswith("Everything is kept.")
        assert not _kept_texts_with(tmp_path / "data", run.api_key)
        assert not _kept_texts_with(tmp_path / "data", run.sign_in.rpartition("=")[2])


async def test_readme_works_as_written_and_survives_a_killed_supervisor(tmp_path: Path) -> None:
    """The README's lines work; nothing is in the way of the next start after SIGKILL, and the key is shown no more."""
    with make_run(tmp_path / "data") as run:
        await run.prints("Ready after")
        key = run.api_key
        commands = [command.replace("localhost:8080", f"localhost:{run.port}") for command in _readme_commands()]
        answers = [shell(command, LINKMETER_API_KEY=key) for command in commands]
        assert len(answers) >= 3
        assert '"code":"hello"' in answers[0]
        assert answers[1].startswith("HTTP/1.1 302")
        await eventually(lambda: _clicks(commands[-1], LINKMETER_API_KEY=key))
        examples = _readme_blocks()[1:]
        assert len(examples) >= 5
        for block in examples:
            # Any status from 400 on ends the shell with an error.
            text = f'set -e\ncurl() {{ command curl --silent --fail "$@"; }}\n{block}'
            assert shell(text.replace("localhost:8080", f"localhost:{run.port}"), LINKMETER_API_KEY=key)
        watch = _readme_stream().replace("localhost:8080", f"localhost:{run.port}")
        beginning = shell(f"head -n 3 < <({watch} 2>/dev/null)", LINKMETER_API_KEY=key)
        assert re.match(r'retry: \d+\nid: \S+\ndata: {"clicks":\[\],"resumeToken":"', beginning)
        _command_line_works_as_written(run, key, tmp_path)
        run.stop(signal.SIGKILL)

    with make_run(tmp_path / "data", port=run.port) as again:
        await again.prints("Ready after")
        assert again.api_key == ""
        assert shell(commands[1]).startswith("HTTP/1.1 302")
        await eventually(lambda: _has_clicks(commands[-1], 2, key))


def _command_line_works_as_written(run: Run, key: str, home: Path) -> None:
    """Run the README's block of the command line, on a machine where nobody has logged in."""
    text = (ROOT / "README.md").read_text()
    (block,) = (block for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) if "linkmeter login" in block)
    program = f'linkmeter() {{ {sys.executable} -m linkmeter.cli "$@"; }}'
    folders = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "XDG_CACHE_HOME": str(home / "cache")}
    printed = shell(
        f"set -eo pipefail\n{program}\n{block.replace('localhost:8080', f'localhost:{run.port}')}",
        LINKMETER_API_KEY=key,
        PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring",
        **folders,
    )
    assert f"http://localhost:{run.port}/page" in printed
    assert "█" in printed
    assert '"outcome": "created"' in printed
    assert "time,country,referrer\n" in printed


async def _has_clicks(command: str, wanted: int, key: str) -> bool:
    return await _clicks(command, LINKMETER_API_KEY=key) == wanted


async def test_what_dies_is_started_again(tmp_path: Path) -> None:
    """The supervisor says that a program died, starts it, and says when it is back."""
    key = "lm_given-by-the-operator"
    with make_run(tmp_path / "data", {"LINKMETER_API_KEY": key}) as run:
        await run.prints("Ready after")
        # A key of the operator's own is not printed.
        assert key not in run.output
        for name in ("links", "postgres"):
            os.kill(_pid_of(run, name), signal.SIGKILL)
            await run.prints(f"{name} was ended by signal 9; starting it again")
            await run.prints(f"{name} is back")
        create, follow, _ = run.curl_lines
        # Connections that died with the database are made anew.
        await eventually(lambda: "shortUrl" in shell(create, LINKMETER_API_KEY=key))
        assert shell(follow).startswith("HTTP/1.1 302")


async def test_taken_port_is_told(tmp_path: Path) -> None:
    """A port in use stops the start with one clear line."""
    with socket.create_server(("0.0.0.0", 0), reuse_port=True) as listener:
        port = listener.getsockname()[1]
        with make_run(tmp_path / "data", port=port) as run:
            assert run.ended() == 1
            assert run.output.strip() == (
                f"Linkmeter cannot start: port {port} is in use; choose another with LINKMETER_PORT"
            )


@pytest.mark.parametrize(
    ("name", "value"),
    [("LINKMETER_IP_STORAGE", "some"), ("LINKMETER_PUBLIC_URL", "sho.rt"), ("LINKMETER_TRUSTED_HOPS", "many")],
)
async def test_wrong_setting_is_told(tmp_path: Path, name: str, value: str) -> None:
    """A wrong value stops the start with one clear line that names the setting."""
    with make_run(tmp_path / "data", {name: value}) as run:
        assert run.ended() == 2
        (line,) = run.output.splitlines()
        assert name in line


def _pid_of(run: Run, name: str) -> int:
    """Find a child of the supervisor by what it runs."""
    mark = {"links": b"services.links", "postgres": b"/postgres\0-D"}[name]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _parent(entry) == run.pid and mark in (entry / "cmdline").read_bytes():
            return int(entry.name)
    raise AssertionError(f"{name} does not run")


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _kept_texts_with(folder: Path, secret: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
