"""How often Short.io's calls may be made, as it is set."""

from dataclasses import dataclass
from typing import Self

from gateway.compat.shared.quotas import Quota, read_quota
from services.runtime.settings import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What a key may call, by group of calls."""

    statistics: Quota
    links: Quota
    bulk: Quota

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Return the rates that the environment has; the defaults are Short.io's."""
        return cls(
            statistics=read_quota(environment, "LINKMETER_SHORTIO_STATISTICS_RATE", "300/minute"),
            links=read_quota(environment, "LINKMETER_SHORTIO_LINKS_RATE", "50/second"),
            bulk=read_quota(environment, "LINKMETER_SHORTIO_BULK_RATE", "5/10 second"),
        )
