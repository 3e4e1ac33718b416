"""What a measurement cost, and who else used the machine meanwhile; from /proc."""

import contextlib
import os
import resource
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_BUSY_FIELDS: Final = (0, 1, 2, 5, 6, 7)
# In /proc/<pid>/stat after the name: utime, stime, and those of children that ended.
_CPU_FIELDS: Final = (11, 12, 13, 14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What happened between two looks."""

    seconds: float
    # CPU seconds and resident bytes by program.
    cpu: Mapping[str, float]
    memory: Mapping[str, int]
    # The most that each program's processes of now ever had resident, added up.
    peaks: Mapping[str, int]
    # Cores that were used by programs that are none of ours.
    others: float


class Meter:
    """Looks at the programs of a benchmark."""

    def __init__(self, programs: Mapping[str, Callable[[], Sequence[int]]]) -> None:
        self._programs = programs
        self._before = self._look()

    def restart(self) -> None:
        """Begin to count here."""
        self._before = self._look()

    def read(self) -> Usage:
        """Return what was used since the last restart."""
        (then, cpu_then, busy_then), (now, cpu_now, busy_now) = self._before, self._look()
        cpu = {name: seconds - cpu_then.get(name, 0.0) for name, seconds in cpu_now.items()}
        others = (busy_now - busy_then - sum(cpu.values())) / (now - then)
        memory = {name: sum(map(_resident, pids())) for name, pids in self._programs.items()}
        peaks = {name: sum(map(_peak, pids())) for name, pids in self._programs.items()}
        return Usage(seconds=now - then, cpu=cpu, memory=memory, peaks=peaks, others=max(0.0, others))

    def _look(self) -> tuple[float, dict[str, float], float]:
        cpu = {name: sum(map(_cpu, pids())) for name, pids in self._programs.items()}
        # The load generators: this process, and those that it waited for.
        cpu["load"] = sum(map(_own, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
        return time.monotonic(), cpu, sum(int(fields[index]) for index in _BUSY_FIELDS) / _TICKS


def family(root: Callable[[], int]) -> Callable[[], list[int]]:
    """Name a process and all that it started."""

    def pids() -> list[int]:
        found = [root()]
        for pid in found:
            with contextlib.suppress(OSError):
                for children in Path(f"/proc/{pid}/task").glob("*/children"):
                    found += map(int, children.read_text().split())
        return found

    return pids


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(fields[index]) for index in _CPU_FIELDS) / _TICKS


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0


def _peak(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


def _own(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime
