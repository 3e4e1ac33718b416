"""How often a key may call."""

from dataclasses import dataclass

from gateway.compat.shared.limits import Quota, Quotas
from services.common.caller import Caller
from services.common.client_network import client_network


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """Short.io's groups of calls, counted by key; calls without a known key, by address."""

    quotas: Quotas
    statistics: Quota
    links: Quota
    bulk: Quota
    strangers: Quota

    async def spend_statistics(self, caller: Caller) -> None:
        """Count a call of the statistics."""
        await self.quotas.spend(self.statistics, caller.credential)

    async def spend_links(self, caller: Caller) -> None:
        """Count a call of the link API."""
        await self.quotas.spend(self.links, caller.credential)

    async def spend_bulk(self, caller: Caller) -> None:
        """Count a call that creates many links."""
        await self.quotas.spend(self.bulk, caller.credential)

    async def spend_stranger(self, client_ip: str) -> None:
        """Count a call of somebody whose key is not known."""
        await self.quotas.spend(self.strangers, client_network(client_ip))
