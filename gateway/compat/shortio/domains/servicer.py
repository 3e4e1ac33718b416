"""Short.io's calls about domains: convert, call, convert."""

from collections.abc import AsyncIterator

from gateway.compat.backends import Backends
from gateway.compat.shared.accounts import Account
from gateway.compat.shared.http_metadata import Context
from gateway.compat.shortio import unsupported, values
from gateway.compat.shortio.access import Access
from gateway.compat.shortio.domains import parse, render
from gateway.compat.shortio.limits import CallLimits
from linkmeter.compat.shortio.v2 import domain_service_pb2 as contract
from linkmeter.compat.shortio.v2 import domain_service_pb2_grpc, links_pb2
from linkmeter.links.v1 import domain_service_pb2
from linkmeter.links.v1 import links_pb2 as native
from services.common import caller as callers


class DomainServicer(domain_service_pb2_grpc.DomainServiceServicer):
    """Manages domains through links."""

    def __init__(self, *, backends: Backends, access: Access, limits: CallLimits) -> None:
        self._backends = backends
        self._limits = limits
        self._access = access

    async def ListDomains(
        self, request: contract.ListDomainsRequest, context: Context
    ) -> AsyncIterator[links_pb2.Domain]:
        """Return the domains that the account may use."""
        account = await self._account(context, callers.LINKS_READ)
        part = parse.page(request)
        domains = [row for row in await self._access.domains(account) if request.pattern.lower() in row.host]
        for row in domains[part]:
            yield render.domain(row)

    async def GetDomain(self, request: contract.GetDomainRequest, context: Context) -> links_pb2.Domain:
        """Return a domain."""
        account = await self._account(context, callers.LINKS_READ)
        return render.domain_page(await self._access.domain(account, request.domain_id))

    async def CreateDomain(self, request: contract.CreateDomainRequest, context: Context) -> links_pb2.Domain:
        """Add a domain; refuse settings that would be dropped."""
        account = await self._account(context, callers.DOMAINS_MANAGE)
        unsupported.refuse_domain_options(request.options)
        host = values.required_text(request.options.hostname, "hostname")
        domain = await self._backends.domains.CreateDomain(
            domain_service_pb2.CreateDomainRequest(domain=native.Domain(host=host)), metadata=account.metadata
        )
        return render.domain(domain)

    async def _account(self, context: Context, scope: str) -> Account:
        account = await self._access.account(context, scope)
        await self._limits.spend_links(account.caller)
        return account
