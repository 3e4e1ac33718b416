"""How many processors there are for us."""

import math
import os
import sys
from pathlib import Path

# Of the cgroup that a container sees as its own: "QUOTA PERIOD" in microseconds, or "max PERIOD".
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def cores(quota: Path = _QUOTA) -> int:
    """Return how many processors this process may use, at least one.

    Those that it is bound to, or fewer when its container's quota of time is shorter than they are.
    """
    bound = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    try:
        time_us, period_us = map(float, quota.read_text().split())
    except (OSError, ValueError):
        # None, without limit, or another system.
        return bound
    return max(1, min(bound, math.ceil(time_us / period_us)))
