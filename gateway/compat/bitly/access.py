"""Who calls: an access token, or the older pair of login and API key."""

from dataclasses import dataclass
from typing import Protocol

from gateway.compat.backends import Backends
from gateway.compat.bitly.errors import NOT_ALLOWED, Refusal, missing
from linkmeter.links.v1 import access_service_pb2, links_pb2
from services.common import caller as callers
from services.common import errors
from services.common.caller import Caller

_LONGEST_CREDENTIAL = 256


class Credentials(Protocol):
    """What every request message has."""

    access_token: str
    login: str
    api_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """An account that calls, and from where."""

    caller: Caller
    owner: links_pb2.Owner
    client_ip: str

    @property
    def metadata(self) -> tuple[tuple[str, bytes], ...]:
        """What goes along with calls on the account's behalf."""
        return callers.metadata_for(self.caller)


class Access:
    """Turns credentials into accounts."""

    def __init__(self, *, backends: Backends) -> None:
        self._backends = backends

    async def by_token(self, request: Credentials, client_ip: str) -> Holder:
        """Find the account of an access token."""
        if not request.access_token:
            raise missing("access_token")
        holder = await self.find(request.access_token, client_ip)
        if holder is None:
            raise Refusal(NOT_ALLOWED)
        return holder

    async def by_either(self, request: Credentials, client_ip: str) -> Holder:
        """Find the account of an access token or, when there is none, of login and API key."""
        if request.access_token:
            return await self.by_token(request, client_ip)
        return await self.by_login(request.login, request.api_key, client_ip)

    async def by_login(self, login: str, api_key: str, client_ip: str) -> Holder:
        """Find the account of a login and one of its API keys."""
        if not login:
            raise missing("login")
        if not api_key:
            raise missing("apikey")
        holder = await self.find(api_key, client_ip)
        if holder is None:
            raise Refusal("INVALID_APIKEY")
        if holder.owner.login != login.strip().lower():
            raise Refusal("INVALID_LOGIN")
        return holder

    async def find(self, credential: str, client_ip: str) -> Holder | None:
        """Find the account of an API key; None when there is none. The token of one link is no account's."""
        if len(credential) > _LONGEST_CREDENTIAL or not credential.isascii() or not credential.isprintable():
            return None
        try:
            answer = await self._backends.access.Authenticate(
                access_service_pb2.AuthenticateRequest(credential=credential)
            )
        except errors.Unauthenticated:
            return None
        caller = callers.from_message(answer.caller)
        if caller.link_id or not caller.owner_id:
            return None
        return Holder(caller=caller, owner=answer.owner, client_ip=client_ip)
