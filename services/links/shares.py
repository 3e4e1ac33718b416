"""Shares of links' statistics: makes and opens them, and recognises who has opened one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.common.clock import Clock
from services.common.errors import InvalidArgument, NotFound, ResourceExhausted, Unauthenticated
from services.links import metrics
from services.links.domain import credentials, passwords, shares
from services.links.domain.shares import TICKET_LIFETIME, Share, ShareDraft, ShareSecrets
from services.links.guess_limits import GuessLimits
from services.links.password_worker import PasswordWorker
from services.links.store.shares import ShareStore
from services.runtime.background import Background

# A share that was deleted works no longer than this in processes that did not delete it.
CACHE_TIME: Final = timedelta(seconds=3)
_MOST_CACHED: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Known:
    share: Share
    checked_at: datetime


class Shares:
    """Keeps shares; those that are deleted or have expired are like those that never were."""

    def __init__(
        self,
        *,
        store: ShareStore,
        guess_limits: GuessLimits,
        password_worker: PasswordWorker,
        background: Background,
        clock: Clock,
        secret: str,
        public_url: str,
    ) -> None:
        self._store = store
        self._guess_limits = guess_limits
        self._password_worker = password_worker
        self._background = background
        self._clock = clock
        self._secrets = ShareSecrets(secret)
        self._public_url = public_url
        self._known: dict[int, _Known] = {}

    async def create(self, draft: ShareDraft) -> Share:
        """Make a share of a link; ResourceExhausted when that has as many as it may."""
        now = self._clock.now()
        shares.check(draft, now)
        nonce = shares.new_nonce()
        password = await self._password_worker.protect(draft.password) if draft.password else None
        share = await self._store.add(draft, nonce, self._secrets.token(nonce).hash, password, now)
        if share is None:
            raise ResourceExhausted(f"the link has {shares.MOST_SHARES} shares, delete one first")
        return share

    async def list_of(self, link_id: int) -> Sequence[Share]:
        """Return a link's shares, oldest first."""
        return await self._store.list_of(link_id, self._clock.now())

    async def find(self, share_id: int) -> Share | None:
        """Return a share; None when there is none."""
        return await self._store.find(share_id, self._clock.now())

    async def delete(self, share_id: int) -> None:
        """Take a share back."""
        await self._store.remove(share_id)
        self._known.pop(share_id, None)

    def url(self, share: Share) -> str:
        """Return a share's address; empty when the secret is another than it was when the share was made."""
        token = self._secrets.token(share.nonce)
        if token.hash != share.token_hash:
            return ""
        # Behind the #, which browsers keep to themselves: no server, proxy or log sees the token.
        return f"{self._public_url}{shares.PATH}{shares.tag_of(token.text)}#{token.text}"

    async def open(self, token: str, password: str, client_ip: str) -> tuple[Share, str]:
        """Return the share of a token, with a ticket for it.

        Raises NotFound for a token that is no share's, Unauthenticated when it wants a password and this is not it,
        ResourceExhausted after too many guesses, InvalidArgument for a password that is too long for any.
        """
        if len(password) > passwords.MAX_LENGTH:
            raise InvalidArgument("password", f"must have at most {passwords.MAX_LENGTH} characters")
        now, share = self._clock.now(), None
        if credentials.is_plausible(token):
            share = await self._store.find_by_token(credentials.hash_of(token), now)
        if share is None:
            raise NotFound("share", "of this address")
        if share.password is not None:
            await self._check(share, password, client_ip)
        return share, self._secrets.ticket(share, now + TICKET_LIFETIME)

    async def opened(self, ticket: str) -> Share | None:
        """Return the share that a ticket is for; None when it is good for none."""
        now, share_id = self._clock.now(), shares.share_id_of(ticket)
        known = self._known.get(share_id)
        if share_id and (known is None or now - known.checked_at > CACHE_TIME):
            known = await self._look_up(share_id, now)
        if known is None or not self._secrets.is_good(ticket, known.share, now):
            return None
        end = known.share.expire_time
        return known.share if end is None or now < end else None

    async def _look_up(self, share_id: int, now: datetime) -> _Known | None:
        share = await self._store.find(share_id, now)
        if share is None:
            self._known.pop(share_id, None)
            return None
        if len(self._known) >= _MOST_CACHED:
            self._known.clear()
        known = self._known[share_id] = _Known(share, now)
        return known

    async def _check(self, share: Share, password: str, client_ip: str) -> None:
        if not password:
            # To ask whether there is one is no guess.
            raise Unauthenticated("a password is required")
        try:
            await self._guess_limits.take(share.guess_name, client_ip)
        except ResourceExhausted:
            metrics.PASSWORD_GUESSES.labels("refused").inc()
            raise
        if not await self._password_worker.is_right(password, share.password):
            metrics.PASSWORD_GUESSES.labels("wrong").inc()
            raise Unauthenticated("the password is wrong")
        metrics.PASSWORD_GUESSES.labels("right").inc()
        self._background.start(self._guess_limits.give_back(share.guess_name, client_ip))
