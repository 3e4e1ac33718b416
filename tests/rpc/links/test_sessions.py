"""Signing in and out, and who one is then."""

from datetime import timedelta

import pytest

from linkmeter.links.v1 import (
    account_service_pb2,
    api_key_service_pb2,
    links_pb2,
    session_service_pb2,
    session_service_pb2_grpc,
)
from services.common import errors
from services.common.caller import ADMIN, SCOPES
from services.links.domain.sessions import MOST_SESSIONS
from tests.support import sessions
from tests.support.clock import FakeClock
from tests.support.links_service import OWNER, OWNER_ID, Links, Metadata, bearer, running_links
from tests.support.sessions import HOST, Browser, SignedIn, by_key, by_password, me, sessions_of
from tests.support.wait import eventually

PASSWORD = "correct horse"
NEW_PASSWORD = "battery staple"


async def sign_out(links: Links, browser: Browser, session_id: int = 0) -> str:
    """End a session; return the Set-Cookie header, if there is one."""
    request = session_service_pb2.DeleteSessionRequest(session_id=session_id)
    async with sessions.channel_of(links) as channel:
        stub = session_service_pb2_grpc.SessionServiceStub(channel)
        _, set_cookies = await sessions.answered(stub.DeleteSession(request, metadata=browser.sends()))
    return "".join(set_cookies)


async def change_password(links: Links, metadata: Metadata, old: str, new: str) -> None:
    """Change the password of the caller's account."""
    request = session_service_pb2.ChangePasswordRequest(old_password=old, new_password=new)
    await links.sessions.ChangePassword(request, metadata=metadata)


async def test_password_signs_in_to_all_rights_of_the_account(links: Links) -> None:
    """Everything but admin, which the operator gives; the answer itself holds no secret."""
    ada = await links.owner("ada", PASSWORD, display_name="Ada", email="ada@example.com")
    signed_in = await by_password(links, "ada", PASSWORD)
    session = signed_in.session
    assert (session.method, session.current) == (session_service_pb2.SIGN_IN_METHOD_PASSWORD, True)
    assert session.network == "198.51.100.0/24"
    assert session.user_agent
    assert signed_in.browser.cookie.partition("=")[2] not in str(session)
    caller = await me(links, signed_in.browser.sends())
    assert caller.owner == ada
    assert (caller.owner.display_name, caller.owner.email) == ("Ada", "ada@example.com")
    assert set(caller.scopes) == set(SCOPES) - {ADMIN}
    assert caller.credential == f"session:{session.session_id}"
    assert caller.session == session


async def test_first_account_has_admin(links: Links, clock: FakeClock) -> None:
    """The installation's first key is its own, so a person who signs in to it may do the same."""
    token = await sessions.one_time_token(links, clock.now())
    signed_in = await sessions.create(links, one_time_token=token)
    assert set((await me(links, signed_in.browser.sends())).scopes) == set(SCOPES)


async def test_session_of_a_key_may_do_what_the_key_may(links: Links) -> None:
    """And no more, whatever its account may."""
    key = await links.key("links:read", "keys:manage")
    signed_in = await by_key(links, key.secret)
    assert list((await me(links, signed_in.browser.sends())).scopes) == ["keys:manage", "links:read"]
    link = await links.create()
    assert (await links.get(link.link_id, signed_in.browser.sends())).link_id == link.link_id
    with pytest.raises(errors.PermissionDenied):
        await links.delete(link.link_id, signed_in.browser.sends())


async def test_me_works_for_keys_and_edit_tokens(links: Links) -> None:
    """They have no session."""
    caller = await me(links, OWNER)
    assert (caller.owner.owner_id, caller.owner.login, caller.link_id) == (OWNER_ID, "owner", 0)
    assert caller.credential.startswith("key:")
    assert not caller.HasField("session")
    link = await links.create_with_token()
    holder = await me(links, bearer(link.edit_token))
    assert (holder.link_id, holder.HasField("owner")) == (link.link_id, False)
    assert list(holder.scopes) == ["links:read", "links:write", "stats:read"]
    with pytest.raises(errors.Unauthenticated):
        await me(links, Browser().sends())


async def test_sessions_are_listed_for_the_account_alone(links: Links) -> None:
    """Newest first, the one that calls marked; keys may list them, too, when they may manage keys."""
    await links.owner("ada", PASSWORD)
    first, second = await by_key(links), await by_key(links)
    stranger = await by_password(links, "ada", PASSWORD)
    listed = await sessions_of(links, first.browser.sends())
    assert [(each.session_id, each.current) for each in listed] == [
        (second.session.session_id, False),
        (first.session.session_id, True),
    ]
    assert [each.session_id for each in await sessions_of(links, stranger.browser.sends())] == [
        stranger.session.session_id
    ]
    assert not any(each.current for each in await sessions_of(links, OWNER))
    reader = await links.key("links:read")
    with pytest.raises(errors.PermissionDenied):
        await sessions_of(links, bearer(reader.secret))


async def test_signing_out_takes_the_cookie_away(links: Links) -> None:
    """By the session's id or without; a session that may manage nothing can end itself."""
    for by_id in (False, True):
        key = await links.key("links:read")
        signed_in = await by_key(links, key.secret)
        taken = await sign_out(links, signed_in.browser, signed_in.session.session_id if by_id else 0)
        assert taken == "__Host-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure"
        with pytest.raises(errors.Unauthenticated):
            await me(links, signed_in.browser.sends())


async def test_others_sessions_can_be_ended(links: Links) -> None:
    """One by one or all but the own; the cookie stays."""
    mine, lost, old = [await by_key(links) for _ in range(3)]
    assert await sign_out(links, mine.browser, lost.session.session_id) == ""
    with pytest.raises(errors.Unauthenticated):
        await me(links, lost.browser.sends())
    request = session_service_pb2.DeleteOtherSessionsRequest()
    ended = await links.sessions.DeleteOtherSessions(request, metadata=mine.browser.sends())
    assert ended.deleted_sessions == 1
    with pytest.raises(errors.Unauthenticated):
        await me(links, old.browser.sends())
    assert (await me(links, mine.browser.sends())).session.current
    with pytest.raises(errors.NotFound):
        await sign_out(links, mine.browser, lost.session.session_id)
    for nothing in (0, mine.session.session_id + 1000):
        with pytest.raises(errors.NotFound):
            await links.sessions.DeleteSession(
                session_service_pb2.DeleteSessionRequest(session_id=nothing), metadata=OWNER
            )


async def test_sessions_of_others_cannot_be_ended(links: Links) -> None:
    """Not there and not yours look alike; managing needs the scope."""
    await links.owner("ada", PASSWORD)
    mine, theirs = await by_key(links), await by_password(links, "ada", PASSWORD)
    with pytest.raises(errors.NotFound):
        await sign_out(links, mine.browser, theirs.session.session_id)
    reader = await by_key(links, (await links.key("links:read")).secret)
    with pytest.raises(errors.PermissionDenied):
        await sign_out(links, reader.browser, mine.session.session_id)
    assert await me(links, theirs.browser.sends())


async def test_password_is_changed_by_who_knows_it(links: Links) -> None:
    """Other sessions end, the one that asked goes on, and keys are not touched."""
    await links.owner("ada", PASSWORD)
    mine, other = await by_password(links, "ada", PASSWORD), await by_password(links, "ada", PASSWORD)
    for old, new, field in (("wrong", NEW_PASSWORD, "old_password"), (PASSWORD, "short", "new_password")):
        with pytest.raises(errors.InvalidArgument) as caught:
            await change_password(links, mine.browser.sends(), old, new)
        assert caught.value.field == field
    assert await me(links, other.browser.sends())
    await change_password(links, mine.browser.sends(), PASSWORD, NEW_PASSWORD)
    assert await me(links, mine.browser.sends())
    with pytest.raises(errors.Unauthenticated):
        await me(links, other.browser.sends())
    with pytest.raises(errors.Unauthenticated):
        await by_password(links, "ada", PASSWORD)
    assert await by_password(links, "ada", NEW_PASSWORD)


async def test_password_that_is_not_there_cannot_be_changed(links: Links) -> None:
    """The operator gives the first one."""
    with pytest.raises(errors.FailedPrecondition):
        await change_password(links, OWNER, "", NEW_PASSWORD)
    link = await links.create_with_token()
    with pytest.raises(errors.PermissionDenied):
        await change_password(links, bearer(link.edit_token), PASSWORD, NEW_PASSWORD)


async def test_ways_in_are_said(links: Links, links_database: str, valkey_url: str) -> None:
    """To anybody; a way that is switched off is refused."""
    request = session_service_pb2.GetSignInOptionsRequest()
    options = await links.sessions.GetSignInOptions(request)
    assert (options.password, options.oidc_title, options.public_url) == (True, "", f"https://{HOST}")
    await links.owner("ada", PASSWORD)
    async with running_links(links_database, valkey_url, password_sign_in=False) as closed:
        assert not (await closed.sessions.GetSignInOptions(request)).password
        with pytest.raises(errors.FailedPrecondition):
            await by_password(closed, "ada", PASSWORD)


async def test_empty_sign_in_is_refused(links: Links) -> None:
    """Something has to be shown."""
    with pytest.raises(errors.InvalidArgument):
        await sessions.create(links)


async def test_account_keeps_its_newest_sessions(links: Links) -> None:
    """Who signs in without end fills no table."""
    await links.owner("ada")
    first = await by_key(links)
    await sessions.rows(
        links,
        """
        INSERT INTO links.sessions (owner_id, hash, method, user_agent, network, create_time, last_use_time)
        SELECT owner_id, number::text::bytea, method, user_agent, network, create_time, last_use_time
        FROM links.sessions, generate_series(1, 150) AS number
        """,
    )
    await by_key(links)
    assert len(await sessions_of(links, OWNER)) == MOST_SESSIONS
    assert first.session.session_id not in {each.session_id for each in await sessions_of(links, OWNER)}


async def test_last_use_is_written_at_most_once_a_minute(links: Links, clock: FakeClock) -> None:
    """Calls in between cost no write."""
    signed_in = await by_key(links)

    async def last_use() -> timedelta:
        [session] = await sessions_of(links, OWNER)
        return session.last_use_time.ToDatetime() - session.create_time.ToDatetime()

    clock.advance(seconds=59)
    await me(links, signed_in.browser.sends())
    clock.advance(seconds=1)
    await me(links, signed_in.browser.sends())

    async def is_written() -> bool:
        return await last_use() == timedelta(seconds=60)

    await eventually(is_written)


async def test_operator_gives_and_takes_admin(links: Links) -> None:
    """Within the seconds for which a session is remembered."""
    owner = await links.owner("ada", PASSWORD)
    assert owner == await links.accounts.GetOwner(account_service_pb2.GetOwnerRequest(login="ada"))
    await sessions.rows(links, "UPDATE links.owners SET admin = true WHERE login = 'ada' RETURNING 1")
    signed_in: SignedIn = await by_password(links, "ada", PASSWORD)
    assert ADMIN in (await me(links, signed_in.browser.sends())).scopes


async def test_a_page_can_make_a_key(links: Links) -> None:
    """What a session may do, it may give to keys, and no more."""
    signed_in = await by_key(links, (await links.key("links:read", "keys:manage")).secret)
    request = api_key_service_pb2.CreateApiKeyRequest(api_key=links_pb2.ApiKey(scopes=["links:read"]))
    assert (await links.api_keys.CreateApiKey(request, metadata=signed_in.browser.sends())).secret
    request.api_key.scopes[:] = ["links:write"]
    with pytest.raises(errors.PermissionDenied):
        await links.api_keys.CreateApiKey(request, metadata=signed_in.browser.sends())
