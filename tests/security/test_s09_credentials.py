"""S9: credentials are random, stored as hashes, shown once, scoped, and all refusals are the same."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.links.v1 import (
    api_key_service_pb2,
    domain_service_pb2,
    link_service_pb2,
    links_pb2,
    session_service_pb2,
    tag_service_pb2,
)
from services.common import errors
from tests.support.clock import FakeClock
from tests.support.links_service import API_KEY, OWNER, Links, Metadata, bearer, running_links

LINK = links_pb2.Link(destination="https://example.com/")
Operation = Callable[[Links, Metadata], Awaitable[object]]


@pytest.fixture
async def links(links_database: str, valkey_url: str, clock: FakeClock) -> AsyncIterator[Links]:
    """Run links with a clock that only the test moves."""
    async with running_links(links_database, valkey_url, clock=clock) as running:
        yield running


def create(links: Links, metadata: Metadata) -> Awaitable[object]:
    return links.links.CreateLink(link_service_pb2.CreateLinkRequest(link=LINK), metadata=metadata)


def get(links: Links, metadata: Metadata) -> Awaitable[object]:
    return links.get(1, metadata)


def lookup(links: Links, metadata: Metadata) -> Awaitable[object]:
    return links.links.LookupLink(link_service_pb2.LookupLinkRequest(code="first"), metadata=metadata)


def list_links(links: Links, metadata: Metadata) -> Awaitable[object]:
    return links.links.ListLinks(link_service_pb2.ListLinksRequest(), metadata=metadata)


def update(links: Links, metadata: Metadata) -> Awaitable[object]:
    return links.update(links_pb2.Link(link_id=1, title="t"), "title", metadata=metadata)


def disable(links: Links, metadata: Metadata) -> Awaitable[object]:
    return links.links.DisableLink(link_service_pb2.DisableLinkRequest(link_id=1), metadata=metadata)


def enable(links: Links, metadata: Metadata) -> Awaitable[object]:
    return links.links.EnableLink(link_service_pb2.EnableLinkRequest(link_id=1), metadata=metadata)


def delete(links: Links, metadata: Metadata) -> Awaitable[object]:
    return links.delete(1, metadata)


def create_key(links: Links, metadata: Metadata) -> Awaitable[object]:
    key = links_pb2.ApiKey(scopes=["keys:manage"])
    return links.api_keys.CreateApiKey(api_key_service_pb2.CreateApiKeyRequest(api_key=key), metadata=metadata)


def list_keys(links: Links, metadata: Metadata) -> Awaitable[object]:
    return links.api_keys.ListApiKeys(api_key_service_pb2.ListApiKeysRequest(), metadata=metadata)


def delete_key(links: Links, metadata: Metadata) -> Awaitable[object]:
    return links.api_keys.DeleteApiKey(api_key_service_pb2.DeleteApiKeyRequest(api_key_id=1), metadata=metadata)


def create_domain(links: Links, metadata: Metadata) -> Awaitable[object]:
    domain = links_pb2.Domain(host="go.example")
    return links.domains.CreateDomain(domain_service_pb2.CreateDomainRequest(domain=domain), metadata=metadata)


async def update_domain(links: Links, metadata: Metadata) -> object:
    """Change a claim."""
    claimed = await _claim(links)
    request = domain_service_pb2.UpdateDomainRequest(domain=claimed)
    return await links.domains.UpdateDomain(request, metadata=metadata)


async def verify_domain(links: Links, metadata: Metadata) -> object:
    """Verify what is verified."""
    name = (await links.domains.ListDomains(domain_service_pb2.ListDomainsRequest(), metadata=OWNER)).domains
    domain_id = name[-1].domain_id if len(name) > 1 else await links.domain("verified.example")
    request = domain_service_pb2.VerifyDomainRequest(domain_id=domain_id)
    return await links.domains.VerifyDomain(request, metadata=metadata)


async def delete_domain(links: Links, metadata: Metadata) -> object:
    """Give up a claim."""
    claimed = await _claim(links)
    request = domain_service_pb2.DeleteDomainRequest(domain_id=claimed.domain_id)
    return await links.domains.DeleteDomain(request, metadata=metadata)


async def _claim(links: Links) -> links_pb2.Domain:
    request = domain_service_pb2.CreateDomainRequest(domain=links_pb2.Domain(host="claimed.example"))
    return await links.domains.CreateDomain(request, metadata=OWNER)


def get_domain(links: Links, metadata: Metadata) -> Awaitable[object]:
    return links.domains.GetDomain(domain_service_pb2.GetDomainRequest(domain_id=1), metadata=metadata)


def list_domains(links: Links, metadata: Metadata) -> Awaitable[object]:
    return links.domains.ListDomains(domain_service_pb2.ListDomainsRequest(), metadata=metadata)


def list_sessions(links: Links, metadata: Metadata) -> Awaitable[object]:
    return links.sessions.ListSessions(session_service_pb2.ListSessionsRequest(), metadata=metadata)


def delete_other_sessions(links: Links, metadata: Metadata) -> Awaitable[object]:
    return links.sessions.DeleteOtherSessions(session_service_pb2.DeleteOtherSessionsRequest(), metadata=metadata)


def create_tag(links: Links, metadata: Metadata) -> Awaitable[object]:
    request = tag_service_pb2.CreateTagRequest(tag=tag_service_pb2.Tag(name="new"))
    return links.tags.CreateTag(request, metadata=metadata)


def list_tags(links: Links, metadata: Metadata) -> Awaitable[object]:
    return links.tags.ListTags(tag_service_pb2.ListTagsRequest(), metadata=metadata)


NEEDED: dict[Operation, str] = {
    create: "links:write",
    get: "links:read",
    lookup: "links:read",
    list_links: "links:read",
    update: "links:write",
    disable: "links:write",
    enable: "links:write",
    delete: "links:write",
    create_key: "keys:manage",
    list_keys: "keys:manage",
    delete_key: "keys:manage",
    list_sessions: "keys:manage",
    delete_other_sessions: "keys:manage",
    create_domain: "domains:manage",
    update_domain: "domains:manage",
    verify_domain: "domains:manage",
    delete_domain: "domains:manage",
    get_domain: "links:read",
    list_domains: "links:read",
    create_tag: "links:write",
    list_tags: "links:read",
}


@pytest.mark.parametrize("operation", NEEDED, ids=lambda operation: operation.__name__)
async def test_every_operation_needs_its_scope(links: Links, operation: Operation) -> None:
    """With every scope but the needed one it is refused, with the needed one alone it is allowed."""
    await links.create(code="first")
    needed = NEEDED[operation]
    others = {"links:read", "links:write", "stats:read", "keys:manage", "domains:manage"} - {needed}
    without = bearer((await links.key(*others)).secret)
    with_it = bearer((await links.key(needed)).secret)
    with pytest.raises(errors.PermissionDenied):
        await operation(links, without)
    await operation(links, with_it)


@pytest.mark.parametrize("operation", NEEDED, ids=lambda operation: operation.__name__)
async def test_every_operation_needs_a_credential(links: Links, operation: Operation) -> None:
    """Nothing is answered to nobody."""
    for metadata in ((), bearer("lm_" + "x" * 43), (("x-linkmeter-caller", "owner"),)):
        with pytest.raises(errors.Unauthenticated):
            await operation(links, metadata)


async def test_all_refused_credentials_meet_the_same_answer(links: Links, clock: FakeClock) -> None:
    """Unknown, wrong, expired, revoked, malformed, of a deleted link: nobody learns which."""
    soon = Timestamp()
    soon.FromDatetime(clock.now() + timedelta(seconds=1))
    expired, revoked = await links.key("admin", expire_time=soon), await links.key("admin")
    link = await links.create_with_token()
    await links.api_keys.DeleteApiKey(
        api_key_service_pb2.DeleteApiKeyRequest(api_key_id=revoked.api_key_id), metadata=OWNER
    )
    await links.delete(link.link_id)
    clock.advance(seconds=1)
    refused = [
        "lm_" + "x" * 43,
        "tok_" + "x" * 43,
        API_KEY[:-1] + "x",
        API_KEY.lower().replace("k", "K"),
        "short",
        "x" * 5000,
        "' OR 1=1 --' OR 1=1",
        expired.secret,
        revoked.secret,
        link.edit_token,
    ]
    answers = set()
    for credential in refused:
        with pytest.raises(errors.Unauthenticated) as caught:
            await links.get(link.link_id, bearer(credential))
        answers.add((caught.value.description, caught.value.reason, str(caught.value.metadata)))
    assert len(answers) == 1


async def test_credentials_are_long_random_and_recognisable(links: Links) -> None:
    """128 bits and more behind a prefix; no two alike, none derived from another."""
    keys = await asyncio.gather(*(links.key("links:read") for _ in range(20)))
    tokens = [(await links.create_with_token()).edit_token for _ in range(20)]
    assert len({*(key.secret for key in keys), *tokens}) == 40
    assert all(re.fullmatch(r"lm_[0-9A-Za-z]{43}", key.secret) for key in keys)
    assert all(re.fullmatch(r"tok_[0-9A-Za-z]{43}", token) for token in tokens)
    assert all(key.secret.startswith(key.prefix) and len(key.prefix) <= 10 for key in keys)


async def test_database_holds_hashes_only(links: Links) -> None:
    """Whoever reads the whole database can use no credential and no password."""
    key = await links.key("links:read")
    request = link_service_pb2.CreateLinkRequest(
        link=links_pb2.Link(destination="https://example.com/", password="a link's password"),
        idempotency_key="a client's key",
        issue_edit_token=True,
    )
    link = await links.links.CreateLink(request, metadata=OWNER)
    await links.owner("ada", "an account's password")
    connection = await asyncpg.connect(links.postgres_url)
    dump = ""
    tables = await connection.fetch("SELECT table_name FROM information_schema.tables WHERE table_schema = 'links'")
    assert len(tables) > 6
    for [table] in tables:
        rows = await connection.fetch(f"SELECT t::text AS row FROM links.{table} AS t")  # noqa: S608 - our own names
        dump += "\n".join(row["row"] for row in rows)
    await connection.close()
    assert "$argon2id$" in dump
    for hidden in (
        API_KEY,
        key.secret,
        link.edit_token,
        "a link's password",
        "a client's key",
        "an account's password",
    ):
        assert hidden not in dump
        assert hidden.encode().hex() not in dump
