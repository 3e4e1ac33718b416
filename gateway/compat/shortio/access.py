"""Who calls, and which links and domains are theirs."""

from gateway.compat.backends import Backends
from gateway.compat.shared import http_metadata
from gateway.compat.shared.accounts import Account, Accounts
from gateway.compat.shared.http_metadata import Context
from gateway.compat.shortio import ids
from gateway.compat.shortio.limits import CallLimits
from linkmeter.links.v1 import domain_service_pb2, link_service_pb2, links_pb2
from services.common import caller as callers
from services.common import errors
from services.runtime import caller_metadata

_AUTHORIZATION = "authorization"


class Access:
    """Authenticates callers, and finds what is theirs."""

    def __init__(self, *, backends: Backends, accounts: Accounts, limits: CallLimits) -> None:
        self._backends = backends
        self._accounts = accounts
        self._limits = limits

    async def account(self, context: Context, scope: str) -> Account:
        """Return the account that calls.

        Raises Unauthenticated without a known key (ResourceExhausted after too many such calls from an address), and
        PermissionDenied for a key without the scope.
        """
        account = await self._accounts.find(_key(context))
        if account is None:
            await self._limits.spend_unknown(http_metadata.client_ip(context))
            raise errors.Unauthenticated
        account.caller.require(scope)
        return account

    async def link(self, account: Account, link_id: str) -> links_pb2.Link:
        """Return a link of the account by the client's id; raise NotFound for one that is not there or not theirs."""
        return await self._backends.links.GetLink(
            link_service_pb2.GetLinkRequest(link_id=ids.link_id(link_id)), metadata=reading_metadata(account)
        )

    async def domains(self, account: Account) -> list[links_pb2.Domain]:
        """Return the domains that the account may use, oldest first."""
        response = await self._backends.domains.ListDomains(
            domain_service_pb2.ListDomainsRequest(), metadata=reading_metadata(account)
        )
        return list(response.domains)

    async def domain(self, account: Account, domain_id: str) -> links_pb2.Domain:
        """Return a domain that the account may use by the client's id; raise NotFound for any other."""
        return await self._domain(account, domain_service_pb2.GetDomainRequest(domain_id=ids.domain_id(domain_id)))

    async def domain_of_host(self, account: Account, host: str) -> links_pb2.Domain:
        """Return a domain that the account may use by its host name; a port, as local installations have, is left out.

        Raises NotFound for any other.
        """
        name = host.strip().partition(":")[0].rstrip(".").lower()
        if not name:
            raise errors.NotFound("domain", host)
        return await self._domain(account, domain_service_pb2.GetDomainRequest(host=name))

    async def _domain(self, account: Account, request: domain_service_pb2.GetDomainRequest) -> links_pb2.Domain:
        return await self._backends.domains.GetDomain(request, metadata=reading_metadata(account))


def reading_metadata(account: Account) -> tuple[tuple[str, bytes], ...]:
    """Return what goes along with looking up links and domains, which any key of the account implies."""
    return caller_metadata.metadata_for(account.also_reading(callers.LINKS_READ))


def _key(context: Context) -> str:
    """Return the key: as it is, without a scheme, though one is tolerated; empty when there is none."""
    for name, value in context.invocation_metadata() or ():
        if name == _AUTHORIZATION and isinstance(value, str):
            key = value.strip()
            return key[7:].strip() if key[:7].lower() == "bearer " else key
    return ""
