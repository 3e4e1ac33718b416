"""Between messages and domains."""

from linkmeter.links.v1 import domain_service_pb2, links_pb2
from services.links.convert.times import timestamp
from services.links.domain import domains
from services.links.domain.domains import Domain, Proof


def named_domain_fields(request: domain_service_pb2.UpdateDomainRequest) -> frozenset[str]:
    """Return the fields that an update of a domain is about: the mask's, or those with a value."""
    if request.HasField("update_mask"):
        named = frozenset(request.update_mask.paths)
        domains.check_mask(named)
        return named
    return frozenset(field.name for field, _ in request.domain.ListFields()) & domains.CHANGEABLE


def domain_message(domain: Domain, proof: Proof | None) -> links_pb2.Domain:
    """Write a domain, with the proof that a claim waits for."""
    return links_pb2.Domain(
        domain_id=domain.domain_id,
        host=domain.host,
        public_url=domain.public_url,
        owner_id=domain.owner_id,
        create_time=timestamp(domain.create_time),
        state=links_pb2.DOMAIN_STATE_VERIFIED if domain.verified else links_pb2.DOMAIN_STATE_UNVERIFIED,
        proof=links_pb2.DnsRecord(name=proof.name, type="TXT", value=proof.value) if proof else None,
    )
