"""DomainService: host names that serve codes."""

from google.protobuf.empty_pb2 import Empty

from linkmeter.links.v1 import domain_service_pb2, domain_service_pb2_grpc, links_pb2
from services.common.caller import DOMAINS_MANAGE, LINKS_READ
from services.common.errors import InvalidArgument
from services.links.authentication import Authenticator, Context, owner_of
from services.links.convert.domains import domain_message, named_domain_fields
from services.links.domain import domains
from services.links.domain.domains import Domain, Proofs
from services.links.domain_registry import DomainRegistry
from services.links.store.domain_claims import DomainClaimStore
from services.links.store.domains import DomainStore


class DomainServicer(domain_service_pb2_grpc.DomainServiceServicer):
    """Implements DomainService."""

    def __init__(
        self,
        *,
        authenticator: Authenticator,
        registry: DomainRegistry,
        store: DomainStore,
        claims: DomainClaimStore,
        proofs: Proofs,
    ) -> None:
        self._authenticator = authenticator
        self._registry = registry
        self._store = store
        self._claims = claims
        self._proofs = proofs

    async def CreateDomain(self, request: domain_service_pb2.CreateDomainRequest, context: Context) -> links_pb2.Domain:
        """Claim a host for the caller."""
        owner_id = owner_of(await self._authenticator.caller(context), DOMAINS_MANAGE)
        new = domains.parse_new(request.domain.host, request.domain.public_url)
        return self._message(await self._registry.claim(new, owner_id))

    async def GetDomain(self, request: domain_service_pb2.GetDomainRequest, context: Context) -> links_pb2.Domain:
        """Return a domain that the caller may create links in or claims; NotFound when it is neither."""
        owner_id = owner_of(await self._authenticator.caller(context), LINKS_READ)
        if bool(request.domain_id) == bool(request.host):
            raise InvalidArgument("domain_id", "must be given, or host, and not both")
        return self._message(await self._registry.find(request.domain_id, request.host, owner_id))

    async def ListDomains(
        self, request: domain_service_pb2.ListDomainsRequest, context: Context
    ) -> domain_service_pb2.ListDomainsResponse:
        """Return the domains that the caller may create links in, with its claims on request."""
        owner_id = owner_of(await self._authenticator.caller(context), LINKS_READ)
        found = await self._store.list_usable(owner_id)
        if request.with_unverified:
            found = sorted([*found, *await self._claims.list_of(owner_id)], key=lambda domain: domain.domain_id)
        return domain_service_pb2.ListDomainsResponse(domains=[self._message(domain) for domain in found])

    async def UpdateDomain(self, request: domain_service_pb2.UpdateDomainRequest, context: Context) -> links_pb2.Domain:
        """Change the public URL of a domain of the caller's."""
        owner_id = owner_of(await self._authenticator.caller(context), DOMAINS_MANAGE)
        named = named_domain_fields(request)
        wanted = request.domain
        if not named:
            return self._message(await self._registry.find(wanted.domain_id, "", owner_id))
        return self._message(await self._registry.change(wanted.domain_id, owner_id, wanted.public_url))

    async def VerifyDomain(self, request: domain_service_pb2.VerifyDomainRequest, context: Context) -> links_pb2.Domain:
        """Look for the proof of a claim, and let the domain serve codes."""
        owner_id = owner_of(await self._authenticator.caller(context), DOMAINS_MANAGE)
        return self._message(await self._registry.verify(request.domain_id, owner_id))

    async def DeleteDomain(self, request: domain_service_pb2.DeleteDomainRequest, context: Context) -> Empty:
        """Give up a domain of the caller's."""
        owner_id = owner_of(await self._authenticator.caller(context), DOMAINS_MANAGE)
        await self._registry.release(request.domain_id, owner_id)
        return Empty()

    def _message(self, domain: Domain) -> links_pb2.Domain:
        return domain_message(domain, None if domain.verified else self._proofs.of(domain))
