"""Signed-in browsers: recognises them, begins and ends their sessions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.common.clock import Clock
from services.links.domain import credentials, sessions
from services.links.domain.credentials import Secret
from services.links.domain.sessions import Lifetimes, Session, SessionDraft, SignedIn
from services.links.store.sessions import SessionStore
from services.runtime.background import Background

# A session that was ended works no longer than this in processes that did not end it.
CACHE_TIME: Final = timedelta(seconds=3)
USE_TIME_STEP: Final = timedelta(minutes=1)
_MOST_CACHED: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Known:
    signed_in: SignedIn
    checked_at: datetime


class Sessions:
    """Turns what cookies hold into sessions; those that have ended are like those that never were."""

    def __init__(self, *, store: SessionStore, lifetimes: Lifetimes, clock: Clock, background: Background) -> None:
        self._store = store
        self._lifetimes = lifetimes
        self._clock = clock
        self._background = background
        self._known: dict[bytes, _Known] = {}
        self._uses: dict[int, datetime] = {}

    async def find(self, secret: str) -> SignedIn | None:
        """Find the session of a secret, and note that it was used; None when there is none."""
        if not credentials.is_plausible(secret):
            return None
        now, digest = self._clock.now(), credentials.hash_of(secret)
        known = self._known.get(digest)
        if known is None or now - known.checked_at > CACHE_TIME:
            known = await self._look_up(digest, now)
        if known is None or self._lifetimes.end_of(known.signed_in.session) <= now:
            return None
        self._note_use(known.signed_in.session, now)
        return known.signed_in

    async def begin(self, draft: SessionDraft) -> tuple[Session, Secret]:
        """Begin a session, and return it with its secret, this once."""
        secret = sessions.new_session()
        return await self._store.add(draft, secret, self._clock.now()), secret

    async def list_of(self, owner_id: int) -> list[Session]:
        """Return an account's sessions, newest first."""
        return await self._store.list_page(owner_id, self._clock.now())

    async def end(self, session_id: int, owner_id: int) -> bool:
        """End an account's session; return whether there was one."""
        is_ended = await self._store.remove(session_id, owner_id)
        self._forget(lambda session: session.session_id == session_id)
        return is_ended

    async def end_others(self, owner_id: int, kept_session_id: int) -> int:
        """End all sessions of an account but one, with 0 all; return how many."""
        ended = await self._store.remove_others(owner_id, kept_session_id)
        self._forget(lambda session: session.owner_id == owner_id and session.session_id != kept_session_id)
        return ended

    def forget_key(self, api_key_id: int) -> None:
        """Refuse sessions that were signed in with a key, once that is revoked."""
        self._forget(lambda session: session.api_key_id == api_key_id)

    def end_of(self, session: Session) -> datetime:
        """Return the first moment at which a session is refused, unless it is used before."""
        return self._lifetimes.end_of(session)

    async def _look_up(self, digest: bytes, now: datetime) -> _Known | None:
        signed_in = await self._store.find(digest, now)
        if signed_in is None:
            self._known.pop(digest, None)
            return None
        if len(self._known) >= _MOST_CACHED:
            self._known.clear()
        known = self._known[digest] = _Known(signed_in, now)
        return known

    def _note_use(self, session: Session, now: datetime) -> None:
        """Write a session's last use, at most once a minute, while the caller goes on."""
        last = self._uses.get(session.session_id, session.last_use_time)
        if now - last < USE_TIME_STEP:
            return
        if len(self._uses) >= _MOST_CACHED:
            self._uses.clear()
        self._uses[session.session_id] = now
        self._background.start(self._store.record_use(session.session_id, now))

    def _forget(self, is_meant: Callable[[Session], bool]) -> None:
        self._known = {digest: known for digest, known in self._known.items() if not is_meant(known.signed_in.session)}
