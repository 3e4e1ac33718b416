"""Authenticates callers."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import grpc

from services.common.caller import LINKS_READ, LINKS_WRITE, STATS_READ, Caller
from services.common.clock import Clock
from services.common.errors import PermissionDenied, Unauthenticated
from services.links.domain import credentials, shares
from services.links.domain.browser import SESSION_COOKIE, SHARE, BrowserCall
from services.links.domain.link import Reach
from services.links.shares import Shares
from services.links.signing_in.sessions import Sessions
from services.links.store.credentials import CredentialStore
from services.runtime.background import Background
from services.runtime.caller_metadata import caller_of

# A revoked credential works no longer than this in processes that did not revoke it.
CACHE_TIME: Final = timedelta(seconds=3)
USE_TIME_STEP: Final = timedelta(minutes=1)
_MOST_CACHED: Final = 10_000
_AUTHORIZATION: Final = "authorization"
# The gateway says under this name which Host a call was sent to, and takes away what clients put there.
_HOST: Final = "x-original-host"
_BEARER: Final = re.compile(r"bearer +(\S+)", re.IGNORECASE)
_EDIT_TOKEN_SCOPES: Final = frozenset({LINKS_READ, LINKS_WRITE, STATS_READ})

Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(frozen=True, slots=True)
class _Known:
    caller: Caller
    api_key_id: int
    expire_time: datetime | None
    checked_at: datetime


class Authenticator:
    """Turns credentials into callers; unknown, revoked and expired ones all meet the same answer."""

    def __init__(
        self, *, store: CredentialStore, sessions: Sessions, shares: Shares, clock: Clock, background: Background
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._shares = shares
        self._clock = clock
        self._background = background
        self._known: dict[bytes, _Known] = {}
        self._uses: dict[int, datetime] = {}

    async def caller(self, context: Context) -> Caller:
        """Return who makes a call: whom a trusted peer vouches for, else whose credential or session it bears.

        Raises Unauthenticated for a credential that is nobody's.
        """
        vouched = caller_of(context)
        return vouched or await self.of_call(browser_call(context))

    async def of_call(self, call: BrowserCall) -> Caller:
        """Return who makes a call by its headers: an Authorization header wins over cookies.

        A page that shows a share acts as whoever opened that, also in the browser of somebody who is signed in.
        Raises Unauthenticated when they hold nobody's credential, and for a cookie that does not count.
        """
        authorization = call.headers.get(_AUTHORIZATION)
        if authorization is not None:
            return await self.of_header(authorization)
        tag = call.headers.get(SHARE)
        if tag is not None:
            return await self._of_share(call.cookie(shares.cookie_name(tag)))
        signed_in = await self._sessions.find(call.cookie(SESSION_COOKIE))
        if signed_in is None:
            raise Unauthenticated
        session = signed_in.session
        return Caller(owner_id=session.owner_id, scopes=signed_in.scopes, credential=signed_in.credential)

    async def _of_share(self, ticket: str) -> Caller:
        share = await self._shares.opened(ticket)
        if share is None:
            raise Unauthenticated
        return Caller(link_id=share.link_id, scopes=frozenset({STATS_READ}), credential=f"share:{share.share_id}")

    async def of_header(self, authorization: str) -> Caller:
        """Return who sends an Authorization header; Unauthenticated when it holds nobody's credential."""
        matched = _BEARER.fullmatch(authorization.strip())
        if not matched:
            raise Unauthenticated
        return await self.of_credential(matched[1])

    async def of_credential(self, credential: str) -> Caller:
        """Return who holds a credential; Unauthenticated when nobody does."""
        if not credentials.is_plausible(credential):
            raise Unauthenticated
        now = self._clock.now()
        digest = credentials.hash_of(credential)
        known = self._known.get(digest)
        if known is None or now - known.checked_at > CACHE_TIME:
            known = await self._look_up(digest, now, is_edit_token=credentials.is_edit_token(credential))
            self._keep(digest, known)
        if known is None or (known.expire_time is not None and known.expire_time <= now):
            raise Unauthenticated
        self._note_use(known.api_key_id, now)
        return known.caller

    def forget(self, api_key_id: int) -> None:
        """Refuse a revoked key, and sessions that were signed in with it, in this process at once."""
        self._sessions.forget_key(api_key_id)
        self._known = {digest: known for digest, known in self._known.items() if known.api_key_id != api_key_id}

    async def _look_up(self, digest: bytes, now: datetime, *, is_edit_token: bool) -> _Known | None:
        if is_edit_token:
            token = await self._store.find_edit_token(digest)
            if token is None:
                return None
            name = f"token:{token.edit_token_id}"
            return _Known(Caller(link_id=token.link_id, scopes=_EDIT_TOKEN_SCOPES, credential=name), 0, None, now)
        key = await self._store.find_api_key(digest, now)
        if key is None:
            return None
        caller = Caller(owner_id=key.owner_id, scopes=key.scopes, credential=f"key:{key.api_key_id}")
        return _Known(caller, key.api_key_id, key.expire_time, now)

    def _keep(self, digest: bytes, known: _Known | None) -> None:
        if known is None:
            self._known.pop(digest, None)
            return
        if len(self._known) >= _MOST_CACHED:
            self._known.clear()
        self._known[digest] = known

    def _note_use(self, api_key_id: int, now: datetime) -> None:
        """Write a key's last use, at most once a minute, while the caller goes on."""
        last = self._uses.get(api_key_id)
        if not api_key_id or (last is not None and now - last < USE_TIME_STEP):
            return
        if len(self._uses) >= _MOST_CACHED:
            self._uses.clear()
        self._uses[api_key_id] = now
        self._background.start(self._store.record_use(api_key_id, now))


def browser_call(context: Context) -> BrowserCall:
    """Return what came with a call."""
    headers = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
    return BrowserCall(headers, headers.get(_HOST, ""))


def account_of(caller: Caller) -> int:
    """Return the account that a caller acts for.

    Raises PermissionDenied for who reaches one link only, as with an edit token, and acts for no account.
    """
    if caller.link_id or not caller.owner_id:
        raise PermissionDenied("an edit token gives rights on its link only")
    return caller.owner_id


def owner_of(caller: Caller, scope: str) -> int:
    """Return the account that a caller acts for with a scope.

    Raises PermissionDenied without the scope, and for an edit token, which acts for no account.
    """
    caller.require(scope)
    return account_of(caller)


def reach_of(caller: Caller, scope: str) -> Reach:
    """Return the links that a caller can touch with a scope; PermissionDenied without it."""
    caller.require(scope)
    return Reach(owner_id=0 if caller.link_id else caller.owner_id, link_id=caller.link_id)
