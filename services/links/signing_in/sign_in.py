"""Signs people in: turns what shows who they are into a session."""

from dataclasses import dataclass, replace
from typing import Final

from services.common.caller import ANONYMOUS_OWNER_ID
from services.common.clock import Clock
from services.common.errors import FailedPrecondition, Unauthenticated
from services.links import metrics
from services.links.domain import credentials
from services.links.domain.credentials import Secret
from services.links.domain.sessions import Session, SessionDraft, SignInMethod
from services.links.signing_in.owner_passwords import OwnerPasswords
from services.links.signing_in.sessions import Sessions
from services.links.signing_in.single_sign_on import SingleSignOn
from services.links.store.credentials import CredentialStore
from services.links.store.sessions import OneTimeTokenStore

# Whatever is wrong with the credential.
_REFUSED: Final = "the credential is wrong, used or expired"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who signs in, as the call says: the browser, the network that is kept, and the address that guesses count for."""

    user_agent: str
    network: str
    client_ip: str


class SignIn:
    """The ways in. Each answers the new session with its secret, and Unauthenticated to whoever has no right to one."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        passwords: OwnerPasswords,
        keys: CredentialStore,
        one_time_tokens: OneTimeTokenStore,
        single_sign_on: SingleSignOn | None,
        clock: Clock,
        takes_passwords: bool,
    ) -> None:
        self._sessions = sessions
        self._passwords = passwords
        self._keys = keys
        self._one_time_tokens = one_time_tokens
        self._single_sign_on = single_sign_on
        self._clock = clock
        self.takes_passwords = takes_passwords

    async def by_password(self, login: str, password: str, visitor: Visitor) -> tuple[Session, Secret]:
        """Sign in by login and password; ResourceExhausted after too many guesses."""
        if not self.takes_passwords:
            raise FailedPrecondition("signing in with a password is switched off")
        try:
            owner = await self._passwords.verify(login, password, visitor.client_ip)
        except Unauthenticated:
            raise _refused(SignInMethod.PASSWORD) from None
        return await self._begin(SessionDraft(owner_id=owner.owner_id, method=SignInMethod.PASSWORD), visitor)

    async def by_api_key(self, secret: str, visitor: Visitor) -> tuple[Session, Secret]:
        """Sign in by an API key."""
        key = None
        if credentials.is_plausible(secret):
            key = await self._keys.find_api_key(credentials.hash_of(secret), self._clock.now())
        if key is None:
            raise _refused(SignInMethod.API_KEY)
        draft = SessionDraft(owner_id=key.owner_id, method=SignInMethod.API_KEY, api_key_id=key.api_key_id)
        session, cookie = await self._begin(draft, visitor)
        return replace(session, key_expire_time=key.expire_time), cookie

    async def by_one_time_token(self, token: str, visitor: Visitor) -> tuple[Session, Secret]:
        """Sign in by the token of an address that signs in once, which that uses up."""
        owner_id = None
        if credentials.is_plausible(token):
            owner_id = await self._one_time_tokens.take(credentials.hash_of(token), self._clock.now())
        if owner_id is None:
            raise _refused(SignInMethod.ONE_TIME)
        return await self._begin(SessionDraft(owner_id=owner_id, method=SignInMethod.ONE_TIME), visitor)

    @property
    def oidc_title(self) -> str:
        """What the button of the single sign-on says; empty when there is none."""
        return self._single_sign_on.title if self._single_sign_on else ""

    async def begin_oidc(self) -> tuple[str, Secret]:
        """Return where a browser goes to sign in at the provider, and what its cookie has to hold meanwhile."""
        return await self._provider().begin()

    async def by_oidc(self, cookie: str, code: str, state: str, visitor: Visitor) -> tuple[Session, Secret]:
        """Sign in by what the provider has sent the browser back with; Unavailable when it does not answer."""
        try:
            owner_id = await self._provider().account_of(cookie, code, state)
        except Unauthenticated:
            raise _refused(SignInMethod.OIDC) from None
        return await self._begin(SessionDraft(owner_id=owner_id, method=SignInMethod.OIDC), visitor)

    def _provider(self) -> SingleSignOn:
        if self._single_sign_on is None:
            raise FailedPrecondition("there is no single sign-on here")
        return self._single_sign_on

    async def _begin(self, draft: SessionDraft, visitor: Visitor) -> tuple[Session, Secret]:
        if draft.owner_id == ANONYMOUS_OWNER_ID:
            # It is everybody's and nobody's.
            raise _refused(draft.method)
        draft = replace(draft, user_agent=visitor.user_agent, network=visitor.network)
        metrics.SIGN_INS.labels(draft.method.value, "begun").inc()
        return await self._sessions.begin(draft)


def _refused(method: SignInMethod) -> Unauthenticated:
    metrics.SIGN_INS.labels(method.value, "refused").inc()
    return Unauthenticated(_REFUSED)
