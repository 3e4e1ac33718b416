"""Signs people in by OpenID Connect: sends browsers to the provider, and finds the account of who comes back."""

from typing import Final

from services.common.clock import Clock
from services.common.errors import Unauthenticated
from services.links.domain import credentials, oidc
from services.links.domain.credentials import Secret
from services.links.domain.oidc import ATTEMPT_LIFETIME, CALLBACK_PATH, MAX_CODE, Attempt, OidcSettings, UnknownIdentity
from services.links.signing_in.oidc_provider import OidcProvider
from services.links.store.identities import IdentityStore
from services.runtime import log

_logger: Final = log.get(__name__)


class SingleSignOn:
    """The way in through the provider that the operator names."""

    def __init__(
        self,
        *,
        settings: OidcSettings,
        provider: OidcProvider,
        store: IdentityStore,
        clock: Clock,
        public_url: str,
    ) -> None:
        self._settings = settings
        self._provider = provider
        self._store = store
        self._clock = clock
        self._redirect_uri = f"{public_url}{CALLBACK_PATH}"

    @property
    def title(self) -> str:
        """What the button says."""
        return self._settings.title

    async def begin(self) -> tuple[str, Secret]:
        """Return the address at the provider, and what the browser's cookie has to hold meanwhile."""
        attempt = oidc.new_attempt()
        endpoint = await self._provider.authorization_endpoint()
        await self._store.add_attempt(attempt.secret, self._clock.now() + ATTEMPT_LIFETIME)
        return attempt.authorization_url(endpoint, self._settings, self._redirect_uri), attempt.secret

    async def account_of(self, cookie: str, code: str, state: str) -> int:
        """Return the account of who comes back from the provider, with the cookie that the browser holds.

        Raises Unauthenticated unless this browser began the attempt, within ten minutes and for the first time, and the
        provider says who it is, and that is somebody with an account; Unavailable when the provider does not answer.
        """
        attempt = Attempt(Secret(cookie))
        if not credentials.is_plausible(cookie) or not attempt.matches(state) or not 0 < len(code) <= MAX_CODE:
            raise Unauthenticated
        if not await self._store.take_attempt(attempt.secret.hash, self._clock.now()):
            raise Unauthenticated
        identity = await self._provider.identity(code, attempt, self._redirect_uri)
        owner_id = await self._store.account_of(
            identity,
            self._clock.now(),
            by_email=UnknownIdentity.EMAIL in self._settings.unknown,
            create=UnknownIdentity.CREATE in self._settings.unknown,
        )
        if owner_id is None:
            _logger.warning("oidc_refused", reason="no_account")
            raise Unauthenticated
        return owner_id

    async def close(self) -> None:
        """Disconnect."""
        await self._provider.close()
