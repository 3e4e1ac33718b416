"""S25: a session counts for calls of our own pages alone, is known by a hash, and ends when it should."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.gateway.authz.v3 import ext_authz_pb2
from linkmeter.links.v1 import api_key_service_pb2, session_service_pb2
from services.common import errors
from services.links.domain.sessions import ONE_TIME_LIFETIME, Lifetimes
from services.links.signing_in.sessions import CACHE_TIME
from services.runtime.log import _JsonFormatter
from tests.support import sessions
from tests.support.clock import FakeClock
from tests.support.links_service import API_KEY, OWNER, Links, bearer, running_links
from tests.support.sessions import ADDRESS, HOST, Browser, SignedIn, by_key, by_password, me
from tests.support.wait import eventually

PASSWORD = "correct horse battery staple"
IDLE, ABSOLUTE = Lifetimes().idle, Lifetimes().absolute
A_SECOND = timedelta(seconds=1)


@pytest.fixture
async def links(links_database: str, valkey_url: str, clock: FakeClock) -> AsyncIterator[Links]:
    """Run links with a clock that only the test moves."""
    async with running_links(links_database, valkey_url, clock=clock) as running:
        yield running


async def is_in(links: Links, signed_in: SignedIn) -> bool:
    """Return whether a session is good, once what is remembered of it has to be looked up again."""
    try:
        await me(links, signed_in.browser.sends())
    except errors.Unauthenticated:
        return False
    return True


async def test_cookie_counts_for_our_own_pages_alone(links: Links) -> None:
    """The same cookie from anywhere else is no credential, at links and for what stands behind the gateway."""
    browser = (await by_key(links)).browser
    for headers in (
        {"x_grpc_web": ""},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "", "origin": "https://evil.example"},
        {"sec_fetch_site": "", "origin": ""},
    ):
        with pytest.raises(errors.Unauthenticated):
            await me(links, browser.sends(**headers))
        sent = {name: str(value) for name, value in browser.sends(**headers)}
        assert (await links.authorization.Check(check(sent))).status.code == 16
    sent = {name: str(value) for name, value in browser.sends()}
    assert (await links.authorization.Check(check(sent))).status.code == 0


def check(headers: dict[str, str]) -> ext_authz_pb2.CheckRequest:
    """Make what Envoy asks."""
    http = ext_authz_pb2.AttributeContext.HttpRequest(method="POST", path="/x", headers=headers, host=HOST)
    request = ext_authz_pb2.AttributeContext.Request(http=http)
    return ext_authz_pb2.CheckRequest(attributes=ext_authz_pb2.AttributeContext(request=request))


async def test_authorization_header_wins(links: Links) -> None:
    """Also when it is nobody's: a program that shows a key never acts as somebody's session."""
    browser = (await by_key(links)).browser
    reader = await links.key("links:read")
    assert list((await me(links, browser.sends(authorization=f"Bearer {reader.secret}"))).scopes) == ["links:read"]
    with pytest.raises(errors.Unauthenticated):
        await me(links, browser.sends(authorization="Bearer lm_nobody_nobody_nobody"))


async def test_session_is_no_bearer_credential_and_a_key_no_session(links: Links) -> None:
    """What a cookie holds opens nothing as an API key, nor the other way round."""
    secret = (await by_key(links)).browser.cookie.partition("=")[2]
    with pytest.raises(errors.Unauthenticated):
        await me(links, bearer(secret))
    with pytest.raises(errors.Unauthenticated):
        await links.authenticate(secret)
    for value in (API_KEY, secret[:-1], "", "x" * 5000):
        with pytest.raises(errors.Unauthenticated):
            await me(links, Browser(f"__Host-session={value}").sends())


async def test_pages_of_other_origins_sign_nobody_in(links: Links) -> None:
    """Else they could sign a visitor in to the attacker's account."""
    for headers in ({"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "", "origin": "https://evil.example"}):
        with pytest.raises(errors.PermissionDenied):
            await sessions.create(links, Browser().sends(**headers), api_key=API_KEY)


async def test_cookie_is_kept_from_scripts_and_other_sites(links: Links) -> None:
    """Over https its name says that plain http cannot have set it."""
    secure = (await by_key(links)).set_cookie
    assert secure.startswith("__Host-session=ses_")
    assert secure.endswith(f"; Path=/; Max-Age={30 * 86400}; HttpOnly; SameSite=Strict; Secure")
    plain = Browser().sends(origin="http://sho.rt", sec_fetch_site="")
    signed_in = await sessions.create(links, plain, api_key=API_KEY)
    assert signed_in.set_cookie.startswith("session=ses_")
    assert signed_in.set_cookie.endswith("HttpOnly; SameSite=Strict")
    assert await me(links, signed_in.browser.sends(origin="http://sho.rt", sec_fetch_site=""))


async def test_session_ends_when_it_is_not_used(links: Links, clock: FakeClock) -> None:
    """Each use puts the end off."""
    signed_in = await by_key(links)
    assert signed_in.session.expire_time.ToDatetime(tzinfo=UTC) == clock.now() + IDLE
    clock.advance(IDLE - A_SECOND)
    assert await is_in(links, signed_in)
    used = clock.now()

    async def is_written() -> bool:
        [session] = await sessions.sessions_of(links, OWNER)
        return session.last_use_time.ToDatetime(tzinfo=UTC) == used

    # The caller does not wait for it.
    await eventually(is_written)
    clock.advance(IDLE - A_SECOND)
    assert await is_in(links, signed_in)
    clock.advance(IDLE)
    assert not await is_in(links, signed_in)
    assert await sessions.sessions_of(links, OWNER) == []


async def test_session_ends_however_much_it_is_used(links: Links, clock: FakeClock) -> None:
    """After 30 days, to the second, also where it is remembered."""
    signed_in = await by_key(links)
    await sessions.rows(
        links, "UPDATE links.sessions SET last_use_time = last_use_time + interval '29 days 23 hours' RETURNING 1"
    )
    clock.advance(ABSOLUTE - A_SECOND)
    assert await is_in(links, signed_in)
    clock.advance(A_SECOND)
    assert not await is_in(links, signed_in)


async def test_session_that_is_ended_is_refused_at_once(links: Links, links_database: str, valkey_url: str) -> None:
    """In the process that ended it; in others as soon as they look again."""
    other_clock = FakeClock()
    async with running_links(links_database, valkey_url, clock=other_clock) as other:
        signed_in = await by_key(links)
        assert await is_in(links, signed_in)
        assert await is_in(other, signed_in)
        await links.sessions.DeleteSession(
            session_service_pb2.DeleteSessionRequest(session_id=signed_in.session.session_id), metadata=OWNER
        )
        assert not await is_in(links, signed_in)
        other_clock.advance(CACHE_TIME + A_SECOND)
        assert not await is_in(other, signed_in)


async def test_session_ends_with_the_key_that_it_was_signed_in_with(links: Links, clock: FakeClock) -> None:
    """When that is revoked, at once; when it expires, to the second."""
    key = await links.key("links:read")
    revoked = await by_key(links, key.secret)
    assert await is_in(links, revoked)
    await links.api_keys.DeleteApiKey(
        api_key_service_pb2.DeleteApiKeyRequest(api_key_id=key.api_key_id), metadata=OWNER
    )
    assert not await is_in(links, revoked)
    end = Timestamp()
    end.FromDatetime(clock.now() + timedelta(hours=1))
    expiring = await by_key(links, (await links.key("links:read", expire_time=end)).secret)
    assert expiring.session.expire_time == end
    clock.advance(timedelta(hours=1) - A_SECOND)
    assert await is_in(links, expiring)
    clock.advance(A_SECOND)
    assert not await is_in(links, expiring)


async def test_address_signs_in_once_and_for_a_quarter_of_an_hour(links: Links, clock: FakeClock) -> None:
    """Whoever finds it later in a terminal gets nothing."""
    token = await sessions.one_time_token(links, clock.now())
    assert await is_in(links, await sessions.create(links, one_time_token=token))
    with pytest.raises(errors.Unauthenticated):
        await sessions.create(links, one_time_token=token)
    late = await sessions.one_time_token(links, clock.now())
    clock.advance(ONE_TIME_LIFETIME)
    with pytest.raises(errors.Unauthenticated):
        await sessions.create(links, one_time_token=late)


async def test_every_wrong_credential_meets_the_same_answer(links: Links, clock: FakeClock) -> None:
    """Unknown, wrong, used, revoked, of the anonymous account: nobody learns which."""
    await links.owner("ada", PASSWORD)
    await links.owner("no-password")
    revoked = await links.key("links:read")
    await links.api_keys.DeleteApiKey(
        api_key_service_pb2.DeleteApiKeyRequest(api_key_id=revoked.api_key_id), metadata=OWNER
    )
    used = await sessions.one_time_token(links, clock.now())
    await sessions.create(links, one_time_token=used)
    link = await links.create_with_token()
    answers = set()

    async def refused(**credential: Any) -> None:
        with pytest.raises(errors.Unauthenticated) as caught:
            await sessions.create(links, **credential)
        answers.add((caught.value.description, caught.value.reason, str(caught.value.metadata)))

    for key in (revoked.secret, "lm_" + "x" * 43, "short", link.edit_token, "x" * 5000):
        await refused(api_key=key)
    for token in (used, "once_" + "x" * 43, "", API_KEY):
        await refused(one_time_token=token)
    await refused(one_time_token=await sessions.one_time_token(links, clock.now(), owner_id=1))
    for login, password in (("ada", "wrong"), ("no-password", ""), ("nobody", PASSWORD), ("", ""), ("x" * 999, "x")):
        credential = session_service_pb2.PasswordCredential(login=login, password=password)
        await refused(password=credential)
    assert len(answers) == 1


async def test_nothing_that_signs_in_is_kept_or_said(
    links: Links, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The database holds hashes and a network, the log neither."""
    caplog.set_level(logging.DEBUG)
    await links.owner("ada", PASSWORD)
    token = await sessions.one_time_token(links, clock.now())
    waiting = await sessions.one_time_token(links, clock.now())
    signed_in = [
        await by_password(links, "ada", PASSWORD),
        await by_key(links),
        await sessions.create(links, one_time_token=token),
    ]
    secrets = [each.browser.cookie.partition("=")[2] for each in signed_in]
    assert len(set(secrets)) == 3
    assert all(len(secret) == len("ses_") + 43 for secret in secrets)
    said = str([await me(links, each.browser.sends()) for each in signed_in])
    dump = str(await sessions.rows(links, "SELECT s::text, encode(hash, 'escape') FROM links.sessions AS s"))
    dump += str(await sessions.rows(links, "SELECT t::text FROM links.sign_in_tokens AS t"))
    formatter = _JsonFormatter("links")
    logged = "\n".join(formatter.format(record) for record in caplog.records)
    for hidden in (*secrets, token, waiting, PASSWORD, API_KEY, ADDRESS):
        assert hidden not in dump
        assert hidden not in said
        assert hidden not in logged
