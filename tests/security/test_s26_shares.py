"""S26: who has the address of shared statistics sees the sums of that link while it is good, and nothing else."""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.gateway.authz.v3 import ext_authz_pb2
from linkmeter.links.v1 import (
    api_key_service_pb2,
    domain_service_pb2,
    link_service_pb2,
    links_pb2,
    session_service_pb2,
    share_service_pb2,
    tag_service_pb2,
)
from services.common import errors
from services.links.domain.shares import TICKET_LIFETIME
from services.links.guess_limits import PER_CLIENT
from services.links.shares import CACHE_TIME
from tests.support import sessions, shares
from tests.support.clock import FakeClock
from tests.support.links_service import OWNER, Links, Metadata, bearer, running_links
from tests.support.sessions import HOST, OWN_PAGE, Browser
from tests.support.shares import Opened, open_share, shown, token_of

PASSWORD = "correct horse"
A_SECOND = timedelta(seconds=1)


@pytest.fixture
async def links(links_database: str, valkey_url: str, clock: FakeClock) -> AsyncIterator[Links]:
    """Run links with a clock that only the test moves."""
    async with running_links(links_database, valkey_url, clock=clock) as running:
        yield running


Operation = Callable[[Links, int, Metadata], Awaitable[object]]
_OPERATIONS: dict[str, Operation] = {
    "get": lambda links, link_id, metadata: links.get(link_id, metadata),
    "delete": lambda links, link_id, metadata: links.delete(link_id, metadata),
    "update": lambda links, link_id, metadata: links.update(
        links_pb2.Link(link_id=link_id, title="x"), metadata=metadata
    ),
    "disable": lambda links, link_id, metadata: links.links.DisableLink(
        link_service_pb2.DisableLinkRequest(link_id=link_id), metadata=metadata
    ),
    "list": lambda links, _, metadata: links.links.ListLinks(link_service_pb2.ListLinksRequest(), metadata=metadata),
    "lookup": lambda links, _, metadata: links.links.LookupLink(
        link_service_pb2.LookupLinkRequest(code="shared"), metadata=metadata
    ),
    "copy": lambda links, link_id, metadata: links.links.CopyLink(
        link_service_pb2.CopyLinkRequest(link_id=link_id), metadata=metadata
    ),
    "create": lambda links, _, metadata: links.links.CreateLink(
        link_service_pb2.CreateLinkRequest(link=links_pb2.Link(destination="https://example.com/")), metadata=metadata
    ),
    "keys": lambda links, _, metadata: links.api_keys.ListApiKeys(
        api_key_service_pb2.ListApiKeysRequest(), metadata=metadata
    ),
    "domains": lambda links, _, metadata: links.domains.ListDomains(
        domain_service_pb2.ListDomainsRequest(), metadata=metadata
    ),
    "tags": lambda links, _, metadata: links.tags.ListTags(tag_service_pb2.ListTagsRequest(), metadata=metadata),
    "sessions": lambda links, _, metadata: sessions.sessions_of(links, metadata),
    "end a session": lambda links, _, metadata: links.sessions.DeleteSession(
        session_service_pb2.DeleteSessionRequest(), metadata=metadata
    ),
    "share": shares.create,
    "shares": shares.listed,
    "take back": lambda links, _, metadata: shares.delete(links, 1, metadata),
}


async def opened_share(links: Links, **fields: object) -> tuple[share_service_pb2.Share, Opened]:
    """Share a link's statistics, and open the share."""
    link = await links.create("https://secret.example/", code="shared")
    share = await shares.create(links, link.link_id, **fields)  # type: ignore[arg-type]
    return share, await open_share(links, token_of(share), str(fields.get("password", "")))


async def is_open(links: Links, opened: Opened) -> bool:
    """Return whether who opened a share still sees something."""
    try:
        await shown(links, opened.sends())
    except errors.Unauthenticated:
        return False
    return True


async def test_share_allows_nothing_but_statistics(links: Links) -> None:
    """Reading, writing, listing, sharing on: all of it is refused."""
    share, opened = await opened_share(links)
    allowed = []
    for name, operation in _OPERATIONS.items():
        try:
            await operation(links, share.link_id, opened.sends())
        except errors.PermissionDenied:
            continue
        allowed.append(name)
    assert allowed == []
    assert (await links.get(share.link_id)).title == ""


async def test_analytics_is_told_of_one_link_and_one_scope(links: Links) -> None:
    """What Envoy passes on of who opened a share; a forged ticket is nobody's."""
    share, opened = await opened_share(links)

    async def check(metadata: Metadata) -> ext_authz_pb2.CheckResponse:
        headers = {name: str(value) for name, value in metadata}
        http = ext_authz_pb2.AttributeContext.HttpRequest(method="POST", path="/x", headers=headers, host=HOST)
        request = ext_authz_pb2.AttributeContext.Request(http=http)
        return await links.authorization.Check(
            ext_authz_pb2.CheckRequest(attributes=ext_authz_pb2.AttributeContext(request=request))
        )

    answer = await check(opened.sends())
    [value] = [
        header.header.value for header in answer.ok_response.headers if header.header.key == "x-linkmeter-caller-bin"
    ]
    caller = links_pb2.Caller.FromString(base64.b64decode(value + "=" * (-len(value) % 4)))
    assert (caller.owner_id, caller.link_id, list(caller.scopes)) == (0, share.link_id, ["stats:read"])
    assert (await check(opened.sends(sec_fetch_site="cross-site"))).status.code == 16


async def test_ticket_cannot_be_changed_or_moved(links: Links) -> None:
    """To another share, to a later end, to another name, or into a session."""
    share, opened = await opened_share(links)
    other = await shares.create(links, (await links.create()).link_id)
    ticket = opened.browser.cookie.partition("=")[2]
    share_id, expiry, signature = ticket.split(".")
    name = f"__Host-share_{opened.tag}"
    for forged in (
        f"{other.share_id}.{expiry}.{signature}",
        f"{share_id}.{int(expiry) + 1}.{signature}",
        f"{share_id}.{expiry}.{'0' * len(signature)}",
        f"{share_id}.{expiry}.",
        f"{share_id}.{expiry}",
        f"{'9' * 30}.{expiry}.{signature}",
        "",
    ):
        with pytest.raises(errors.Unauthenticated):
            await shown(links, Browser(f"{name}={forged}").sends(x_share=opened.tag))
    with pytest.raises(errors.Unauthenticated):
        await sessions.me(links, Browser(f"__Host-session={ticket}").sends())
    for tag in ("-", "session", f"{opened.tag}x", "../../ab"):
        with pytest.raises(errors.Unauthenticated):
            await shown(links, opened.browser.sends(x_share=tag))
    assert share.link_id == (await shown(links, opened.sends())).link_id


async def test_session_never_stands_in_for_a_share(links: Links) -> None:
    """A page that shows a share acts as that or as nobody, also in the owner's browser."""
    share, opened = await opened_share(links)
    owner = (await sessions.by_key(links)).browser
    with pytest.raises(errors.Unauthenticated):
        await links.get(share.link_id, owner.sends(x_share=opened.tag))
    for headers in ({"sec_fetch_site": "cross-site"}, {"x_grpc_web": ""}):
        with pytest.raises(errors.Unauthenticated):
            await shown(links, opened.sends(**headers))


async def test_share_ends_when_it_is_taken_back_or_expires(
    links: Links, links_database: str, valkey_url: str, clock: FakeClock
) -> None:
    """At once where it was taken back, elsewhere within seconds; expiry to the second."""
    share, opened = await opened_share(links)
    other_clock = FakeClock()
    async with running_links(links_database, valkey_url, clock=other_clock) as other:
        assert await is_open(other, opened)
        await shares.delete(links, share.share_id)
        assert not await is_open(links, opened)
        other_clock.advance(CACHE_TIME + A_SECOND)
        assert not await is_open(other, opened)
    with pytest.raises(errors.NotFound):
        await open_share(links, token_of(share))
    end = Timestamp()
    end.FromDatetime(clock.now() + timedelta(hours=1))
    expiring = await shares.create(links, share.link_id, expire_time=end)
    opened = await open_share(links, token_of(expiring))
    clock.advance(timedelta(hours=1) - A_SECOND)
    assert await is_open(links, opened)
    clock.advance(A_SECOND)
    assert not await is_open(links, opened)
    with pytest.raises(errors.NotFound):
        await open_share(links, token_of(expiring))


async def test_ticket_is_good_for_half_a_day_and_as_long_as_the_link(links: Links, clock: FakeClock) -> None:
    """Who has the address gets another; of a deleted link there is none."""
    share, opened = await opened_share(links)
    clock.advance(TICKET_LIFETIME - A_SECOND)
    assert await is_open(links, opened)
    clock.advance(A_SECOND)
    assert not await is_open(links, opened)
    opened = await open_share(links, token_of(share))
    assert await is_open(links, opened)
    await links.delete(share.link_id)
    clock.advance(CACHE_TIME + A_SECOND)
    assert not await is_open(links, opened)
    with pytest.raises(errors.NotFound):
        await open_share(links, token_of(share))


async def test_only_who_may_change_a_link_and_read_its_statistics_shares_it(links: Links) -> None:
    """Both scopes are needed, and the link has to be the caller's."""
    link = await links.create()
    for scopes in (("links:write",), ("stats:read", "links:read"), ("admin",)):
        metadata = bearer((await links.key(*scopes)).secret)
        if scopes == ("admin",):
            assert await shares.create(links, link.link_id, metadata)
            continue
        with pytest.raises(errors.PermissionDenied):
            await shares.create(links, link.link_id, metadata)
        with pytest.raises(errors.PermissionDenied):
            await shares.listed(links, link.link_id, metadata)
    stranger = bearer(await links.foreign_key("admin"))
    for link_id in (link.link_id, link.link_id + 1000):
        with pytest.raises(errors.NotFound):
            await shares.create(links, link_id, stranger)
        with pytest.raises(errors.NotFound):
            await shares.listed(links, link_id, stranger)


async def test_password_is_wanted_and_its_guesses_are_limited(links: Links) -> None:
    """As those of every password (S6); asking whether there is one is no guess."""
    share, opened = await opened_share(links, password=PASSWORD)
    assert await is_open(links, opened)
    token = token_of(share)
    for _ in range(2 * PER_CLIENT[0].amount):
        with pytest.raises(errors.Unauthenticated, match="required"):
            await open_share(links, token)
    for _ in range(PER_CLIENT[0].amount):
        with pytest.raises(errors.Unauthenticated, match="wrong"):
            await open_share(links, token, "wrong", client_ip="192.0.2.7")
    with pytest.raises(errors.ResourceExhausted) as caught:
        await open_share(links, token, PASSWORD, client_ip="192.0.2.7")
    assert 1 <= caught.value.retry_after_seconds <= 60
    assert await open_share(links, token, PASSWORD, client_ip="192.0.2.8")


async def test_database_alone_opens_no_share(links: Links) -> None:
    """It holds a nonce and hashes; neither token nor password nor ticket."""
    share, opened = await opened_share(links, password=PASSWORD)
    dump = str(await sessions.rows(links, "SELECT s::text, encode(hash, 'escape') FROM links.shares AS s"))
    assert "$argon2id$" in dump
    for hidden in (token_of(share), PASSWORD, opened.browser.cookie.partition("=")[2]):
        assert hidden not in dump


async def test_pages_of_other_origins_open_nothing(links: Links) -> None:
    """Nor do words that are no tokens."""
    share, _ = await opened_share(links)
    request = share_service_pb2.OpenShareRequest(token=token_of(share))
    with pytest.raises(errors.PermissionDenied):
        await links.shares.OpenShare(request, metadata=Browser().sends(sec_fetch_site="cross-site"))
    for token in ("", "shr_" + "x" * 43, "x" * 5000, OWN_PAGE["origin"], str(OWNER[0][1])):
        with pytest.raises(errors.NotFound):
            await open_share(links, token)
