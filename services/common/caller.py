"""Who calls, and what the caller may do."""

from dataclasses import dataclass, field
from typing import Final

from services.common import errors

LINKS_READ: Final = "links:read"
LINKS_WRITE: Final = "links:write"
# To create links and clicks as another product had them, and to take them back.
LINKS_IMPORT: Final = "links:import"
STATS_READ: Final = "stats:read"
KEYS_MANAGE: Final = "keys:manage"
DOMAINS_MANAGE: Final = "domains:manage"
ADMIN: Final = "admin"
SCOPES: Final = (LINKS_READ, LINKS_WRITE, LINKS_IMPORT, STATS_READ, KEYS_MANAGE, DOMAINS_MANAGE, ADMIN)

# Owner of the links that were created without an account.
ANONYMOUS_OWNER_ID: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The outcome of authentication; with link_id it reaches that link and nothing else."""

    owner_id: int = 0
    link_id: int = 0
    scopes: frozenset[str] = field(default_factory=frozenset)
    credential: str = ""

    def may(self, scope: str) -> bool:
        """Return whether the caller has a scope; admin has all."""
        return scope in self.scopes or ADMIN in self.scopes

    def require(self, scope: str) -> None:
        """Raise PermissionDenied when the caller lacks the scope."""
        if not self.may(scope):
            raise errors.PermissionDenied(f"the credential lacks the scope {scope}")
