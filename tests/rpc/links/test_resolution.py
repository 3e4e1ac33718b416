"""What the redirect path asks, and what it is told through Redis."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio
from google.protobuf.timestamp_pb2 import Timestamp

from deploy.local.process import Process
from deploy.local.readiness import answers_redis, wait_ready
from deploy.local.valkey import ValkeyServer
from linkmeter.links.v1 import link_service_pb2, links_pb2, resolution_service_pb2
from services.common import access_ticket, errors
from services.common.redis_keys import LINKS_CHANNEL, resolution_key
from services.links.guess_limits import GuessLimits
from services.links.publisher import Publication, Publisher
from services.runtime.redis_client import Breaker, open_redis
from tests.support.clock import FakeClock
from tests.support.links_service import OWNER, SECRET, Links, running_links
from tests.support.ports import free_port
from tests.support.wait import eventually

Resolution = resolution_service_pb2.Resolution


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[list[str]]:
    """Collect what is announced."""
    heard: list[str] = []
    client = redis.asyncio.Redis.from_url(url)
    pubsub = client.pubsub()
    await pubsub.subscribe(LINKS_CHANNEL)
    await pubsub.get_message(timeout=60)

    async def listen() -> None:
        async for message in pubsub.listen():
            heard.append(message["data"].decode())  # noqa: PERF401 - endless

    task = asyncio.create_task(listen())
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await pubsub.aclose()  # type: ignore[no-untyped-call]
        await client.aclose()


async def cached(url: str, code: str) -> Resolution | None:
    """Read what redirect would."""
    async with redis.asyncio.Redis.from_url(url) as client:
        value: Any = await client.get(resolution_key(f"sho.rt/{code}"))
        return Resolution.FromString(value) if value else None


async def test_a_resolution_says_that_all_follows_are_used_up(links: Links) -> None:
    """For those who only look and must not take one."""
    made = await links.create(code="twice", max_clicks=2, indexable=True)
    request = resolution_service_pb2.ResolveLinkRequest(host="sho.rt", code="twice")
    for is_exhausted in (False, False, True):
        resolution = (await links.resolution.ResolveLink(request)).resolution
        assert (resolution.exhausted, resolution.indexable) == (is_exhausted, True)
        await links.resolution.ConsumeClick(resolution_service_pb2.ConsumeClickRequest(link_id=made.link_id))


async def test_resolution_holds_all_that_a_redirect_needs(links: Links) -> None:
    """Resolve answers the link as it is now."""
    made = await links.create(
        "https://example.com/x", code="abc", title="T", redirect_status=308, max_clicks=3, password="p", block_bots=True
    )
    answer = await links.resolve("abc")
    found = answer.resolution
    assert (found.link_id, found.owner_id, found.domain, found.code) == (made.link_id, made.owner_id, "sho.rt", "abc")
    assert (found.destination, found.redirect_status, found.max_clicks) == ("https://example.com/x", 308, 3)
    assert found.password_version
    assert (found.title, found.revision, found.short_url, found.block_bots) == ("T", 1, "https://sho.rt/abc", True)
    assert (answer.domain, answer.domain_owner_id) == ("sho.rt", 0)
    assert answer.domain_id == found.domain_id > 0


async def test_aliases_resolve_to_our_own_domain(links: Links) -> None:
    """An extra host serves the same links under their own domain's name."""
    await links.create(code="abc")
    assert (await links.resolve("abc", "www.sho.rt")).resolution.domain == "sho.rt"


@pytest.mark.parametrize(("host", "code"), [("sho.rt", "none"), ("sho.rt", ""), ("sho.rt", "x" * 99)])
async def test_unknown_code_resolves_to_its_domain_alone(links: Links, host: str, code: str) -> None:
    """No link is no error; the domain is known all the same."""
    answer = await links.resolve(code, host)
    assert not answer.HasField("resolution")
    assert answer.domain == "sho.rt"


@pytest.mark.parametrize("host", ["", "evil.example", "no host", "sho.rt.evil.example"])
async def test_unknown_host_resolves_to_nothing(links: Links, host: str) -> None:
    """A host that is no domain serves no code."""
    await links.create(code="abc")
    answer = await links.resolve("abc", host)
    assert answer == resolution_service_pb2.ResolveLinkResponse()


async def test_many_links_resolve_at_once_each_as_alone(links: Links, valkey_url: str) -> None:
    """Whatever they are, in the order that was asked for, and Redis keeps them as if asked for one by one."""
    owned = await links.domain("go.example")
    await links.create(code="plain", title="T", tags=["a"])
    await links.create(code="guarded", password="p", expired_destination="https://example.com/over")
    await links.create(code="late", valid_from_time=Timestamp(seconds=4_000_000_000))
    await links.create(code="ended", max_clicks=1)
    ended = (await links.resolve("ended")).resolution
    await links.resolution.ConsumeClick(resolution_service_pb2.ConsumeClickRequest(link_id=ended.link_id))
    await links.create(code="plain", domain="go.example", destination="https://example.com/elsewhere")
    gone = await links.create(code="gone")
    await links.delete(gone.link_id)
    asked = [
        ("sho.rt", "plain"),
        ("sho.rt", "guarded"),
        ("www.sho.rt", "plain"),
        ("sho.rt", "none"),
        ("go.example", "plain"),
        ("go.example", ""),
        ("sho.rt", "late"),
        ("evil.example", "plain"),
        ("sho.rt", "gone"),
        ("no host", "plain"),
        ("sho.rt", "ended"),
        ("", "plain"),
        ("sho.rt", "x" * 99),
        ("sho.rt", "plain"),
    ]
    alone = [await links.resolve(code, host) for host, code in asked]
    async with redis.asyncio.Redis.from_url(valkey_url) as client:
        await client.flushall()
    together = await links.resolution.ResolveLinks(_many(asked))
    assert list(together.links) == alone
    assert [answer.resolution.revision for answer in together.links if answer.HasField("resolution")]
    assert (together.links[4].domain_id, together.links[8].resolution.deleted) == (owned, True)
    assert (together.links[1].resolution.password_version != "", together.links[10].resolution.exhausted) == (
        True,
        True,
    )

    async def is_cached() -> bool:
        return await cached(valkey_url, "guarded") == alone[1].resolution

    await eventually(is_cached)


async def test_more_than_a_hundred_links_are_refused(links: Links) -> None:
    """The bound is the contract's, and so is a text that no code holds; none is no fault."""
    with pytest.raises(errors.InvalidArgument, match="NUL"):
        await links.resolution.ResolveLinks(_many([("sho.rt", "a\0b")]))
    assert not (await links.resolution.ResolveLinks(_many([]))).links
    assert len((await links.resolution.ResolveLinks(_many([("sho.rt", "abc")] * 100))).links) == 100
    with pytest.raises(errors.InvalidArgument, match="at most 100"):
        await links.resolution.ResolveLinks(_many([("sho.rt", "abc")] * 101))


def _many(names: Sequence[tuple[str, str]]) -> resolution_service_pb2.ResolveLinksRequest:
    return resolution_service_pb2.ResolveLinksRequest(
        links=[resolution_service_pb2.ResolveLinkRequest(host=host, code=code) for host, code in names]
    )


async def test_every_change_is_written_and_announced(links: Links, valkey_url: str) -> None:
    """R13: create, update, disable and delete are in Redis, and announced, when the call returns."""
    async with listening(valkey_url) as heard:
        link = await links.create(code="abc")
        await links.update(links_pb2.Link(link_id=link.link_id, title="new"), "title")
        changed = await cached(valkey_url, "abc")
        assert changed is not None
        assert (changed.title, changed.revision) == ("new", 2)
        await links.links.DisableLink(link_service_pb2.DisableLinkRequest(link_id=link.link_id), metadata=OWNER)
        await links.delete(link.link_id)
        gone = await cached(valkey_url, "abc")
        assert gone is not None
        assert (gone.deleted, gone.revision, gone.destination) == (True, 4, "")
        await eventually(lambda: len(heard) == 4)
    assert set(heard) == {"sho.rt/abc"}


async def test_resolving_fills_the_cache_for_a_minute_without_announcing(links: Links, valkey_url: str) -> None:
    """A lookup is no news, and what it cached ends by itself."""
    await links.create(code="abc")
    async with redis.asyncio.Redis.from_url(valkey_url) as client, listening(valkey_url) as heard:
        await client.flushall()
        resolution = (await links.resolve("abc")).resolution

        async def is_cached() -> bool:
            return await cached(valkey_url, "abc") == resolution

        await eventually(is_cached)
        assert 0 < await client.ttl(resolution_key("sho.rt/abc")) <= 60
        assert heard == []


async def test_older_revision_never_replaces_a_newer_one(valkey_url: str) -> None:
    """Whoever writes last with an old revision changes nothing."""
    client = open_redis(valkey_url)
    publisher = Publisher(client, Breaker())
    for revision in (2, 1, 3, 2):
        await publisher.publish(Publication("sho.rt", "abc", revision, str(revision).encode()))
    assert await client.get(resolution_key("sho.rt/abc")) == b"3"
    await client.aclose()


async def test_of_many_publications_at_once_each_arrives(valkey_url: str) -> None:
    """They share round trips, also with a Redis that does not know the script, or has forgotten it."""
    client = open_redis(valkey_url)
    publisher = Publisher(client, Breaker())
    async with listening(valkey_url) as heard:
        for revision in (1, 2):
            await client.script_flush()
            news = [Publication("sho.rt", f"abc{n}", revision, b"%d" % revision) for n in range(250)]
            await asyncio.gather(*map(publisher.publish, news))
            for publication in news:
                assert await client.get(resolution_key(publication.name)) == b"%d" % revision
        await eventually(lambda: len(heard) == 500)
    await client.aclose()


async def test_writes_go_on_without_redis_and_are_published_later(links_database: str, tmp_path: Path) -> None:
    """Redis down fails no write; what it missed it is told as soon as it is back, newest revision only."""
    server = ValkeyServer(folder=tmp_path / "valkey", port=free_port(), durable=False)
    server.prepare()
    async with running_links(links_database, server.url()) as links:
        link = await links.create(code="abc")
        assert (await links.update(links_pb2.Link(link_id=link.link_id, title="x"), "title")).title == "x"
        assert (await links.resolve("abc")).resolution.title == "x"
        process = Process(server.command(), tmp_path)
        try:
            wait_ready(process, lambda: answers_redis(server.address))

            async def is_told() -> bool:
                return await cached(server.url(), "abc") is not None

            await eventually(is_told)
            told = await cached(server.url(), "abc")
            assert told is not None
            assert told.revision == 2
        finally:
            process.stop()


async def verify(links: Links, code: str, password: str, client_ip: str = "192.0.2.1") -> Any:
    """Guess a password."""
    request = resolution_service_pb2.VerifyPasswordRequest(code=code, password=password, client_ip=client_ip)
    return await links.resolution.VerifyPassword(request)


async def test_right_password_gets_a_ticket(links: Links, clock: FakeClock) -> None:
    """The ticket opens the link until it ends or the password changes."""
    link = await links.create(code="abc", password="geheim")
    answer = await verify(links, "abc", "geheim")
    assert answer.link_id == link.link_id
    version = (await links.resolve("abc")).resolution.password_version
    end = answer.expire_time.ToDatetime(tzinfo=clock.now().tzinfo)
    assert end > clock.now()
    assert access_ticket.is_valid(SECRET, answer.access_ticket, link.link_id, version, clock.now())
    assert not access_ticket.is_valid(SECRET, answer.access_ticket, link.link_id, version, end)
    await links.update(links_pb2.Link(link_id=link.link_id, password="geheim"), "password")
    assert (await links.resolve("abc")).resolution.password_version != version


async def test_wrong_absent_and_open_links_deny_alike(links: Links) -> None:
    """A guess says nothing about whether there is a link, or a password."""
    await links.create(code="locked", password="geheim")
    await links.create(code="open")
    texts = set()
    for code in ("locked", "open", "none"):
        with pytest.raises(errors.PermissionDenied) as caught:
            await verify(links, code, "wrong")
        texts.add(caught.value.description)
    assert len(texts) == 1


async def test_too_long_guess_is_refused(links: Links) -> None:
    """At most 256 characters."""
    with pytest.raises(errors.InvalidArgument):
        await verify(links, "abc", "x" * 257)


async def test_guesses_are_limited_by_client_and_link(links: Links) -> None:
    """S6: five guesses a minute; another client and another link are not concerned; parallel ones are counted too."""
    await links.create(code="locked", password="geheim")
    await links.create(code="other", password="geheim")
    guesses = await asyncio.gather(*(verify(links, "locked", "wrong") for _ in range(9)), return_exceptions=True)
    assert sum(isinstance(guess, errors.PermissionDenied) for guess in guesses) == 5
    refusals = [guess for guess in guesses if isinstance(guess, errors.ResourceExhausted)]
    assert len(refusals) == 4
    assert all(1 <= refusal.retry_after_seconds <= 60 for refusal in refusals)
    with pytest.raises(errors.ResourceExhausted):
        await verify(links, "locked", "geheim")
    assert await verify(links, "locked", "geheim", "192.0.2.2")
    assert await verify(links, "other", "geheim")


async def test_right_guesses_are_not_counted(links: Links) -> None:
    """Visitors who know the password are not limited."""
    await links.create(code="locked", password="geheim")
    for _ in range(8):
        await verify(links, "locked", "geheim")


async def test_ipv6_clients_are_counted_by_their_network(links: Links) -> None:
    """One client has all addresses of its network."""
    await links.create(code="locked", password="geheim")
    for number in range(5):
        with pytest.raises(errors.PermissionDenied):
            await verify(links, "locked", "wrong", f"2001:db8::{number}")
    with pytest.raises(errors.ResourceExhausted):
        await verify(links, "locked", "wrong", "2001:db8::ffff")
    with pytest.raises(errors.PermissionDenied):
        await verify(links, "locked", "wrong", "2001:db8:0:1::1")


async def test_guesses_of_all_clients_together_are_limited(valkey_url: str) -> None:
    """S6: a hundred guesses an hour at one link, however many clients there are."""
    client = open_redis(valkey_url)
    limits = GuessLimits(client, valkey_url, Breaker(), SECRET)
    for number in range(100):
        await limits.take("sho.rt/abc", f"198.51.100.{number}")
    with pytest.raises(errors.ResourceExhausted):
        await limits.take("sho.rt/abc", "203.0.113.1")
    await limits.take("sho.rt/other", "203.0.113.1")
    await client.aclose()


async def test_nobody_guesses_while_redis_is_down(links_database: str) -> None:
    """S6: closed when guesses cannot be counted, and the client is told when to come again."""
    async with running_links(links_database, f"redis://127.0.0.1:{free_port()}") as links:
        await links.create(code="locked", password="geheim")
        with pytest.raises(errors.ResourceExhausted) as caught:
            await verify(links, "locked", "geheim")
    assert caught.value.retry_after_seconds >= 1
