"""How often Bitly's calls may be made, as it is set."""

from dataclasses import dataclass
from typing import Self

from gateway.compat.shared.quotas import Quota, read_quota
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
