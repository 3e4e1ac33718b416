"""How often Short.io's calls may be made."""

from dataclasses import dataclass
from typing import Self

from gateway.compat.shared.limits import Limits, Quota, read_quota
from services.common.caller import Caller
from services.common.ip_addresses import client_network
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


class CallLimits:
    """Counts calls by group and key, or by address without a known key; each raises ResourceExhausted when beyond."""

    def __init__(self, limits: Limits, rates: Rates, *, unknown_per_minute: int) -> None:
        self._limits = limits
        self._rates = rates
        self._unknown = Quota.parse("shortio_strangers", f"{unknown_per_minute}/minute")

    async def spend_statistics(self, caller: Caller) -> None:
        """Count a call of the statistics."""
        await self._limits.spend(self._rates.statistics, caller.credential)

    async def spend_links(self, caller: Caller) -> None:
        """Count a call of the link API."""
        await self._limits.spend(self._rates.links, caller.credential)

    async def spend_bulk(self, caller: Caller) -> None:
        """Count a call that creates many links."""
        await self._limits.spend(self._rates.bulk, caller.credential)

    async def spend_unknown(self, client_ip: str) -> None:
        """Count a call without a known key."""
        await self._limits.spend(self._unknown, client_network(client_ip))
