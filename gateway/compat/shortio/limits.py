"""Counts Short.io's calls."""

from gateway.compat.shared.limits import Limits
from gateway.compat.shared.quotas import Quota
from gateway.compat.shortio.rates import Rates
from services.common.caller import Caller
from services.common.ip_addresses import client_network


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
