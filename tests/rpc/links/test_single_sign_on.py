"""Signing in through a provider: whose account it is, and what is asked."""

import base64
from collections.abc import Iterator

import pytest
from joserfc.jwk import ECKey, RSAKey

from linkmeter.links.v1 import account_service_pb2, session_service_pb2
from services.common import errors
from services.common.caller import ADMIN, SCOPES
from services.links.domain.oidc import UnknownIdentity
from tests.support.clock import FakeClock
from tests.support.links_service import Links, running_links
from tests.support.oidc_issuer import CLIENT_ID, CLIENT_SECRET, Issuer, running_issuer
from tests.support.sessions import HOST, me
from tests.support.single_sign_on import begin, settings_of, sign_in

BY_EMAIL, CREATE = UnknownIdentity.EMAIL, UnknownIdentity.CREATE
ADA = {
    "sub": "ada-1",
    "email": "Ada@Example.com",
    "email_verified": True,
    "preferred_username": "ada",
    "name": "Ada L.",
}


@pytest.fixture
def issuer(clock: FakeClock) -> Iterator[Issuer]:
    """Run a provider whose clock is the test's."""
    with running_issuer() as running:
        running.now = clock.now().timestamp()
        yield running


async def logins(links: Links) -> list[str]:
    """List the accounts, but for those that are there from the start."""
    listed = await links.accounts.ListOwners(account_service_pb2.ListOwnersRequest())
    return [owner.login for owner in listed.owners if owner.owner_id > 2]


async def test_verified_address_finds_the_account_and_the_subject_keeps_it(
    links_database: str, valkey_url: str, clock: FakeClock, issuer: Issuer
) -> None:
    """Later the address may change, and does not matter."""
    async with running_links(links_database, valkey_url, clock=clock, oidc=settings_of(issuer, BY_EMAIL)) as links:
        options = await links.sessions.GetSignInOptions(session_service_pb2.GetSignInOptionsRequest())
        assert options.oidc_title == "Example SSO"
        ada = await links.owner("ada", email="ada@example.com")
        bob = await links.owner("bob", email="bob@example.com")
        issuer.claims = dict(ADA)
        signed_in = await sign_in(links, issuer)
        assert signed_in.session.method == session_service_pb2.SIGN_IN_METHOD_OIDC
        caller = await me(links, signed_in.browser.sends())
        assert caller.owner.owner_id == ada.owner_id
        assert set(caller.scopes) == set(SCOPES) - {ADMIN}
        issuer.claims |= {"email": "bob@example.com"}
        again = await sign_in(links, issuer)
        assert (await me(links, again.browser.sends())).owner.owner_id == ada.owner_id
        issuer.claims |= {"sub": "bob-1"}
        other = await sign_in(links, issuer)
        assert (await me(links, other.browser.sends())).owner.owner_id == bob.owner_id


async def test_nobody_gets_an_account_by_an_address_that_is_not_proven_theirs(
    links_database: str, valkey_url: str, clock: FakeClock, issuer: Issuer
) -> None:
    """Nor by one of several accounts."""
    async with running_links(links_database, valkey_url, clock=clock, oidc=settings_of(issuer, BY_EMAIL)) as links:
        await links.owner("ada", email="ada@example.com")
        for login in ("first", "second"):
            await links.owner(login, email="twice@example.com")
        claims: tuple[dict[str, object], ...] = (
            {"email_verified": False},
            {"email_verified": None},
            {"email_verified": "true"},
            {"email": None},
            {"email": "stranger@example.com"},
            {"email": "twice@example.com"},
        )
        for changed in claims:
            issuer.claims = ADA | changed
            with pytest.raises(errors.Unauthenticated):
                await sign_in(links, issuer)
        assert await logins(links) == ["ada", "first", "second"]


async def test_unknown_identities_get_an_account_where_the_operator_says_so(
    links_database: str, valkey_url: str, clock: FakeClock, issuer: Issuer
) -> None:
    """Of their own, under a login that is free; never somebody else's by a name."""
    async with running_links(links_database, valkey_url, clock=clock, oidc=settings_of(issuer, CREATE)) as links:
        await links.owner("ada", email="ada@example.com")
        issuer.claims = dict(ADA)
        owner = (await me(links, (await sign_in(links, issuer)).browser.sends())).owner
        assert (owner.login, owner.display_name, owner.email) == ("ada-2", "Ada L.", "Ada@Example.com")
        assert not owner.has_password
        issuer.claims = {"sub": "x" * 255, "preferred_username": "Ä", "name": "\x00"}
        nameless = (await me(links, (await sign_in(links, issuer)).browser.sends())).owner
        assert nameless.login.startswith("user-")
        assert nameless.display_name == nameless.login
        await sign_in(links, issuer)
        assert await logins(links) == ["ada", "ada-2", nameless.login]


async def test_provider_is_asked_as_the_standard_says(
    links_database: str, valkey_url: str, clock: FakeClock, issuer: Issuer
) -> None:
    """The secret goes along as the provider takes it; metadata and keys are asked for once an hour."""
    async with running_links(links_database, valkey_url, clock=clock, oidc=settings_of(issuer, CREATE)) as links:
        _, _, set_cookie = await begin(links)
        assert set_cookie.startswith("__Host-oidc=oidc_")
        assert set_cookie.endswith("; Path=/; Max-Age=600; HttpOnly; SameSite=Strict; Secure")
        await sign_in(links, issuer)
        await sign_in(links, issuer)
        assert issuer.asked.count("/.well-known/openid-configuration") == 1
        assert issuer.asked.count("/keys") == 1
        authorization, form = issuer.exchanges[-1]
        assert base64.b64decode(authorization.removeprefix("Basic ")).decode() == (
            "linkmeter%20dashboard:a%20secret%3A%20with%20%2F%20characters"
        )
        assert form["redirect_uri"] == f"https://{HOST}/dashboard/oidc"
        assert not {"client_id", "client_secret"} & set(form)
        issuer.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        clock.advance(seconds=3601)
        issuer.now = clock.now().timestamp()
        await sign_in(links, issuer)
        authorization, form = issuer.exchanges[-1]
        assert (authorization, form["client_id"], form["client_secret"]) == ("", CLIENT_ID, CLIENT_SECRET)


async def test_public_clients_need_no_secret(
    links_database: str, valkey_url: str, clock: FakeClock, issuer: Issuer
) -> None:
    """PKCE alone says who began."""
    oidc = settings_of(issuer, CREATE, secret="")
    async with running_links(links_database, valkey_url, clock=clock, oidc=oidc) as links:
        await sign_in(links, issuer)
    authorization, form = issuer.exchanges[-1]
    assert (authorization, form["client_id"]) == ("", CLIENT_ID)
    assert "client_secret" not in form


async def test_provider_changes_its_keys(
    links_database: str, valkey_url: str, clock: FakeClock, issuer: Issuer
) -> None:
    """A token that names a new one is believed a minute later, without waiting for an hour; other kinds work, too."""
    async with running_links(links_database, valkey_url, clock=clock, oidc=settings_of(issuer, CREATE)) as links:
        await sign_in(links, issuer)
        for key, algorithm in (
            (RSAKey.generate_key(2048, {"kid": "second"}), "PS256"),
            (ECKey.generate_key("P-256", {"kid": "third"}), "ES256"),
        ):
            issuer.key, issuer.algorithm = key, algorithm
            clock.advance(seconds=61)
            issuer.now = clock.now().timestamp()
            await sign_in(links, issuer)


async def test_provider_that_is_away_is_said(
    links_database: str, valkey_url: str, clock: FakeClock, issuer: Issuer
) -> None:
    """Others go on signing in, and it works again without a restart."""
    async with running_links(links_database, valkey_url, clock=clock, oidc=settings_of(issuer, CREATE)) as links:
        for status in (500, 404):
            issuer.status = status
            with pytest.raises(errors.Unavailable):
                await begin(links)
        issuer.status = 0
        for metadata in ({"issuer": "https://other.example"}, {"token_endpoint": "http://other.example/token"}):
            issuer.metadata = metadata
            with pytest.raises(errors.Unavailable):
                await begin(links)
        issuer.metadata = {}
        assert await sign_in(links, issuer)


async def test_without_a_provider_there_is_no_such_way_in(links: Links) -> None:
    """It is said, not hidden."""
    with pytest.raises(errors.FailedPrecondition):
        await begin(links)
