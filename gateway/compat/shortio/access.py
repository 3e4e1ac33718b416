"""Who calls, and which links and domains are theirs."""

from dataclasses import dataclass, replace

from gateway.compat.backends import Backends
from gateway.compat.shared import http_metadata
from gateway.compat.shared.http_metadata import Context
from gateway.compat.shortio import ids
from gateway.compat.shortio.limits import CallLimits
from linkmeter.links.v1 import access_service_pb2, domain_service_pb2, link_service_pb2, links_pb2
from services.common import caller as callers
from services.common import errors
from services.common.caller import Caller

_AUTHORIZATION = "authorization"
_LONGEST_KEY = 256


@dataclass(frozen=True, slots=True)
class Account:
    """The holder of a key."""

    caller: Caller
    owner: links_pb2.Owner

    @property
    def metadata(self) -> tuple[tuple[str, bytes], ...]:
        """What tells other services who calls."""
        return callers.metadata_for(self.caller)

    @property
    def reading(self) -> tuple[tuple[str, bytes], ...]:
        """The same for looking up links and domains of the account, which any of its keys implies."""
        return callers.metadata_for(replace(self.caller, scopes=self.caller.scopes | {callers.LINKS_READ}))


class Access:
    """Authenticates callers, and finds what is theirs."""

    def __init__(self, *, backends: Backends, limits: CallLimits) -> None:
        self._backends = backends
        self._limits = limits

    async def account(self, context: Context, scope: str) -> Account:
        """Say who calls; refuse those without a key, and a key without the scope."""
        try:
            return await self._holder(_key(context), scope)
        except errors.Unauthenticated:
            await self._limits.spend_stranger(http_metadata.client_ip(context))
            raise

    async def link(self, account: Account, link_id: str) -> links_pb2.Link:
        """Find a link of the account by the client's id."""
        return await self._backends.links.GetLink(
            link_service_pb2.GetLinkRequest(link_id=ids.link_id(link_id)), metadata=account.reading
        )

    async def domains(self, account: Account) -> list[links_pb2.Domain]:
        """List the domains that the account may use, oldest first."""
        answer = await self._backends.domains.ListDomains(
            domain_service_pb2.ListDomainsRequest(), metadata=account.reading
        )
        return list(answer.domains)

    async def domain(self, account: Account, domain_id: str) -> links_pb2.Domain:
        """Find a domain that the account may use by the client's id."""
        return await self._domain(account, domain_service_pb2.GetDomainRequest(domain_id=ids.domain_id(domain_id)))

    async def domain_of_host(self, account: Account, host: str) -> links_pb2.Domain:
        """Find a domain that the account may use by its host name; a port, as local installations have, is left out."""
        name = host.strip().partition(":")[0].rstrip(".").lower()
        if not name:
            raise errors.NotFound("domain", host)
        return await self._domain(account, domain_service_pb2.GetDomainRequest(host=name))

    async def _holder(self, key: str, scope: str) -> Account:
        answer = await self._backends.access.Authenticate(access_service_pb2.AuthenticateRequest(credential=key))
        caller = callers.from_message(answer.caller)
        if caller.link_id or not caller.owner_id:
            raise errors.Unauthenticated
        caller.require(scope)
        owner = answer.owner if answer.HasField("owner") else links_pb2.Owner(owner_id=caller.owner_id)
        return Account(caller, owner)

    async def _domain(self, account: Account, request: domain_service_pb2.GetDomainRequest) -> links_pb2.Domain:
        return await self._backends.domains.GetDomain(request, metadata=account.reading)


def _key(context: Context) -> str:
    """Read the key: as it is, without a scheme; one is tolerated."""
    for name, value in context.invocation_metadata() or ():
        if name == _AUTHORIZATION and isinstance(value, str):
            key = value.strip()
            if key[:7].lower() == "bearer ":
                key = key[7:].strip()
            if key and len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable():
                return key
    raise errors.Unauthenticated
