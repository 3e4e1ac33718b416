"""Creating links in PostgreSQL: once for each idempotency key, or once for all who ask for the same."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.common.caller import ANONYMOUS_OWNER_ID
from services.common.errors import AlreadyExists, FailedPrecondition, Unavailable
from services.links.domain import codes
from services.links.domain.idempotency import LIFETIME, IdempotentRequest
from services.links.domain.link import LINK_FIELDS, Link, LinkDraft
from services.links.domain.passwords import StoredPassword
from services.links.store import rows
from services.runtime.postgres import Connection, Pool

_MOST_TRIES: Final = 30
_FIND: Final = rows.SELECT_LINK + "WHERE link_id = $1"
# Joined from constants, as is all that names a link's fields.
_INSERT: Final = f"""
    INSERT INTO links (owner_id, domain_id, code, disabled, password_hash, password_version, create_time, update_time,
        {", ".join(LINK_FIELDS)})
    VALUES ($1, $2, $3, $4, $5, $6, $7, $7, {", ".join(f"${8 + place}" for place in range(len(LINK_FIELDS)))})
    ON CONFLICT (domain_id, code) DO NOTHING RETURNING link_id
"""  # noqa: S608
_TOKEN_HASH: Final = f"${8 + len(LINK_FIELDS)}"
_INSERT_WITH_TOKEN: Final = f"""
    WITH link AS ({_INSERT}),
        token AS (INSERT INTO edit_tokens (link_id, hash, create_time) SELECT link_id, {_TOKEN_HASH}, $7 FROM link)
    SELECT link_id FROM link
"""  # noqa: S608
_INSERT_WITH_CLAIM_TOKEN: Final = f"""
    WITH link AS ({_INSERT}),
        token AS (INSERT INTO claim_tokens (link_id, hash, create_time) SELECT link_id, {_TOKEN_HASH}, $7 FROM link)
    SELECT link_id FROM link
"""  # noqa: S608
# One owner's creates to one destination in one domain come one after the other.
_TAKE_TURN: Final = (
    "SELECT pg_advisory_xact_lock(hashtextextended(concat_ws(' ', $1::bigint, $2::bigint, $3::text), 0))"
)
_SAME: Final = "({name} IS NOT DISTINCT FROM ${place} OR '{name}' = ANY ($4::text[]))"
# Not one that a password or a limit guards: those are never shared. A moment of expiry that is asked for is to come.
_FIND_SAME: Final = f"""
    {rows.SELECT_LINK}
    WHERE links.owner_id = $1 AND domain_id = $2 AND ($3 = '' OR code = $3)
        AND hashtextextended(destination, 0) = hashtextextended($5, 0)
        AND delete_time IS NULL AND NOT disabled AND password_hash IS NULL AND max_clicks = 0
        AND {" AND ".join(_SAME.format(name=name, place=place) for place, name in enumerate(LINK_FIELDS, start=6))}
    ORDER BY link_id LIMIT 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """All that a create writes."""

    draft: LinkDraft
    password: StoredPassword | None
    # Makes the random code of a given length.
    next_code: Callable[[int], str]
    now: datetime
    # From which the edit token is computed; remembered with the idempotency key.
    nonce: bytes
    token_hash: bytes | None
    # At most one of the two tokens.
    claim_token_hash: bytes | None = None
    request: IdempotentRequest | None
    # True for a link that begins switched off.
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Creation:
    """The outcome of a create: a new link, or the one of an earlier call."""

    link: Link
    nonce: bytes
    is_repeat: bool


class CreationStore:
    """Creates links."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def repeat_of(self, request: IdempotentRequest, now: datetime) -> Creation | None:
        """Find what an earlier call with the same idempotency key created."""
        async with self._pool.acquire() as connection:
            return await _repeat_of(connection, request, now)

    async def create(self, new: NewLink) -> Creation:
        """Create a link; of parallel calls with one idempotency key the first creates and the others wait for it.

        Raises AlreadyExists for a code that is taken, FailedPrecondition for a key of another request, Unavailable when
        neither a free code nor the key's link was found.
        """
        if new.request is None:
            # One statement is a transaction by itself.
            return Creation(await _insert(self._pool, new), new.nonce, is_repeat=False)
        async with self._pool.acquire() as connection, connection.transaction():
            if not await _claim(connection, new.request, new.nonce, new.now):
                # Whoever held the claim has committed: its row is visible by now.
                repeat = await _repeat_of(connection, new.request, new.now)
                if repeat is None:
                    raise Unavailable("the idempotency key is being used: repeat the call")
                return repeat
            link = await _insert(connection, new)
            await _remember(connection, new.request, link.link_id)
            return Creation(link, new.nonce, is_repeat=False)

    async def find_same(self, draft: LinkDraft, may_differ: frozenset[str]) -> Link | None:
        """Find the owner's oldest link that is just as a draft asks, but for fields in which it may differ."""
        async with self._pool.acquire() as connection:
            return await _find_same(connection, draft, may_differ)

    async def find_or_create(self, new: NewLink, may_differ: frozenset[str]) -> Creation:
        """Find the link that is just as asked, or create it; of parallel equal calls one creates."""
        draft = new.draft
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_TAKE_TURN, draft.owner_id, draft.domain_id, draft.fields.destination)
            # Whoever had the turn before has committed: its row is visible by now.
            found = await _find_same(connection, draft, may_differ)
            if found:
                return Creation(found, new.nonce, is_repeat=True)
            return Creation(await _insert(connection, new), new.nonce, is_repeat=False)

    async def forget_old_requests(self, now: datetime) -> None:
        """Remove idempotency keys whose day is over."""
        await self._pool.execute("DELETE FROM idempotent_requests WHERE create_time <= $1", now - LIFETIME)


async def _claim(connection: Connection, request: IdempotentRequest, nonce: bytes, now: datetime) -> bool:
    claimed = await connection.fetchval(
        """
        INSERT INTO idempotent_requests AS known (owner_id, key_hash, fingerprint, nonce, create_time)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (owner_id, key_hash) DO UPDATE
            SET fingerprint = excluded.fingerprint, nonce = excluded.nonce, create_time = excluded.create_time
            WHERE known.create_time <= $6
        RETURNING true
        """,
        request.owner_id,
        request.key_hash,
        request.fingerprint,
        nonce,
        now,
        now - LIFETIME,
    )
    return claimed is not None


async def _repeat_of(connection: Connection, request: IdempotentRequest, now: datetime) -> Creation | None:
    known = await connection.fetchrow(
        """
        SELECT fingerprint, nonce, link_id FROM idempotent_requests
        WHERE owner_id = $1 AND key_hash = $2 AND create_time > $3 AND link_id IS NOT NULL
        """,
        request.owner_id,
        request.key_hash,
        now - LIFETIME,
    )
    if known is None:
        return None
    if known["fingerprint"] != request.fingerprint:
        raise FailedPrecondition("the idempotency key came with another request before")
    row = await connection.fetchrow(_FIND, known["link_id"])
    if row is None or row["delete_time"] is not None:
        raise FailedPrecondition("the link that the idempotency key created was deleted since")
    return Creation(rows.link(row), known["nonce"], is_repeat=True)


async def _find_same(connection: Connection, draft: LinkDraft, may_differ: frozenset[str]) -> Link | None:
    row = await connection.fetchrow(
        _FIND_SAME,
        draft.owner_id,
        draft.domain_id,
        draft.code,
        sorted(may_differ),
        draft.fields.destination,
        *rows.values_of(draft.fields),
    )
    return rows.link(row) if row else None


async def _insert(connection: "Connection | Pool", new: NewLink) -> Link:
    """Insert under the custom code or the first free random one."""
    custom = new.draft.code
    tries = [custom] if custom else (new.next_code(codes.length_of_try(attempt)) for attempt in range(_MOST_TRIES))
    for code in tries:
        link_id = await _insert_with_code(connection, new, code)
        if link_id is not None:
            return _link(new, link_id, code)
    if custom:
        raise AlreadyExists("code", custom)
    raise Unavailable("no free code was found: repeat the call")


async def _insert_with_code(connection: "Connection | Pool", new: NewLink, code: str) -> int | None:
    draft = new.draft
    statement, token_hashes = _statement(new)
    link_id: int | None = await connection.fetchval(
        statement,
        draft.owner_id,
        draft.domain_id,
        code,
        new.disabled,
        new.password.hash if new.password else None,
        new.password.version if new.password else None,
        new.now,
        *rows.values_of(draft.fields),
        *token_hashes,
    )
    return link_id


def _statement(new: NewLink) -> tuple[str, tuple[bytes, ...]]:
    """Return the statement that writes a link and its token, and that token's hash."""
    if new.token_hash is not None:
        return _INSERT_WITH_TOKEN, (new.token_hash,)
    if new.claim_token_hash is not None:
        return _INSERT_WITH_CLAIM_TOKEN, (new.claim_token_hash,)
    return _INSERT, ()


def _link(new: NewLink, link_id: int, code: str) -> Link:
    return Link(
        link_id=link_id,
        owner_id=new.draft.owner_id,
        domain_id=new.draft.domain_id,
        host=new.draft.host,
        public_url=new.draft.public_url,
        code=code,
        fields=new.draft.fields,
        disabled=new.disabled,
        password=new.password,
        create_time=new.now,
        update_time=new.now,
        token_held=new.token_hash is not None and new.draft.owner_id == ANONYMOUS_OWNER_ID,
    )


async def _remember(connection: Connection, request: IdempotentRequest, link_id: int) -> None:
    await connection.execute(
        "UPDATE idempotent_requests SET link_id = $3 WHERE owner_id = $1 AND key_hash = $2",
        request.owner_id,
        request.key_hash,
        link_id,
    )
