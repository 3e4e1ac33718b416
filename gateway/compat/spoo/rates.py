"""The groups of spoo.me's calls, and how often each may be made, as it is set."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from gateway.compat.shared.quotas import Quota
from services.runtime.settings import Environment

STATS: Final = "stats"
SHORTEN: Final = "shorten"
EXPORT: Final = "export"
CHECK_ALIAS: Final = "check_alias"
LIST_URLS: Final = "list_urls"
UPDATE_URL: Final = "update_url"
DELETE_URL: Final = "delete_url"
CREATE_KEY: Final = "create_key"
READ_KEYS: Final = "read_keys"
DELETE_KEY: Final = "delete_key"
LEGACY: Final = "legacy"
BULK_DELETE: Final = "bulk_delete"
BULK_UPDATE: Final = "bulk_update"
DELETE_DOMAIN: Final = "delete_domain"
CLAIM: Final = "claim"
PREVIEW: Final = "preview"
EMOJI_SET: Final = "emoji_set"
TAG_WRITE: Final = "tag_write"
TAG_DELETE: Final = "tag_delete"
_ANONYMOUS_SUFFIX: Final = "_anonymous"

# Of accounts.
_RATES: Final[Mapping[str, str]] = {
    STATS: "60/minute;5000/day",
    SHORTEN: "60/minute;5000/day",
    EXPORT: "30/minute;1000/day",
    CHECK_ALIAS: "180/minute;10000/day",
    LIST_URLS: "60/minute;5000/day",
    UPDATE_URL: "120/minute;2000/day",
    DELETE_URL: "60/minute;1000/day",
    CREATE_KEY: "5/hour",
    READ_KEYS: "60/minute",
    DELETE_KEY: "30/minute",
    LEGACY: "60/minute;5000/day",
    BULK_DELETE: "30/minute;100/day",
    BULK_UPDATE: "60/minute;200/day",
    DELETE_DOMAIN: "5/minute;50/day",
    CLAIM: "30/minute;500/day",
    PREVIEW: "30/minute;2000/day",
    EMOJI_SET: "60/minute;2000/day",
    TAG_WRITE: "30/minute",
    TAG_DELETE: "10/minute",
}
# Of everybody else, by address. Calls that need a key are limited all the same: asking in vain costs, too.
_ANONYMOUS_RATES: Final[Mapping[str, str]] = {
    **_RATES,
    STATS: "20/minute;1000/day",
    SHORTEN: "20/minute;1000/day",
    EXPORT: "10/minute;200/day",
    CHECK_ALIAS: "60/minute;2000/day",
    LEGACY: "20/minute;1000/day",
}


@dataclass(frozen=True, slots=True)
class Rates:
    """How often the calls of each group may be made."""

    known: Mapping[str, Quota]
    anonymous: Mapping[str, Quota]

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read the rates; the defaults are spoo.me's."""
        return environment.parsed("LINKMETER_SPOO_RATES", cls.parse, cls.parse(""))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what differs from the documented rates: stats=60/minute;5000/day,stats_anonymous=20/minute.

        Raises ValueError for what is no group or no rate.
        """
        known, anonymous = dict(_RATES), dict(_ANONYMOUS_RATES)
        for part in filter(None, (part.strip() for part in text.split(","))):
            name, _, rates = part.partition("=")
            group = name.removesuffix(_ANONYMOUS_SUFFIX)
            if group not in _RATES:
                raise ValueError(f"there is no group {name}")
            (anonymous if name.endswith(_ANONYMOUS_SUFFIX) else known)[group] = rates
        return cls(
            known={group: Quota.parse(f"spoo_{group}", rates) for group, rates in known.items()},
            anonymous={
                group: Quota.parse(f"spoo_{group}{_ANONYMOUS_SUFFIX}", rates) for group, rates in anonymous.items()
            },
        )
