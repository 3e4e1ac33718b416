"""Domains by the operator's word, as `admin create-domain` makes them."""

from services.common.clock import SystemClock
from services.links.domain import domains
from services.links.domain.domains import Domain
from services.links.settings import SCHEMA
from services.links.store.domain_claims import DomainClaimStore
from services.links.store.domains import DomainStore
from services.runtime import postgres


async def add_domain(postgres_url: str, host: str, owner_id: int, public_url: str = "") -> Domain:
    """Let a host serve codes for an account; a claim of the account's becomes the domain."""
    pool = await postgres.open_pool(postgres_url, SCHEMA, max_size=1)
    try:
        new = domains.parse_new(host, public_url)
        claims = DomainClaimStore(pool)
        claim = await claims.find(new.host, owner_id)
        if claim is not None:
            return await claims.adopt(claim)
        return await DomainStore(pool).add(new, owner_id, SystemClock().now())
    finally:
        await pool.close()
