"""Who calls: carried between services in one metadata key, which the gateway strips from what clients send."""

from dataclasses import dataclass, field
from typing import Any, Final

import grpc
from google.protobuf.message import DecodeError

from linkmeter.links.v1 import links_pb2
from services.common import errors

CALLER_KEY: Final = "x-linkmeter-caller-bin"

LINKS_READ: Final = "links:read"
LINKS_WRITE: Final = "links:write"
STATS_READ: Final = "stats:read"
KEYS_MANAGE: Final = "keys:manage"
DOMAINS_MANAGE: Final = "domains:manage"
ADMIN: Final = "admin"
SCOPES: Final = (LINKS_READ, LINKS_WRITE, STATS_READ, KEYS_MANAGE, DOMAINS_MANAGE, ADMIN)

# Owner of the links that were created without an account.
ANONYMOUS_OWNER_ID: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The outcome of authentication; with link_id the rights are those of that link's edit token."""

    owner_id: int = 0
    link_id: int = 0
    scopes: frozenset[str] = field(default_factory=frozenset)
    credential: str = ""

    def may(self, scope: str) -> bool:
        """Say whether the caller has a scope; admin has all."""
        return scope in self.scopes or ADMIN in self.scopes

    def require(self, scope: str) -> None:
        """Refuse a caller without the scope."""
        if not self.may(scope):
            raise errors.PermissionDenied(f"the credential lacks the scope {scope}")


def caller_of(context: grpc.aio.ServicerContext[Any, Any]) -> Caller | None:
    """Read the caller that a trusted peer vouches for; None when there is none."""
    for key, value in context.invocation_metadata() or ():
        if key == CALLER_KEY:
            try:
                message = links_pb2.Caller.FromString(value if isinstance(value, bytes) else value.encode())
            except DecodeError:
                return None
            return from_message(message)
    return None


def metadata_for(caller: Caller) -> tuple[tuple[str, bytes], ...]:
    """Build the metadata with which a service calls another on a caller's behalf."""
    return ((CALLER_KEY, to_message(caller).SerializeToString()),)


def from_message(message: links_pb2.Caller) -> Caller:
    """Convert from the contract."""
    return Caller(
        owner_id=message.owner_id,
        link_id=message.link_id,
        scopes=frozenset(message.scopes),
        credential=message.credential,
    )


def to_message(caller: Caller) -> links_pb2.Caller:
    """Convert to the contract."""
    return links_pb2.Caller(
        owner_id=caller.owner_id,
        link_id=caller.link_id,
        scopes=sorted(caller.scopes),
        credential=caller.credential,
    )
