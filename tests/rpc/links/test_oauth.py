"""OAuthService: applications, codes and the keys that they become."""

import asyncio

import asyncpg
import pytest

from linkmeter.links.v1 import account_service_pb2, oauth_service_pb2
from services.common import errors
from services.links.authentication import CACHE_TIME
from services.links.domain.oauth import CODE_LIFETIME, MOST_GRANTED
from tests.support.clock import FakeClock
from tests.support.links_service import OWNER_ID, Links

CALLBACK = "https://app.example/callback"
ANOTHER = "http://127.0.0.1:8000/?a=b"


async def register(
    links: Links, *uris: str, title: str = "App", owner_id: int = OWNER_ID
) -> oauth_service_pb2.OAuthApp:
    """Register an application."""
    app = oauth_service_pb2.OAuthApp(title=title, owner_id=owner_id, redirect_uris=uris or [CALLBACK, ANOTHER])
    return await links.oauth.CreateOAuthApp(oauth_service_pb2.CreateOAuthAppRequest(app=app))


async def issue(links: Links, client_id: str, owner_id: int, redirect_uri: str = CALLBACK) -> str:
    """Let an account agree."""
    request = oauth_service_pb2.IssueAuthorizationCodeRequest(
        client_id=client_id, redirect_uri=redirect_uri, owner_id=owner_id
    )
    return (await links.oauth.IssueAuthorizationCode(request)).code


async def exchange(
    links: Links, app: oauth_service_pb2.OAuthApp, code: str, *, secret: str = "", redirect_uri: str = CALLBACK
) -> oauth_service_pb2.ExchangeAuthorizationCodeResponse:
    """Exchange a code as the application."""
    request = oauth_service_pb2.ExchangeAuthorizationCodeRequest(
        client_id=app.client_id,
        client_secret=secret or app.client_secret,
        code=code,
        redirect_uri=redirect_uri,
    )
    return await links.oauth.ExchangeAuthorizationCode(request)


async def test_secret_of_an_application_is_answered_once(links: Links) -> None:
    """At its registration; later it only proves itself with it."""
    created = await register(links)
    assert len(created.client_secret) > 40
    secret, created.client_secret = created.client_secret, ""
    got = await links.oauth.GetOAuthApp(oauth_service_pb2.GetOAuthAppRequest(client_id=created.client_id))
    assert got == created
    assert list(got.redirect_uris) == [CALLBACK, ANOTHER]
    verify = oauth_service_pb2.VerifyOAuthAppRequest(client_id=created.client_id, client_secret=secret)
    assert await links.oauth.VerifyOAuthApp(verify) == created


async def test_wrong_secret_and_unknown_application_meet_the_same_answer(links: Links) -> None:
    """Nobody learns which applications there are by guessing secrets."""
    app, other = await register(links), await register(links)
    answers = set()
    for client_id, secret in (
        (app.client_id, ""),
        (app.client_id, app.client_secret[:-1] + "~"),
        (app.client_id, other.client_secret),
        ("unknown", app.client_secret),
        ("", ""),
    ):
        with pytest.raises(errors.Unauthenticated) as caught:
            await links.oauth.VerifyOAuthApp(
                oauth_service_pb2.VerifyOAuthAppRequest(client_id=client_id, client_secret=secret)
            )
        answers.add((caught.value.description, str(caught.value.metadata)))
    assert len(answers) == 1
    with pytest.raises(errors.NotFound):
        await links.oauth.GetOAuthApp(oauth_service_pb2.GetOAuthAppRequest(client_id="unknown"))


@pytest.mark.parametrize(
    ("title", "uris", "field"),
    [
        ("", [CALLBACK], "app.title"),
        ("x" * 129, [CALLBACK], "app.title"),
        ("App", [f"{CALLBACK}/{number}" for number in range(17)], "app.redirect_uris"),
        ("App", ["javascript:alert(1)"], "app.redirect_uris"),
        ("App", ["/callback"], "app.redirect_uris"),
        ("App", ["https://app.example/#part"], "app.redirect_uris"),
        ("App", ["https://app.example/ä"], "app.redirect_uris"),
        ("App", [" https://app.example/"], "app.redirect_uris"),
        ("App", ["https://a:b@app.example/"], "app.redirect_uris"),
    ],
)
async def test_bad_applications_are_refused(links: Links, title: str, uris: list[str], field: str) -> None:
    """A field out of bounds is INVALID_ARGUMENT with its name."""
    with pytest.raises(errors.InvalidArgument) as caught:
        await register(links, *uris, title=title)
    assert caught.value.field == field


async def test_code_becomes_a_key_of_the_account_that_agreed(links: Links) -> None:
    """With the scopes of applications, and not of the account that registered the application."""
    app, ada = await register(links), await links.owner("ada")
    answer = await exchange(links, app, await issue(links, app.client_id, ada.owner_id))
    assert answer.owner == ada
    assert sorted(answer.api_key.scopes) == ["links:read", "links:write", "stats:read"]
    assert answer.api_key.title == "App"
    assert (await links.authenticate(answer.api_key.secret)).owner_id == ada.owner_id


async def test_code_is_exchanged_once(links: Links) -> None:
    """Of ten at once, too, one gets a key; and since the others should not have had the code, the key is revoked."""
    app = await register(links)
    code = await issue(links, app.client_id, OWNER_ID)
    answers = await asyncio.gather(*(exchange(links, app, code) for _ in range(10)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, errors.Unauthenticated)]
    assert len(refused) == 9
    [answer] = [answer for answer in answers if not isinstance(answer, BaseException)]
    with pytest.raises(errors.Unauthenticated):
        await links.authenticate(answer.api_key.secret)


async def test_second_use_of_a_code_revokes_its_key(links: Links, clock: FakeClock) -> None:
    """RFC 6749, section 4.1.2: also after the code's end, and only when its own application uses it."""
    app, other = await register(links), await register(links)
    code = await issue(links, app.client_id, OWNER_ID)
    key = (await exchange(links, app, code)).api_key
    kept = (await exchange(links, app, await issue(links, app.client_id, OWNER_ID))).api_key
    with pytest.raises(errors.Unauthenticated):
        await exchange(links, other, code)
    with pytest.raises(errors.Unauthenticated):
        await exchange(links, app, code, secret="wrong")
    assert await links.authenticate(key.secret)
    clock.advance(CODE_LIFETIME)
    with pytest.raises(errors.Unauthenticated):
        await exchange(links, app, code)
    clock.advance(CACHE_TIME * 2)
    with pytest.raises(errors.Unauthenticated):
        await links.authenticate(key.secret)
    assert await links.authenticate(kept.secret)


async def test_application_holds_a_bounded_number_of_keys(links: Links, clock: FakeClock) -> None:
    """Those of an account that are oldest end; the account's own keys and other applications' are not counted."""
    app, other = await register(links), await register(links)
    own = await links.key("links:read")
    theirs = (await exchange(links, other, await issue(links, other.client_id, OWNER_ID))).api_key
    keys = [
        (await exchange(links, app, await issue(links, app.client_id, OWNER_ID))).api_key for _ in range(MOST_GRANTED)
    ]
    grant = oauth_service_pb2.GrantApiKeyRequest(owner_id=OWNER_ID, title="App", client_id=app.client_id)
    keys += [await links.oauth.GrantApiKey(grant) for _ in range(2)]
    clock.advance(CACHE_TIME * 2)
    for ended in keys[:2]:
        with pytest.raises(errors.Unauthenticated):
            await links.authenticate(ended.secret)
    for alive in (*keys[2:], own, theirs):
        assert await links.authenticate(alive.secret)


async def test_code_ends_after_ten_minutes(links: Links, clock: FakeClock) -> None:
    """The end is the first moment of refusal."""
    app = await register(links)
    first, second = [await issue(links, app.client_id, OWNER_ID) for _ in range(2)]
    clock.advance(CODE_LIFETIME)
    with pytest.raises(errors.Unauthenticated):
        await exchange(links, app, first)
    clock.advance(seconds=-1)
    assert await exchange(links, app, second)


async def test_code_is_for_its_application_and_address_alone(links: Links) -> None:
    """All refusals are alike but for the application's own secret, and leave the code as it was."""
    app, other = await register(links), await register(links)
    code = await issue(links, app.client_id, OWNER_ID)
    answers = set()
    for attempt in (
        exchange(links, other, code),
        exchange(links, app, code, redirect_uri=ANOTHER),
        exchange(links, app, code, redirect_uri=""),
        exchange(links, app, "code_unknown"),
        exchange(links, app, ""),
    ):
        with pytest.raises(errors.Unauthenticated) as caught:
            await attempt
        answers.add(caught.value.description)
    assert len(answers) == 1
    with pytest.raises(errors.Unauthenticated):
        await exchange(links, app, code, secret="wrong")
    assert await exchange(links, app, code)


async def test_codes_go_to_known_addresses_for_known_accounts(links: Links) -> None:
    """Anything that the application did not register is refused, prefixes too."""
    app = await register(links)
    for uri in ("https://evil.example/", f"{CALLBACK}/", f"{CALLBACK}?x", CALLBACK.upper(), ""):
        with pytest.raises(errors.InvalidArgument) as caught:
            await issue(links, app.client_id, OWNER_ID, uri)
        assert caught.value.field == "redirect_uri"
    with pytest.raises(errors.NotFound):
        await issue(links, "unknown", OWNER_ID)
    for refused in (
        issue(links, app.client_id, 999),
        register(links, owner_id=999),
        links.oauth.GrantApiKey(oauth_service_pb2.GrantApiKeyRequest(owner_id=999)),
    ):
        with pytest.raises(errors.NotFound):
            await refused


async def test_database_holds_no_secret_and_no_code(links: Links) -> None:
    """Whoever reads both tables can neither be the application nor exchange a code."""
    app = await register(links)
    code = await issue(links, app.client_id, OWNER_ID)
    connection = await asyncpg.connect(links.postgres_url)
    rows = [
        *await connection.fetch("SELECT t::text AS row FROM links.oauth_apps AS t"),
        *await connection.fetch("SELECT t::text AS row FROM links.authorization_codes AS t"),
    ]
    await connection.close()
    dump = "\n".join(row["row"] for row in rows)
    assert app.client_id in dump
    for hidden in (app.client_secret, code):
        assert hidden not in dump
        assert hidden.encode().hex() not in dump


@pytest.mark.parametrize("text", ["é" * 40, "x" * 1_000])
async def test_what_no_field_can_hold_meets_the_usual_refusal(links: Links, text: str) -> None:
    """Of ids, secrets, codes, addresses and logins. NUL is refused before anybody looks at it."""
    app = await register(links)
    code = await issue(links, app.client_id, OWNER_ID)
    verify, login = oauth_service_pb2.VerifyOAuthAppRequest, account_service_pb2.VerifyOwnerPasswordRequest
    for refused in (
        links.oauth.VerifyOAuthApp(verify(client_id=text, client_secret=app.client_secret)),
        links.oauth.VerifyOAuthApp(verify(client_id=app.client_id, client_secret=text)),
        exchange(links, app, text),
        exchange(links, app, code, redirect_uri=text),
        exchange(links, app, code, secret=text),
        links.accounts.VerifyOwnerPassword(login(login=text, password="a password")),
    ):
        with pytest.raises(errors.Unauthenticated):
            await refused
    for unknown in (
        links.oauth.GetOAuthApp(oauth_service_pb2.GetOAuthAppRequest(client_id=text)),
        links.accounts.GetOwner(account_service_pb2.GetOwnerRequest(login=text)),
    ):
        with pytest.raises(errors.NotFound):
            await unknown
    for bad in (
        issue(links, app.client_id, OWNER_ID, text),
        links.oauth.GrantApiKey(oauth_service_pb2.GrantApiKeyRequest(owner_id=OWNER_ID, client_id=text)),
        links.oauth.GrantApiKey(oauth_service_pb2.GrantApiKeyRequest(owner_id=OWNER_ID, title=f"{text}\0")),
        links.owner(text),
    ):
        with pytest.raises(errors.InvalidArgument):
            await bad
