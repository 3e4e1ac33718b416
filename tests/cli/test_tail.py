"""`linkmeter tail`: clicks as they happen, each once, also over the end of the program."""

import json
import signal
import subprocess
from collections.abc import Callable

from tests.support.command_line import CommandLine
from tests.support.system import System
from tests.support.traffic import BROWSER


async def _follow(system: System, code: str, *marks: str) -> None:
    async with system.client(api_key="") as visitor:
        for mark in marks:
            await visitor.get(f"/{code}", params={"utm_content": mark}, headers={"user-agent": BROWSER})


async def test_clicks_come_as_they_happen_and_once(
    linkmeter: CommandLine, code: Callable[[], str], system: System
) -> None:
    """The last ones first, then those that come; ended and resumed, exactly those that came meanwhile."""
    name = code()
    linkmeter("link", "create", "https://example.com/", "--code", name)
    assert linkmeter("tail", name, "--resume").code == 1
    asked = ("tail", name, "--columns", "utm_content")
    with subprocess.Popen(  # noqa: ASYNC220 - Nothing else runs in this loop.
        linkmeter.command(*asked), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=linkmeter.environment, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        await _follow(system, name, "first", "second")
        assert [json.loads(child.stdout.readline())["utm_content"] for _ in range(2)] == ["first", "second"]
        child.send_signal(signal.SIGINT)
        assert child.wait(60) == 130
        assert (child.stdout.read(), child.stderr.read()) == ("", "")

    await _follow(system, name, "third", "fourth", "fifth")
    for resumed, count in ((["third", "fourth"], "2"), (["fifth"], "1")):
        done = linkmeter(*asked, "--resume", "--count", count)
        assert (done.code, [json.loads(line)["utm_content"] for line in done.out.splitlines()]) == (0, resumed)
    last = linkmeter(*asked, "--lines", "2", "--count", "2")
    assert [json.loads(line)["utm_content"] for line in last.out.splitlines()] == ["fourth", "fifth"]

    shown = linkmeter.at_terminal("tail", name, "-n", "3", "-c", "3")
    assert sum(line.split()[2:3] == [name] for line in shown.out.splitlines()) == 3, shown.out
