"""DomainService: claims, proofs in the DNS, changes, and giving domains up."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from linkmeter.links.v1 import domain_service_pb2, links_pb2
from services.common import errors
from services.links.domain.domains import CHECK_PAUSE
from tests.support.clock import FakeClock
from tests.support.dns_server import DnsServer, running_dns
from tests.support.links_service import OWNER, OWNER_ID, Links, Metadata, bearer, running_links

VERIFIED, UNVERIFIED = links_pb2.DOMAIN_STATE_VERIFIED, links_pb2.DOMAIN_STATE_UNVERIFIED
MOST = 4


@pytest.fixture
async def dns() -> AsyncIterator[DnsServer]:
    """Run a DNS server."""
    async with running_dns() as server:
        yield server


@pytest.fixture
async def links(links_database: str, valkey_url: str, clock: FakeClock, dns: DnsServer) -> AsyncIterator[Links]:
    """Run links with a DNS server of the test's own."""
    settings: dict[str, Any] = {"dns_resolver": dns.address, "domains_per_owner": MOST}
    async with running_links(links_database, valkey_url, clock=clock, **settings) as running:
        yield running


async def claim(links: Links, host: str, metadata: Metadata = OWNER, **fields: Any) -> links_pb2.Domain:
    """Claim a host."""
    request = domain_service_pb2.CreateDomainRequest(domain=links_pb2.Domain(host=host, **fields))
    return await links.domains.CreateDomain(request, metadata=metadata)


async def verify(links: Links, domain_id: int, metadata: Metadata = OWNER) -> links_pb2.Domain:
    """Look for the proof."""
    return await links.domains.VerifyDomain(
        domain_service_pb2.VerifyDomainRequest(domain_id=domain_id), metadata=metadata
    )


async def give_up(links: Links, domain_id: int, metadata: Metadata = OWNER) -> None:
    """Delete a domain."""
    await links.domains.DeleteDomain(domain_service_pb2.DeleteDomainRequest(domain_id=domain_id), metadata=metadata)


async def get(links: Links, metadata: Metadata = OWNER, **name: Any) -> links_pb2.Domain:
    """Get a domain."""
    return await links.domains.GetDomain(domain_service_pb2.GetDomainRequest(**name), metadata=metadata)


async def hosts(links: Links, *, with_unverified: bool) -> list[str]:
    """List hosts of the first owner's domains."""
    request = domain_service_pb2.ListDomainsRequest(with_unverified=with_unverified)
    return [domain.host for domain in (await links.domains.ListDomains(request, metadata=OWNER)).domains]


async def test_claim_becomes_a_domain_by_its_record(links: Links, dns: DnsServer, clock: FakeClock) -> None:
    """The answer to the claim says which record; until it is there the domain is in no list and takes no links."""
    claimed = await claim(links, "GO.Example.", public_url="https://go.example:8443")
    assert (claimed.host, claimed.owner_id, claimed.state) == ("go.example", OWNER_ID, UNVERIFIED)
    assert (claimed.proof.name, claimed.proof.type) == ("_linkmeter.go.example", "TXT")
    assert await claim(links, "go.example", public_url="https://go.example:8443") == claimed
    assert await hosts(links, with_unverified=False) == ["sho.rt"]
    assert await hosts(links, with_unverified=True) == ["sho.rt", "go.example"]
    with pytest.raises(errors.InvalidArgument):
        await links.create(domain="go.example")
    with pytest.raises(errors.FailedPrecondition) as caught:
        await verify(links, claimed.domain_id)
    assert claimed.proof.value in caught.value.description

    dns.texts[claimed.proof.name] = ["v=spf1 -all", claimed.proof.value, *("x" * 200 for _ in range(20))]
    clock.advance(CHECK_PAUSE)
    verified = await verify(links, claimed.domain_id)
    assert (verified.domain_id, verified.state) == (claimed.domain_id, VERIFIED)
    assert not verified.HasField("proof")
    assert await verify(links, claimed.domain_id) == verified
    assert await get(links, host="go.example") == verified == await get(links, domain_id=claimed.domain_id)
    link = await links.create(domain="go.example", code="abc")
    assert link.short_url == "https://go.example:8443/abc"
    assert (await links.resolve("abc", "go.example")).resolution.link_id == link.link_id
    with pytest.raises(errors.AlreadyExists):
        await claim(links, "go.example")


@pytest.mark.parametrize(
    "texts",
    [[], ["linkmeter-verification="], ["LINKMETER-VERIFICATION=x"], ["x" * 255] * 30],
    ids=lambda texts: str(len(texts)),
)
async def test_other_records_prove_nothing(links: Links, dns: DnsServer, texts: list[str]) -> None:
    """Only the very text; the record of the host itself is not asked for."""
    claimed = await claim(links, "go.example")
    dns.texts = {claimed.proof.name: texts, "go.example": [claimed.proof.value]}
    with pytest.raises(errors.FailedPrecondition):
        await verify(links, claimed.domain_id)
    assert set(dns.asked) == {"_linkmeter.go.example"}


async def test_dns_that_fails_is_unavailable_and_asked_at_intervals(
    links: Links, dns: DnsServer, clock: FakeClock
) -> None:
    """Nothing is concluded from a failure, and nobody makes us ask again and again."""
    claimed = await claim(links, "go.example")
    dns.texts[claimed.proof.name] = [claimed.proof.value]
    dns.is_failing = True
    with pytest.raises(errors.Unavailable):
        await verify(links, claimed.domain_id)
    dns.is_failing = False
    asked = len(dns.asked)
    with pytest.raises(errors.ResourceExhausted):
        await verify(links, claimed.domain_id)
    assert len(dns.asked) == asked
    clock.advance(CHECK_PAUSE)
    assert (await verify(links, claimed.domain_id)).state == VERIFIED


@pytest.mark.parametrize(
    "host", ["", "a b", "localhost", "intranet", "10.0.0.1", "127.1", "[::1]", "a" * 64 + ".example"]
)
async def test_what_no_record_can_prove_is_refused(links: Links, host: str) -> None:
    """Addresses, names of one label, and what is no name."""
    with pytest.raises(errors.InvalidArgument) as caught:
        await claim(links, host)
    assert caught.value.field == "domain.host"


async def test_quota_counts_claims_and_domains(links: Links) -> None:
    """What is claimed again is not counted twice; what is given up no more."""
    await links.domain("first.example")
    claims = [await claim(links, f"d{number}.example") for number in range(MOST - 1)]
    await claim(links, "d0.example")
    with pytest.raises(errors.ResourceExhausted):
        await claim(links, "more.example")
    await give_up(links, claims[0].domain_id)
    await claim(links, "more.example")
    with pytest.raises(errors.ResourceExhausted):
        await claim(links, "d0.example")


async def test_public_url_changes_and_nothing_else(links: Links) -> None:
    """Of claims and domains; links follow. The host stays."""
    verified = await links.domain("go.example")
    claimed = (await claim(links, "to.example")).domain_id
    await links.create(domain="go.example", code="abc")
    for domain_id, host in ((verified, "go.example"), (claimed, "to.example")):
        wanted = links_pb2.Domain(domain_id=domain_id, public_url=f"http://{host}:8080", host="ignored.example")
        request = domain_service_pb2.UpdateDomainRequest(domain=wanted)
        changed = await links.domains.UpdateDomain(request, metadata=OWNER)
        assert (changed.host, changed.public_url) == (host, f"http://{host}:8080")
        assert changed == await get(links, domain_id=domain_id)
        request.domain.public_url = "http://elsewhere.example"
        with pytest.raises(errors.InvalidArgument):
            await links.domains.UpdateDomain(request, metadata=OWNER)
        request.update_mask.paths.append("host")
        with pytest.raises(errors.InvalidArgument, match="host cannot be changed"):
            await links.domains.UpdateDomain(request, metadata=OWNER)
    assert (await links.resolve("abc", "go.example")).resolution.short_url == "http://go.example:8080/abc"


async def test_domain_is_given_up_when_no_link_is_in_it(links: Links) -> None:
    """Its codes end with it: whoever gets the host next begins anew, under another id."""
    domain_id = await links.domain("go.example")
    link = await links.create(domain="go.example", code="abc")
    with pytest.raises(errors.FailedPrecondition):
        await give_up(links, domain_id)
    await links.delete(link.link_id)
    await give_up(links, domain_id)
    for gone in (give_up(links, domain_id), get(links, domain_id=domain_id), get(links, host="go.example")):
        with pytest.raises(errors.NotFound):
            await gone
    assert await hosts(links, with_unverified=True) == ["sho.rt"]
    assert not (await links.resolve("abc", "go.example")).domain_id
    with pytest.raises(errors.NotFound):
        await links.get(link.link_id)
    again = await links.domain("go.example")
    assert again > domain_id
    assert (await links.create(domain="go.example", code="abc")).link_id > link.link_id


async def test_others_domains_cannot_be_touched(links: Links) -> None:
    """The installation's and strangers' are not found, in whatever state."""
    stranger = bearer(await links.foreign_key("admin"))
    mine = [1, await links.domain("go.example"), (await claim(links, "to.example")).domain_id, 999]
    for domain_id in mine:
        update = domain_service_pb2.UpdateDomainRequest(
            domain=links_pb2.Domain(domain_id=domain_id, public_url="https://go.example")
        )
        for attempt in (
            give_up(links, domain_id, stranger),
            verify(links, domain_id, stranger),
            links.domains.UpdateDomain(update, metadata=stranger),
        ):
            with pytest.raises(errors.NotFound):
                await attempt
