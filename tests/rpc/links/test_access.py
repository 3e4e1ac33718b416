"""API keys, edit tokens, and what Envoy is told."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.gateway.authz.v3 import ext_authz_pb2
from linkmeter.links.v1 import (
    access_service_pb2,
    api_key_service_pb2,
    domain_service_pb2,
    link_service_pb2,
    links_pb2,
)
from services.common import errors
from services.common.caller import SCOPES, Caller
from services.links.authentication import CACHE_TIME
from services.runtime.caller_metadata import ACCOUNT_KEY, account_of
from tests.support.clock import FakeClock
from tests.support.links_service import API_KEY, OWNER, OWNER_ID, Links, Metadata, bearer, running_links
from tests.support.wait import eventually

A_SECOND = timedelta(seconds=1)


async def keys_of(links: Links, *, with_revoked: bool = False) -> list[links_pb2.ApiKey]:
    """List the first owner's keys."""
    request = api_key_service_pb2.ListApiKeysRequest(with_revoked=with_revoked)
    return list((await links.api_keys.ListApiKeys(request, metadata=OWNER)).api_keys)


async def revoke(links: Links, api_key_id: int) -> None:
    """Revoke a key of the first owner."""
    await links.api_keys.DeleteApiKey(api_key_service_pb2.DeleteApiKeyRequest(api_key_id=api_key_id), metadata=OWNER)


async def test_key_of_the_setting_is_the_first_owners_and_may_everything(links: Links) -> None:
    """LINKMETER_API_KEY works from the first start on, with all scopes."""
    caller = await links.authenticate(API_KEY)
    assert (caller.owner_id, caller.link_id) == (OWNER_ID, 0)
    assert set(caller.scopes) == set(SCOPES)
    [key] = await keys_of(links)
    assert (key.prefix, key.secret) == (API_KEY[:10], "")


async def test_second_start_adds_no_second_key(links_database: str, valkey_url: str) -> None:
    """Starting again with the same settings changes nothing, and a revoked first key stays revoked."""
    async with running_links(links_database, valkey_url) as links:
        spare = await links.key("keys:manage")
    async with running_links(links_database, valkey_url) as links:
        keys = await keys_of(links)
        assert len(keys) == 2
        await revoke(links, keys[0].api_key_id)
    async with running_links(links_database, valkey_url) as links:
        with pytest.raises(errors.Unauthenticated):
            await links.authenticate(API_KEY)
        assert await links.authenticate(spare.secret)


async def test_authenticate_names_the_account(links: Links) -> None:
    """Other services learn whose credential it is; an edit token is nobody's."""
    answer = await links.access.Authenticate(access_service_pb2.AuthenticateRequest(credential=API_KEY))
    assert (answer.owner.owner_id, answer.owner.login) == (OWNER_ID, "owner")
    token = (await links.create_with_token()).edit_token
    answer = await links.access.Authenticate(access_service_pb2.AuthenticateRequest(credential=token))
    assert not answer.HasField("owner")
    assert answer.caller.credential.startswith("token:")


async def test_secret_is_answered_once(links: Links) -> None:
    """Create answers the key's secret, lists never do."""
    created = await links.key("links:read", title="reader", description="for\nreading")
    assert created.secret.startswith("lm_")
    assert created.secret.startswith(created.prefix)
    listed = (await keys_of(links))[-1]
    created.ClearField("secret")
    assert listed == created


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"scopes": []}, "api_key.scopes"),
        ({"scopes": ["root"]}, "api_key.scopes"),
        ({"scopes": ["admin"], "title": "x" * 129}, "api_key.title"),
        ({"scopes": ["admin"], "title": "a\0"}, "api_key.title"),
        ({"scopes": ["admin"], "expire_time": Timestamp(seconds=1)}, "api_key.expire_time"),
    ],
)
async def test_bad_keys_are_refused(links: Links, fields: dict[str, object], field: str) -> None:
    """A field out of bounds is INVALID_ARGUMENT with its name."""
    request = api_key_service_pb2.CreateApiKeyRequest(api_key=links_pb2.ApiKey(**fields))  # type: ignore[arg-type]
    with pytest.raises(errors.InvalidArgument) as caught:
        await links.api_keys.CreateApiKey(request, metadata=OWNER)
    assert caught.value.field == field


async def test_nobody_gives_away_what_they_do_not_have(links: Links) -> None:
    """A key makes keys with its own scopes at most."""
    manager = bearer((await links.key("keys:manage", "links:read")).secret)
    for scopes, allowed in ((["links:read"], True), (["links:write"], False), (["admin"], False)):
        request = api_key_service_pb2.CreateApiKeyRequest(api_key=links_pb2.ApiKey(scopes=scopes))
        if allowed:
            assert (await links.api_keys.CreateApiKey(request, metadata=manager)).secret
        else:
            with pytest.raises(errors.PermissionDenied):
                await links.api_keys.CreateApiKey(request, metadata=manager)


async def test_revoked_key_is_refused_and_listed_on_request_only(links: Links) -> None:
    """Revoking works at once in the process that does it, and shows as revoked."""
    key = await links.key("links:read")
    assert await links.authenticate(key.secret)
    await revoke(links, key.api_key_id)
    with pytest.raises(errors.Unauthenticated):
        await links.authenticate(key.secret)
    assert key.api_key_id not in [known.api_key_id for known in await keys_of(links)]
    [revoked] = [known for known in await keys_of(links, with_revoked=True) if known.revoked]
    assert revoked.api_key_id == key.api_key_id
    with pytest.raises(errors.NotFound):
        await revoke(links, key.api_key_id)


async def test_revocation_reaches_other_processes_within_five_seconds(
    links: Links, links_database: str, valkey_url: str, clock: FakeClock
) -> None:
    """A process that knew the key asks again before five seconds are over."""
    key = await links.key("links:read")
    async with running_links(links_database, valkey_url, clock=clock) as other:
        assert await other.authenticate(key.secret)
        await revoke(links, key.api_key_id)
        assert timedelta(seconds=5) > CACHE_TIME
        clock.advance(CACHE_TIME + A_SECOND)
        with pytest.raises(errors.Unauthenticated):
            await other.authenticate(key.secret)


async def test_key_ends_at_its_expire_time(links: Links, clock: FakeClock) -> None:
    """The expire time is the first moment of refusal, cached or not."""
    expiry = Timestamp()
    expiry.FromDatetime(clock.now() + A_SECOND)
    key = await links.key("links:read", expire_time=expiry)
    assert await links.authenticate(key.secret)
    clock.advance(A_SECOND)
    with pytest.raises(errors.Unauthenticated):
        await links.authenticate(key.secret)


async def test_last_use_is_known_to_a_minute(links: Links, clock: FakeClock) -> None:
    """Using a key moves its last use, at most once a minute."""
    key = await links.key("links:read")

    async def last_use() -> Timestamp | None:
        [known] = [known for known in await keys_of(links) if known.api_key_id == key.api_key_id]
        return known.last_use_time if known.HasField("last_use_time") else None

    assert await last_use() is None
    await links.authenticate(key.secret)
    first = await eventually(last_use)
    clock.advance(seconds=30)
    await links.authenticate(key.secret)
    clock.advance(seconds=31)
    await links.authenticate(key.secret)
    expected = Timestamp()
    expected.FromDatetime(clock.now())

    async def has_moved() -> bool:
        return await last_use() == expected

    await eventually(has_moved)
    assert first != expected


async def test_keys_of_others_are_not_found(links: Links) -> None:
    """Nobody sees or revokes another owner's keys."""
    stranger = bearer(await links.foreign_key("admin"))
    [mine] = await keys_of(links)
    request = api_key_service_pb2.DeleteApiKeyRequest(api_key_id=mine.api_key_id)
    with pytest.raises(errors.NotFound):
        await links.api_keys.DeleteApiKey(request, metadata=stranger)
    listed = await links.api_keys.ListApiKeys(api_key_service_pb2.ListApiKeysRequest(), metadata=stranger)
    assert [key.api_key_id for key in listed.api_keys] != [mine.api_key_id]


async def test_scheme_is_bearer_in_any_case(links: Links) -> None:
    """RFC 9110: the scheme's letters have no case; any other scheme is no credential."""
    created = await links.create()
    for header in (f"bearer {API_KEY}", f"BEARER  {API_KEY}"):
        assert await links.get(created.link_id, (("authorization", header),))
    for header in (API_KEY, f"Basic {API_KEY}", "Bearer", "Bearer ", f"Bearer {API_KEY} x"):
        with pytest.raises(errors.Unauthenticated):
            await links.get(created.link_id, (("authorization", header),))
    with pytest.raises(errors.Unauthenticated):
        await links.get(created.link_id, ())


async def get_domain(links: Links, metadata: Metadata, **name: Any) -> links_pb2.Domain:
    """Get a domain by id or host."""
    return await links.domains.GetDomain(domain_service_pb2.GetDomainRequest(**name), metadata=metadata)


async def test_domain_is_got_by_id_or_by_host(links: Links) -> None:
    """By one of both."""
    for name in ({}, {"domain_id": 1, "host": "sho.rt"}):
        with pytest.raises(errors.InvalidArgument):
            await get_domain(links, OWNER, **name)


async def test_domains_are_added_and_used(links: Links) -> None:
    """An owner's domain is the owner's alone; every owner may use the installation's own."""
    await links.domain("GO.Example.", public_url="https://go.example:8443")
    added = await get_domain(links, OWNER, host="go.example")
    assert (added.host, added.owner_id) == ("go.example", OWNER_ID)
    for host in ("go.example", "sho.rt", "www.sho.rt"):
        taken = domain_service_pb2.CreateDomainRequest(domain=links_pb2.Domain(host=host))
        with pytest.raises(errors.AlreadyExists):
            await links.domains.CreateDomain(taken, metadata=OWNER)
    link = await links.create(domain="go.example", code="same")
    assert link.short_url == "https://go.example:8443/same"
    assert (await links.create(code="same")).short_url == "https://sho.rt/same"
    for name in ({"domain_id": added.domain_id}, {"host": "GO.example"}):
        assert await get_domain(links, OWNER, **name) == added
    assert (await get_domain(links, OWNER, host="www.sho.rt")).host == "sho.rt"
    listed = await links.domains.ListDomains(domain_service_pb2.ListDomainsRequest(), metadata=OWNER)
    assert [(domain.host, domain.owner_id) for domain in listed.domains] == [("sho.rt", 0), ("go.example", OWNER_ID)]
    stranger = bearer(await links.foreign_key("admin"))
    theirs = await links.domains.ListDomains(domain_service_pb2.ListDomainsRequest(), metadata=stranger)
    assert [domain.host for domain in theirs.domains] == ["sho.rt"]
    for name in ({"domain_id": added.domain_id}, {"host": "go.example"}, {"host": "absent.example"}, {"host": "a b"}):
        with pytest.raises(errors.NotFound):
            await get_domain(links, stranger, **name)
    foreign = links_pb2.Link(destination="https://example.com/", domain="go.example")
    with pytest.raises(errors.InvalidArgument):
        await links.links.CreateLink(link_service_pb2.CreateLinkRequest(link=foreign), metadata=stranger)


def check(**headers: str) -> ext_authz_pb2.CheckRequest:
    """Make what Envoy asks."""
    http = ext_authz_pb2.AttributeContext.HttpRequest(method="GET", path="/v1/clicks", headers=headers)
    request = ext_authz_pb2.AttributeContext.Request(http=http)
    return ext_authz_pb2.CheckRequest(attributes=ext_authz_pb2.AttributeContext(request=request))


async def test_envoy_gets_the_caller(links: Links) -> None:
    """A known credential becomes the caller in gRPC's form of binary metadata."""
    answer = await links.authorization.Check(check(authorization=f"Bearer {API_KEY}"))
    assert answer.status.code == 0
    headers = {header.header.key: header.header.value for header in answer.ok_response.headers}
    assert set(headers) == {"x-linkmeter-caller-bin", "x-linkmeter-account"}
    value = headers["x-linkmeter-caller-bin"]
    assert "=" not in value
    caller = links_pb2.Caller.FromString(base64.b64decode(value + "=" * (-len(value) % 4)))
    assert caller.owner_id == OWNER_ID


async def test_envoy_gets_one_word_for_all_credentials_of_an_account(links: Links) -> None:
    """By which it sends an account's questions to one replica, whichever key asks; who has one link only is apart."""
    other = await links.key("stats:read")
    said = []
    for credential in (API_KEY, other.secret):
        answer = await links.authorization.Check(check(authorization=f"Bearer {credential}"))
        said += [header.header.value for header in answer.ok_response.headers if header.header.key == ACCOUNT_KEY]
    assert said == [f"owner-{OWNER_ID}"] * 2
    assert account_of(Caller(link_id=OWNER_ID)) != said[0]


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer lm_unknown_unknown"}, {"authorization": "x"}])
async def test_envoy_answers_401_without_a_known_credential(links: Links, headers: dict[str, str]) -> None:
    """Others are refused in google.rpc.Status form, always alike."""
    answer = await links.authorization.Check(check(**headers))
    denied = answer.denied_response
    assert (answer.status.code, denied.status.code) == (16, 401)
    assert {header.header.key: header.header.value for header in denied.headers} == {
        "content-type": "application/json",
        "www-authenticate": "Bearer",
    }
    body = json.loads(denied.body)
    assert (body["code"], body["details"][0]["reason"]) == (16, "UNAUTHENTICATED")


async def test_keys_are_listed_page_by_page(links: Links) -> None:
    """Oldest first; a token belongs to its list, and the size has bounds."""
    made = [(await links.key("links:read")).api_key_id for _ in range(4)]
    found: list[int] = []
    request = api_key_service_pb2.ListApiKeysRequest(page_size=2)
    while True:
        page = await links.api_keys.ListApiKeys(request, metadata=OWNER)
        found += [key.api_key_id for key in page.api_keys]
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert found[1:] == made
    request.with_revoked = True
    for wrong in (request, api_key_service_pb2.ListApiKeysRequest(page_size=-1)):
        with pytest.raises(errors.InvalidArgument):
            await links.api_keys.ListApiKeys(wrong, metadata=OWNER)
