"""What processes of a Linux machine listen on, as the kernel knows it."""

from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
_TCP_LISTENS = "0A"
_UNIX_LISTENS = 0x10000


def family(pid: int) -> frozenset[int]:
    """Return a process and all that it started."""
    started: dict[int, list[int]] = {}
    for entry in _PROC.glob("[0-9]*/stat"):
        try:
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        started.setdefault(parent, []).append(int(entry.parent.name))
    found, waiting = set(), [pid]
    while waiting:
        found.add(waiting[-1])
        waiting.extend(started.get(waiting.pop(), ()))
    return frozenset(found)


def network_ports(pids: frozenset[int]) -> set[int]:
    """Return the ports of TCP that are listened on, and all ports of UDP."""
    ours, found = _inodes(pids), set()
    for kind in ("tcp", "tcp6", "udp", "udp6"):
        for fields in _table(kind):
            is_open = fields[3] == _TCP_LISTENS or kind.startswith("udp")
            if is_open and fields[9] in ours:
                found.add(int(fields[1].rpartition(":")[2], 16))
    return found


def unix_sockets(pids: frozenset[int]) -> set[Path]:
    """Return the paths of Unix sockets that are listened on; one with an abstract name begins with @."""
    ours = _inodes(pids)
    named = (fields for fields in _table("unix") if len(fields) > 7 and fields[6] in ours)
    return {Path(fields[7]) for fields in named if int(fields[3], 16) & _UNIX_LISTENS}


def _table(kind: str) -> Iterator[list[str]]:
    path = _PROC / "net" / kind
    lines = path.read_text().splitlines()[1:] if path.exists() else []
    return map(str.split, lines)


def _inodes(pids: frozenset[int]) -> set[str]:
    found = set()
    for pid in pids:
        for descriptor in (_PROC / str(pid) / "fd").iterdir():
            try:
                target = str(descriptor.readlink())
            except OSError:
                continue
            if target.startswith("socket:["):
                found.add(target.removeprefix("socket:[").removesuffix("]"))
    return found
