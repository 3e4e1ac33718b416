"""What a key may do, in spoo.me's words and ours."""

from collections.abc import Iterable
from typing import Final

from services.common import caller as callers
from services.common.caller import Caller

STATS_READ: Final = "stats:read"
URLS_READ: Final = "urls:read"
URLS_MANAGE: Final = "urls:manage"
SHORTEN_CREATE: Final = "shorten:create"
ADMIN_ALL: Final = "admin:all"

# A key that creates but does not read is one that only shortens: managing needs both of ours.
_OURS: Final[dict[str, frozenset[str]]] = {
    SHORTEN_CREATE: frozenset({callers.LINKS_WRITE}),
    URLS_MANAGE: frozenset({callers.LINKS_READ, callers.LINKS_WRITE}),
    URLS_READ: frozenset({callers.LINKS_READ}),
    STATS_READ: frozenset({callers.STATS_READ}),
    ADMIN_ALL: frozenset({callers.ADMIN}),
}
# Each enough for calls that read, manage and create links.
READING: Final = (URLS_READ, URLS_MANAGE, ADMIN_ALL)
MANAGING: Final = (URLS_MANAGE, ADMIN_ALL)
CREATING: Final = (SHORTEN_CREATE, ADMIN_ALL)
KNOWN: Final = tuple(_OURS)


def has_any(caller: Caller, *wanted: str) -> bool:
    """Return whether a caller has one of these scopes."""
    return any(all(caller.may(scope) for scope in _OURS[name]) for name in wanted)


def ours(names: Iterable[str]) -> frozenset[str]:
    """Translate scopes into ours."""
    return frozenset(scope for name in names for scope in _OURS[name])


def theirs(scopes: Iterable[str]) -> list[str]:
    """Return what a key with our scopes may do; administration says it all."""
    held = frozenset(scopes)
    if callers.ADMIN in held:
        return [ADMIN_ALL]
    return [name for name, needed in _OURS.items() if needed <= held]
