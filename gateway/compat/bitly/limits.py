"""Counts Bitly's calls."""

from gateway.compat.bitly.rates import Rates
from gateway.compat.shared.limits import Limits
from services.common.caller import Caller
from services.common.ip_addresses import client_network


class CallLimits:
    """Counts the calls of each client address and of each key."""

    def __init__(self, limits: Limits, rates: Rates) -> None:
        self._limits = limits
        self._rates = rates

    async def spend_address(self, client_ip: str) -> None:
        """Count a call from an address, whoever it is for; raise ResourceExhausted for one too many."""
        await self._limits.spend(self._rates.address, client_network(client_ip))

    async def spend_key(self, caller: Caller) -> None:
        """Count a call with a key; raise ResourceExhausted for one too many."""
        await self._limits.spend(self._rates.key, caller.credential)
