"""The one way from the credentials that dialects carry to who calls."""

import re
from dataclasses import dataclass, replace
from typing import Final

from gateway.compat.backends import Backends
from linkmeter.links.v1 import access_service_pb2, links_pb2
from services.common import caller as callers
from services.common import errors
from services.common.caller import Caller
from services.runtime import caller_metadata

# What a credential of ours can look like; anything else is not worth asking about.
_CREDENTIAL: Final = re.compile(r"[!-~]{1,256}")

# Acts for everybody who has no account: creates their links, and sees what of these is public.
ANONYMOUS: Final = Caller(
    owner_id=callers.ANONYMOUS_OWNER_ID,
    scopes=frozenset({callers.LINKS_READ, callers.LINKS_WRITE, callers.STATS_READ}),
    credential="anonymous",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An owner and the API key with which they call."""

    caller: Caller
    owner: links_pb2.Owner

    @property
    def metadata(self) -> tuple[tuple[str, bytes], ...]:
        """The metadata of calls on the account's behalf."""
        return caller_metadata.metadata_for(self.caller)

    def also_reading(self, *scopes: str) -> Caller:
        """Return the caller with these scopes as well, where a dialect's keys imply them."""
        return replace(self.caller, scopes=self.caller.scopes | set(scopes))


class Accounts:
    """Turns credentials into accounts, by asking links."""

    def __init__(self, backends: Backends) -> None:
        self._backends = backends

    async def find(self, credential: str) -> Account | None:
        """Return the account of an API key; None for anything else: a link's edit token is no account's.

        Errors of links but Unauthenticated pass through as they are.
        """
        authenticated = await self._authenticated(credential)
        if authenticated is None:
            return None
        caller = caller_metadata.from_message(authenticated.caller)
        if caller.link_id or not caller.owner_id:
            return None
        owner = authenticated.owner if authenticated.HasField("owner") else links_pb2.Owner(owner_id=caller.owner_id)
        return Account(caller=caller, owner=owner)

    async def of_edit_token(self, token: str) -> Caller | None:
        """Return the caller whom an edit token makes, with the rights of its link; None for anything else.

        Errors of links but Unauthenticated pass through as they are.
        """
        authenticated = await self._authenticated(token)
        caller = caller_metadata.from_message(authenticated.caller) if authenticated else None
        return caller if caller and caller.link_id else None

    async def _authenticated(self, credential: str) -> access_service_pb2.AuthenticateResponse | None:
        if not _CREDENTIAL.fullmatch(credential):
            return None
        try:
            return await self._backends.access.Authenticate(
                access_service_pb2.AuthenticateRequest(credential=credential)
            )
        except errors.Unauthenticated:
            return None
