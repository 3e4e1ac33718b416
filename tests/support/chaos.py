"""Hurting a running system, and holding what its visitors saw against what it says of them."""

import contextlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.system import System
from tests.support.traffic import Traffic, counted, ledger, recorded
from tests.support.wait import eventually

STEP = 150
_SMALL_DISK = "size=1536k"


async def more_answers(traffic: Traffic, count: int = STEP, timeout: float = 60) -> None:  # noqa: ASYNC109 - a deadline
    """Wait until visitors got so many more redirects."""
    enough = len(traffic.answered) + count
    await eventually(lambda: len(traffic.answered) >= enough, timeout=timeout, what="redirects are answered")


async def passing(seconds: float) -> None:
    """Let time pass where the length of an outage is the point."""
    until = time.monotonic() + seconds
    await eventually(lambda: time.monotonic() >= until, timeout=seconds + 1)


async def assert_exact(system: System, traffic: Traffic, link_ids: Sequence[int], *, dropped: int = 0) -> None:
    """Require that each answered redirect is in the statistics once, and that the ledger adds up to the same."""
    marks = await eventually(
        lambda: _complete(system, traffic, link_ids, dropped), every=0.1, what="all answered clicks are counted"
    )
    assert not [mark for mark, count in marks.items() if count > 1], "clicks are counted twice"
    # A redirect that was recorded and whose answer the kill cut off may count, another may not.
    assert set(marks) <= traffic.answered | traffic.failed


async def _complete(system: System, traffic: Traffic, link_ids: Sequence[int], dropped: int) -> Counter[str]:
    """Return the clicks once all answered ones are among them, and statistics and ledger agree; nothing until then.

    To look at numbers alone would not do: clicks whose answers were cut off count, too, and the last answered ones may
    still wait in an outbox that has not reported them.
    """
    marks = await recorded(system, link_ids)
    stored = marks.total()
    if len(traffic.answered - set(marks)) > dropped or await counted(system, link_ids) != stored:
        return Counter()
    expected = {"accepted": stored + dropped, "stored": stored, "setAside": 0, "pending": 0, "dropped": dropped}
    return marks if await ledger(system) == expected else Counter()


def processes_of(system: System, name: str) -> list[int]:
    """Return the process of a program and all that it started, in whatever session they are."""
    found = [system.stack.processes[name].pid]
    for pid in found:
        with contextlib.suppress(OSError):
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                found += map(int, children.read_text().split())
    return found


@contextmanager
def paused(system: System, name: str) -> Iterator[None]:
    """Stop a program in its tracks with SIGSTOP: its connections stay open and nobody answers."""
    pids = processes_of(system, name)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Mount a small file system where that is allowed; answer whether it is."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", _SMALL_DISK, "tmpfs", str(folder)]
    is_mounted = sys.platform == "linux" and _runs(mount)
    try:
        yield is_mounted
    finally:
        if is_mounted:
            _runs(["umount", "--lazy", str(folder)])


@contextmanager
def full_disk(system: System, *, is_small: bool) -> Iterator[None]:
    """Leave redirect no room to write: fill its small disk, else forbid it to make files grow."""
    if is_small:
        filler = system.folder.outbox / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"\0" * 4096)
        try:
            yield
        finally:
            filler.unlink()
        return
    pids = processes_of(system, "redirect")
    limits = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid, (_, hard) in limits.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        for pid, limit in limits.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)


def _runs(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False
