import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import process as processes
from deploy.local.process import Command, Process
from tests.support.wait import eventually

_PARENT = """
import sys, time
from pathlib import Path
from deploy.local.process import Command, Process
command = Command(name="child", arguments=[sys.executable, "-c", "import time; time.sleep(600)"])
child = Process(command, Path(sys.argv[1]))
print(child.pid, flush=True)
time.sleep(600)
"""


def _python(text: str, **options: float) -> Command:
    return Command(name="program", arguments=[sys.executable, "-c", text], **options)  # type: ignore[arg-type]


async def test_child_dies_with_its_killed_parent(tmp_path: Path) -> None:
    """A supervisor that is killed leaves nothing running."""
    arguments = [sys.executable, "-c", _PARENT, str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as parent:  # noqa: ASYNC220 - Nothing else is to run.
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert _runs(child)
        parent.kill()
        await eventually(lambda: not _runs(child))


async def test_program_that_ignores_the_signal_is_killed(tmp_path: Path) -> None:
    """Stopping ends in time, whatever the program does."""
    text = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
    process = Process(_python(text, stop_seconds=0.1), tmp_path)
    await eventually(lambda: "up" in process.log_tail())
    process.stop()
    assert process.exit_status == -signal.SIGKILL
    assert process.describe_end() == "was ended by signal 9"


async def test_program_ends_in_its_own_way(tmp_path: Path) -> None:
    """A program gets the time to finish its work."""
    text = (
        "import signal, sys, time\n"
        "signal.signal(15, lambda *_: (print('bye', flush=True), sys.exit(3)))\n"
        "print('up', flush=True)\n"
        "time.sleep(600)"
    )
    process = Process(_python(text), tmp_path)
    await eventually(lambda: "up" in process.log_tail())
    process.stop()
    assert process.exit_status == 3
    assert process.log_tail().splitlines() == ["up", "bye"]


async def test_a_program_stands_back_as_far_as_it_is_told(tmp_path: Path) -> None:
    """Also where the kernel shares processors out by session first, and what it starts as well."""
    text = (
        "import os\n"
        "from pathlib import Path\n"
        "group = Path('/proc/self/autogroup')\n"
        "session = group.read_text().split()[-1] if group.exists() else '7'\n"
        "print(os.nice(0), session, os.sched_getscheduler(0) == os.SCHED_BATCH)"
    )
    commands = [_python(text, niceness=7, is_batch=is_batch) for is_batch in (True, False)]
    said = [await _last_words(Process(command, tmp_path)) for command in commands]
    niceness = min(os.nice(0) + 7, 19)
    assert said == [f"{niceness} 7 True", f"{niceness} 7 False"]


async def test_killing_reaches_what_the_program_started(tmp_path: Path) -> None:
    """Workers of a killed program do not stay."""
    text = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)"
    )
    process = Process(_python(text), tmp_path)
    worker = int(await eventually(process.log_tail))
    process.kill()
    await eventually(lambda: not _runs(worker))


async def test_a_log_is_rotated_while_the_program_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much a program says, two files hold the last of it: whole lines in their order, none lost between."""
    monkeypatch.setattr(processes, "LOG_BYTES", 100_000)
    text = "for number in range(40_000): print(f'{number:08}')\nprint('end', flush=True)\nimport time; time.sleep(600)"
    process = Process(_python(text), tmp_path)
    try:
        await eventually(lambda: process.log_tail(1) == "end")
        files = [process.log_path.with_name("program.log.1"), process.log_path]
        assert {path.name for path in tmp_path.iterdir()} == {path.name for path in files}  # noqa: ASYNC240
        # A line that begins in a file ends there.
        assert all(path.stat().st_size < 100_000 + len("12345678\n") for path in files)
        kept = "".join(path.read_text() for path in files).splitlines()
        assert kept == [*(f"{number:08}" for number in range(40_001 - len(kept), 40_000)), "end"]
        assert len(kept) > 11_000
    finally:
        process.kill()


async def test_the_last_words_of_a_killed_program_are_logged(tmp_path: Path) -> None:
    """What it said before its end is there, though another process writes it."""
    text = "import os; print('x' * 1000); print('last words', flush=True); os.kill(os.getpid(), 9)"
    process = Process(_python(text), tmp_path)
    await eventually(lambda: not process.is_running)
    assert process.log_tail(1) == "last words"


async def _last_words(process: Process) -> str:
    await eventually(lambda: not process.is_running)
    return process.log_tail(1)


def _runs(pid: int) -> bool:
    """Return whether the process exists and is more than an entry that nobody has collected."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
