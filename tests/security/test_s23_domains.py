"""S23: a host becomes a domain by proof or by the operator's word, and changes nothing for other accounts."""

from collections.abc import AsyncIterator

import pytest

from linkmeter.links.v1 import domain_service_pb2, link_service_pb2, links_pb2
from services.common import errors
from services.links.domain.domains import CHECK_PAUSE
from tests.support.clock import FakeClock
from tests.support.dns_server import DnsServer, running_dns
from tests.support.links_service import OWNER, Links, Metadata, bearer, running_links

HOST = "www.example.com"
ELSEWHERE = f"https://{HOST}/page"


@pytest.fixture
async def dns() -> AsyncIterator[DnsServer]:
    """Run a DNS server."""
    async with running_dns() as server:
        yield server


@pytest.fixture
async def links(links_database: str, valkey_url: str, clock: FakeClock, dns: DnsServer) -> AsyncIterator[Links]:
    """Run links."""
    async with running_links(links_database, valkey_url, clock=clock, dns_resolver=dns.address) as running:
        yield running


async def claim(links: Links, metadata: Metadata) -> links_pb2.Domain:
    """Claim the host."""
    request = domain_service_pb2.CreateDomainRequest(domain=links_pb2.Domain(host=HOST))
    return await links.domains.CreateDomain(request, metadata=metadata)


async def verify(links: Links, claimed: links_pb2.Domain, metadata: Metadata) -> links_pb2.Domain:
    """Look for the proof."""
    request = domain_service_pb2.VerifyDomainRequest(domain_id=claimed.domain_id)
    return await links.domains.VerifyDomain(request, metadata=metadata)


async def leads_there(links: Links, metadata: Metadata) -> None:
    """Make links that lead to the host, at once, at the end and by an update."""
    link = links_pb2.Link(destination=ELSEWHERE, expired_destination=ELSEWHERE)
    request = link_service_pb2.CreateLinkRequest(link=link)
    made = await links.links.CreateLink(request, metadata=metadata)
    await links.update(links_pb2.Link(link_id=made.link_id, destination=f"{ELSEWHERE}?2"), metadata=metadata)


async def test_claim_changes_nothing_for_anybody(links: Links) -> None:
    """Links still lead there, its own account's too; nothing resolves."""
    stranger = bearer(await links.foreign_key("admin"))
    await claim(links, OWNER)
    await leads_there(links, stranger)
    await leads_there(links, OWNER)
    assert links_pb2.Domain().domain_id == (await links.resolve("abc", HOST)).domain_id


async def test_verified_domain_changes_nothing_for_other_accounts(links: Links) -> None:
    """S4 is about the installation's domains and one's own; the holder of an edit token counts as the link's owner."""
    stranger = bearer(await links.foreign_key("admin"))
    theirs = await links.links.CreateLink(
        link_service_pb2.CreateLinkRequest(
            link=links_pb2.Link(destination="https://a.example/"), issue_edit_token=True
        ),
        metadata=stranger,
    )
    mine = await links.create_with_token()
    await links.domain(HOST)
    await leads_there(links, stranger)
    moved = links_pb2.Link(link_id=theirs.link_id, destination=ELSEWHERE)
    assert (await links.update(moved, metadata=bearer(theirs.edit_token))).destination == ELSEWHERE
    for metadata in (OWNER, bearer(mine.edit_token)):
        with pytest.raises(errors.InvalidArgument):
            await links.update(links_pb2.Link(link_id=mine.link_id, destination=ELSEWHERE), metadata=metadata)


async def test_first_to_prove_gets_the_host(links: Links, dns: DnsServer, clock: FakeClock) -> None:
    """Two accounts may claim it; a record is good for its own account only, and the later proof takes nothing away."""
    stranger = bearer(await links.foreign_key("admin"))
    mine, theirs = await claim(links, OWNER), await claim(links, stranger)
    assert mine.proof.name == theirs.proof.name
    assert mine.proof.value != theirs.proof.value
    dns.texts[mine.proof.name] = [theirs.proof.value]
    with pytest.raises(errors.FailedPrecondition):
        await verify(links, mine, OWNER)
    assert (await verify(links, theirs, stranger)).state == links_pb2.DOMAIN_STATE_VERIFIED
    dns.texts[mine.proof.name].append(mine.proof.value)
    clock.advance(CHECK_PAUSE)
    with pytest.raises(errors.AlreadyExists):
        await verify(links, mine, OWNER)
    again = domain_service_pb2.GetDomainRequest(domain_id=mine.domain_id)
    assert (await links.domains.GetDomain(again, metadata=OWNER)).state == links_pb2.DOMAIN_STATE_UNVERIFIED
    with pytest.raises(errors.InvalidArgument):
        await links.create(domain=HOST)
