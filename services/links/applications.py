"""Lets applications act for accounts: registration, codes and the keys that they get."""

import hmac

from services.common.clock import Clock
from services.common.errors import NotFound, Unauthenticated
from services.links.domain import credentials, oauth
from services.links.domain.credentials import ApiKey, Secret
from services.links.domain.oauth import OAuthApp, OAuthAppDraft
from services.links.store.oauth import OAuthStore

# Compared with when there is no such application; no secret has this hash.
_NOBODYS_HASH = bytes(32)


class Applications:
    """Checks and keeps applications and their codes."""

    def __init__(self, *, store: OAuthStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def register(self, draft: OAuthAppDraft) -> tuple[OAuthApp, Secret]:
        """Make an application and return its secret, this once."""
        oauth.check_app(draft)
        secret = oauth.new_client_secret()
        app = await self._store.add_app(oauth.new_client_id(), draft, secret, self._clock.now())
        return app, secret

    async def find(self, client_id: str) -> OAuthApp:
        """Find an application; NotFound when there is none."""
        app = await self._store.find_app(client_id)
        if app is None:
            raise NotFound("application", client_id)
        return app

    async def verify(self, client_id: str, client_secret: str) -> OAuthApp:
        """Find an application that proves itself; Unauthenticated for unknown ones and wrong secrets alike."""
        known = await self._store.secret_hash(client_id)
        is_right = hmac.compare_digest(credentials.hash_of(client_secret), known or _NOBODYS_HASH)
        app = await self._store.find_app(client_id)
        if app is None or not is_right:
            raise Unauthenticated("the application's id and secret do not belong together")
        return app

    async def issue_code(self, client_id: str, redirect_uri: str, owner_id: int) -> Secret:
        """Note that an account agrees, and return the code that says so.

        Raises NotFound for an unknown application, InvalidArgument for a redirect URI that is not its own.
        """
        app = await self.find(client_id)
        oauth.check_redirect_uri(redirect_uri, app.redirect_uris)
        code = oauth.new_code()
        expiry = self._clock.now() + oauth.CODE_LIFETIME
        await self._store.add_code(code, app, redirect_uri, owner_id, expiry)
        return code

    async def exchange(self, app: OAuthApp, code: str, redirect_uri: str) -> tuple[ApiKey, Secret]:
        """Turn a code into an API key of the account that agreed, once; Unauthenticated when it is no such code."""
        secret = credentials.new_api_key()
        draft, digest = oauth.key_draft(app.title, app.client_id), credentials.hash_of(code)
        key = await self._store.exchange(digest, app, redirect_uri, draft, secret, self._clock.now())
        if key is None:
            raise Unauthenticated("the code is not good for this application and redirect URI, or not any more")
        return key, secret
