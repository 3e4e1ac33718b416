"""Counts spoo.me's calls: by group, and by key, or by address without one."""

from gateway.compat.shared.limits import Limits
from gateway.compat.spoo.access import Client
from gateway.compat.spoo.rates import Rates


class CallLimits:
    """Counts calls by group, and by key or address."""

    def __init__(self, limits: Limits, rates: Rates) -> None:
        self._limits = limits
        self._rates = rates

    async def spend(self, group: str, client: Client) -> None:
        """Count a call; raise ResourceExhausted for one too many."""
        quotas = self._rates.known if client.caller else self._rates.anonymous
        await self._limits.spend(quotas[group], client.limit_key)

    async def state(self) -> str:
        """Return whether calls can be counted: ok, error, or not_configured where there are no limits."""
        return await self._limits.state()
