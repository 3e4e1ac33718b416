"""Free ports for tests."""

import os
import random
from typing import Final

from deploy.local.ports import is_free

# Below the range from which systems take the source ports of outgoing connections, so that nothing grabs a port between
# its choice and its use.
_FIRST: Final = 20_000
_LAST: Final = 32_000
_handed_out: set[int] = set()


def free_port(span: int = 1) -> int:
    """Choose a loopback port that nobody listens on and that no process of this run chose before.

    With a span the following ports are free as well.
    """
    own = _own_part()
    for _ in range(1000):
        first = random.SystemRandom().choice(own[: len(own) - span])
        ports = range(first, first + span)
        if _handed_out.isdisjoint(ports) and all(is_free(port, "127.0.0.1") for port in ports):
            _handed_out.update(ports)
            return first
    raise OSError("no free port was found")


def _own_part() -> range:
    """Return the ports that this process chooses from: of several that run tests together, each has its own."""
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    size = (_LAST - _FIRST) // count
    return range(_FIRST + number * size, _FIRST + (number + 1) * size)
