"""Groups of calls and how often they may be made, as the environment says it."""

from dataclasses import dataclass
from typing import Self

import limits

from services.runtime.settings import Environment


@dataclass(frozen=True, slots=True)
class Quota:
    """A group of calls, and how often they may be made: every rate counts."""

    name: str
    rates: tuple[limits.RateLimitItem, ...]

    @classmethod
    def parse(cls, name: str, text: str) -> Self:
        """Return the quota of rates such as "50/second;300/minute"; raise ValueError when they are none."""
        return cls(name, tuple(limits.parse_many(text)))


def read_quota(environment: Environment, name: str, default: str) -> Quota:
    """Return how often the calls of a group may be made, for instance 50/second;1000/hour.

    The environment collects mistakes.
    """
    group = name.removeprefix("LINKMETER_").removesuffix("_RATE").lower()
    return environment.parsed(name, lambda text: Quota.parse(group, text), Quota.parse(group, default))
