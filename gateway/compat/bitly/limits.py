"""How often Bitly's calls may be made."""

from dataclasses import dataclass

from gateway.compat.shared.limits import Quota, Quotas
from services.common.caller import Caller
from services.common.client_network import client_network


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """Counts the calls of each client address and of each key."""

    quotas: Quotas
    key: Quota
    address: Quota

    async def spend_address(self, client_ip: str) -> None:
        """Count a call from an address, whoever it is for."""
        await self.quotas.spend(self.address, client_network(client_ip))

    async def spend_key(self, caller: Caller) -> None:
        """Count a call with a key."""
        await self.quotas.spend(self.key, caller.credential)
