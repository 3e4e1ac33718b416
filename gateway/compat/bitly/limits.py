"""How often Bitly's calls may be made."""

from dataclasses import dataclass
from typing import Self

from gateway.compat.shared.limits import Limits, Quota, read_quota
from services.common.caller import Caller
from services.common.ip_addresses import client_network
from services.runtime.settings import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How many calls a key and a client address may make."""

    key: Quota
    address: Quota

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read the rates from the environment, which collects mistakes; the defaults are Bitly's."""
        return cls(
            key=read_quota(environment, "LINKMETER_BITLY_KEY_RATE", "100/minute;1000/hour"),
            address=read_quota(environment, "LINKMETER_BITLY_ADDRESS_RATE", "100/minute;1000/hour"),
        )


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
