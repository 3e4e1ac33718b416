"""Authorization codes in real PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta

from services.links.domain import credentials, oauth
from services.links.domain.credentials import ApiKey, Secret
from services.links.domain.oauth import OAuthApp, OAuthAppDraft
from services.links.store.credentials import CredentialStore
from services.links.store.oauth import OAuthStore
from services.runtime.postgres import Pool

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
LATER = NOW + oauth.CODE_LIFETIME
CALLBACK = "https://app.example/callback"


async def registered(store: OAuthStore) -> OAuthApp:
    """Add an application of the first owner."""
    draft = OAuthAppDraft(title="App", owner_id=2, redirect_uris=(CALLBACK,))
    return await store.add_app(oauth.new_client_id(), draft, oauth.new_client_secret(), NOW)


async def exchange(store: OAuthStore, app: OAuthApp, code: Secret, now: datetime = NOW) -> ApiKey | None:
    """Exchange a code."""
    return await store.exchange(code.hash, app, CALLBACK, oauth.key_draft("App"), credentials.new_api_key(), now)


async def test_application_comes_back_as_it_was_stored(pool: Pool) -> None:
    """All of it but the secret, which is a hash."""
    store = OAuthStore(pool)
    app = await registered(store)
    assert await store.find_app(app.client_id) == app
    assert app.redirect_uris == (CALLBACK,)
    assert len(await store.secret_hash(app.client_id) or b"") == 32
    assert await store.find_app("unknown") is None
    assert await store.secret_hash("unknown") is None


async def test_code_is_exchanged_by_one_of_many(pool: Pool) -> None:
    """However many connections try at once."""
    store = OAuthStore(pool)
    app, code = await registered(store), oauth.new_code()
    await store.add_code(code, app, CALLBACK, 2, LATER)
    keys = await asyncio.gather(*(exchange(store, app, code) for _ in range(20)))
    [key] = [key for key in keys if key]
    assert (key.owner_id, key.title, key.scopes) == (2, "App", oauth.SCOPES)


async def test_old_codes_are_removed_and_others_kept(pool: Pool) -> None:
    """A day after their end, until when a second use is noticed."""
    store = OAuthStore(pool)
    app, old, fresh = await registered(store), oauth.new_code(), oauth.new_code()
    await store.add_code(old, app, CALLBACK, 2, LATER)
    await store.add_code(fresh, app, CALLBACK, 2, LATER + timedelta(microseconds=1))
    await store.forget_old_codes(LATER + oauth.CODE_MEMORY)
    assert await exchange(store, app, old) is None
    assert await exchange(store, app, fresh, LATER)


async def test_revoked_keys_of_applications_are_forgotten_in_the_end(pool: Pool) -> None:
    """However often applications ask: a month after the revocation nothing is left; owners' own keys stay."""
    keys = CredentialStore(pool)
    for granted_to in ("app", "app", ""):
        draft = credentials.ApiKeyDraft(title=granted_to or "own", scopes=oauth.SCOPES, granted_to=granted_to)
        key = await keys.add_api_key(2, draft, credentials.new_api_key(), NOW)
        assert key
        await keys.revoke_api_key(key.api_key_id, 2, NOW)
    await keys.forget_old_grants(NOW + oauth.REVOKED_GRANT_MEMORY - timedelta(microseconds=1))
    assert len(await keys.list_api_keys(2, with_revoked=True)) == 3
    await keys.forget_old_grants(NOW + oauth.REVOKED_GRANT_MEMORY)
    assert [known.title for known in await keys.list_api_keys(2, with_revoked=True)] == ["own"]
