"""Lets hosts become domains: by claim and proof, and lets owners give them up."""

from services.common.clock import Clock
from services.common.errors import AlreadyExists, FailedPrecondition, NotFound
from services.common.hosts import OwnHosts, PublicUrl
from services.links.dns_lookup import DnsLookup
from services.links.domain import domains
from services.links.domain.domains import Domain, Proofs
from services.links.store.domain_claims import DomainClaimStore
from services.links.store.domains import DomainStore


class DomainRegistry:
    """Adds, verifies, changes and releases the domains of owners."""

    def __init__(
        self,
        *,
        store: DomainStore,
        claims: DomainClaimStore,
        hosts: OwnHosts,
        dns: DnsLookup,
        proofs: Proofs,
        clock: Clock,
        most_per_owner: int,
    ) -> None:
        self._store = store
        self._claims = claims
        self._hosts = hosts
        self._dns = dns
        self._proofs = proofs
        self._clock = clock
        self._most_per_owner = most_per_owner

    async def claim(self, new: PublicUrl, owner_id: int) -> Domain:
        """Note that an owner claims a host; AlreadyExists when the owner may use it already."""
        if new.host in self._hosts or await self._store.find_usable(new.host, owner_id):
            raise AlreadyExists("domain", new.host)
        domains.check_provable(new.host)
        return await self._claims.add(new, owner_id, self._clock.now(), most=self._most_per_owner)

    async def find(self, domain_id: int, host: str, owner_id: int) -> Domain:
        """Find a domain that an owner may use or claims, by its id or else its host; NotFound when there is none."""
        if host:
            name = self._hosts.domain_host(host)
            found = await self._store.find_usable(name, owner_id) or await self._claims.find(name, owner_id)
        else:
            found = await self._store.find_usable_by_id(domain_id, owner_id) or await self._claims.find_by_id(
                domain_id, owner_id
            )
        if found is None:
            raise NotFound("domain", host or domain_id)
        return found

    async def verify(self, domain_id: int, owner_id: int) -> Domain:
        """Look for a claim's proof, and make it a domain.

        Raises FailedPrecondition without the proof, AlreadyExists when the host is another's by now.
        """
        domain = await self._own(domain_id, owner_id)
        if domain.verified:
            return domain
        await self._claims.note_check(domain_id, self._clock.now())
        proof = self._proofs.of(domain)
        if proof.value not in await self._dns.texts(proof.name):
            raise FailedPrecondition(
                f"the TXT record {proof.name} does not hold {proof.value}, or not where the DNS was asked",
                name=proof.name,
                value=proof.value,
            )
        if domain.host in self._hosts:
            raise AlreadyExists("domain", domain.host)
        return await self._claims.adopt(domain)

    async def change(self, domain_id: int, owner_id: int, public_url: str) -> Domain:
        """Replace the public URL of an owner's domain; empty is the default.

        Raises NotFound when it is not the owner's, InvalidArgument for no URL of its host.
        """
        domain = await self._own(domain_id, owner_id)
        new = domains.parse_new(domain.host, public_url)
        store = self._store if domain.verified else self._claims
        return await store.set_public_url(domain_id, new.url)

    async def release(self, domain_id: int, owner_id: int) -> None:
        """Give up an owner's domain or claim; NotFound when it is not the owner's."""
        await self._own(domain_id, owner_id)
        await self._store.release(domain_id, self._clock.now())

    async def _own(self, domain_id: int, owner_id: int) -> Domain:
        """Find a domain that an owner manages; those of the installation are nobody's to manage here."""
        domain = await self.find(domain_id, "", owner_id)
        if domain.owner_id != owner_id:
            raise NotFound("domain", domain_id)
        return domain
