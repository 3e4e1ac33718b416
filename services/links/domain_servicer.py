"""DomainService: host names that serve codes."""

from linkmeter.links.v1 import domain_service_pb2, domain_service_pb2_grpc, links_pb2
from services.common.caller import DOMAINS_MANAGE, LINKS_READ
from services.common.clock import Clock
from services.common.errors import AlreadyExists, InvalidArgument, NotFound
from services.links import convert
from services.links.authentication import Authenticator, Context, owner_of
from services.links.domain import domains
from services.links.domain.hosts import OwnHosts
from services.links.store.domains import DomainStore


class DomainServicer(domain_service_pb2_grpc.DomainServiceServicer):
    """Answers DomainService."""

    def __init__(self, *, authenticator: Authenticator, store: DomainStore, hosts: OwnHosts, clock: Clock) -> None:
        self._authenticator = authenticator
        self._store = store
        self._hosts = hosts
        self._clock = clock

    async def CreateDomain(self, request: domain_service_pb2.CreateDomainRequest, context: Context) -> links_pb2.Domain:
        """Add a domain for the caller."""
        owner_id = owner_of(await self._authenticator.caller(context), DOMAINS_MANAGE)
        new = domains.parse_new(request.domain.host, request.domain.public_url)
        if new.host in self._hosts:
            raise AlreadyExists("domain", new.host)
        return convert.domain_message(await self._store.add(new, owner_id, self._clock.now()))

    async def GetDomain(self, request: domain_service_pb2.GetDomainRequest, context: Context) -> links_pb2.Domain:
        """Answer a domain that the caller may create links in."""
        owner_id = owner_of(await self._authenticator.caller(context), LINKS_READ)
        if bool(request.domain_id) == bool(request.host):
            raise InvalidArgument("domain_id", "must be given, or host, and not both")
        found = (
            await self._store.find_usable(self._hosts.domain_host(request.host), owner_id)
            if request.host
            else await self._store.find_usable_by_id(request.domain_id, owner_id)
        )
        if found is None:
            raise NotFound("domain", request.host or request.domain_id)
        return convert.domain_message(found)

    async def ListDomains(
        self, request: domain_service_pb2.ListDomainsRequest, context: Context
    ) -> domain_service_pb2.ListDomainsResponse:
        """Answer the domains that the caller may create links in."""
        del request
        owner_id = owner_of(await self._authenticator.caller(context), LINKS_READ)
        found = await self._store.list_usable(owner_id)
        return domain_service_pb2.ListDomainsResponse(domains=[convert.domain_message(domain) for domain in found])
