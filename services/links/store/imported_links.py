"""Links of imports in PostgreSQL: many at a time, all or none, each once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import asyncpg

from services.common.errors import NotFound
from services.links.domain.imports import Holder, Import, ImportedLink, LinkOutcome, outcome_of
from services.links.domain.link import LINK_FIELDS, Link
from services.links.store import rows
from services.links.store.imports import IMPORT_COLUMNS
from services.runtime.postgres import Connection, Pool

Key = tuple[int, str]

# Batches of one import come one after the other, and before an undo of it or after.
_TAKE_TURN: Final = f"SELECT {IMPORT_COLUMNS} FROM imports WHERE import_id = $1 FOR NO KEY UPDATE"  # noqa: S608
_HOLDERS: Final = """
    SELECT link_id, owner_id, links.domain_id, links.code, destination, delete_time IS NOT NULL AS deleted, freed,
        (SELECT fingerprint FROM imported_links AS own WHERE own.import_id = $3 AND own.link_id = links.link_id)
    FROM unnest($1::bigint[], $2::text[]) AS wanted (domain_id, code)
    JOIN links ON links.domain_id = wanted.domain_id AND links.code = wanted.code
"""
_NOTE_CREATED: Final = """
    INSERT INTO imported_links (import_id, link_id, is_created, revision, consumed_clicks, clicks_before, fingerprint)
    SELECT $1, link_id, true, revision, consumed_clicks, clicks_before_import, $9 FROM link
    RETURNING link_id, revision
"""
_FIRST_FIELD: Final = 10
# Joined from constants, as is all that names a link's fields.
_CREATE: Final = f"""
    WITH link AS (
        INSERT INTO links (owner_id, domain_id, code, disabled, consumed_clicks, clicks_before_import, create_time,
            update_time, {", ".join(LINK_FIELDS)})
        VALUES ($2, $3, $4, $5, $6, $7, $8, $8,
            {", ".join(f"${place}" for place in range(_FIRST_FIELD, _FIRST_FIELD + len(LINK_FIELDS)))})
        ON CONFLICT (domain_id, code) DO NOTHING RETURNING link_id, revision, consumed_clicks, clicks_before_import)
    {_NOTE_CREATED}
"""  # noqa: S608
# The tombstone becomes a link again, as its next revision: caches hold the tombstone.
_REVIVE: Final = f"""
    WITH link AS (
        UPDATE links SET disabled = $5, consumed_clicks = $6, clicks_before_import = $7, create_time = $8,
            update_time = $8, delete_time = NULL, freed = false, revision = revision + 1,
            {", ".join(f"{name} = ${place}" for place, name in enumerate(LINK_FIELDS, start=_FIRST_FIELD))}
        WHERE owner_id = $2 AND domain_id = $3 AND code = $4 AND freed
        RETURNING link_id, revision, consumed_clicks, clicks_before_import)
    {_NOTE_CREATED}
"""  # noqa: S608
# A sum takes the place of what the same import said before.
_ADD_HISTORY: Final = """
    WITH before AS (SELECT clicks_before FROM imported_links WHERE import_id = $1 AND link_id = $2),
        noted AS (
            INSERT INTO imported_links (import_id, link_id, is_created, clicks_before) VALUES ($1, $2, false, $3)
            ON CONFLICT (import_id, link_id) DO UPDATE SET clicks_before = excluded.clicks_before)
    UPDATE links SET clicks_before_import = clicks_before_import + $3 - coalesce((SELECT clicks_before FROM before), 0)
    WHERE link_id = $2 RETURNING $3 > 0 OR EXISTS (SELECT FROM before WHERE clicks_before > 0)
"""
_FOLLOWED: Final = """
    SELECT link_id, links.domain_id, host, public_url, code, destination, redirect_status
    FROM links JOIN domains USING (domain_id)
"""
_FIND_BY_ID: Final = f"{_FOLLOWED} WHERE link_id = ANY ($1::bigint[]) AND links.owner_id = $2 AND delete_time IS NULL"
_FIND_BY_CODE: Final = f"""
    {_FOLLOWED} JOIN unnest($1::text[], $2::text[]) AS wanted (host, code) USING (host, code)
    WHERE links.owner_id = $3 AND delete_time IS NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of an imported link, or would."""

    outcome: LinkOutcome
    # 0 where there is none, or none yet.
    link_id: int = 0
    # True when the import has created the link, now or before.
    is_own: bool = False
    # True when the import says of how many clicks it knows the sum alone, or has said so before.
    had_clicks: bool = False
    # A link that has just been created, to be published.
    created: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedLink:
    """What a click has to know of its link."""

    link_id: int
    domain_id: int
    host: str
    public_url: str
    code: str
    destination: str
    redirect_status: int


class ImportedLinkStore:
    """Creates and finds links for imports."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def plan(self, found: Import, links: Sequence[ImportedLink]) -> list[Taken]:
        """Return what would become of links, in their order, each after those before it."""
        async with self._pool.acquire() as connection:
            holders = await _holders(connection, found.import_id, links)
        planned = []
        for link in links:
            held = holders.get(link.key)
            outcome = outcome_of(link, held)
            planned.append(_taken(outcome, held) if outcome is not LinkOutcome.CREATED else Taken(outcome=outcome))
            if outcome is LinkOutcome.CREATED:
                holders[link.key] = _holder_of(link, link_id=0)
        return planned

    async def take(self, found: Import, links: Sequence[ImportedLink]) -> list[Taken]:
        """Create links or find them, in one transaction, and return what became of each, in their order.

        Raise FailedPrecondition when the import was undone.
        """
        taken: dict[int, Taken] = {}
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(_TAKE_TURN, found.import_id)
            if row is None:
                raise NotFound("import", found.import_id)
            Import(**row).check_open()
            holders = await _holders(connection, found.import_id, links)
            # In one order for all, so that no two batches wait for each other; equal codes stay in theirs.
            for number in sorted(range(len(links)), key=lambda number: links[number].key):
                taken[number] = await _take(connection, found.import_id, links[number], holders)
            await connection.execute(
                "UPDATE imports SET finish_time = NULL WHERE import_id = $1 AND finish_time IS NOT NULL",
                found.import_id,
            )
        return [taken[number] for number in range(len(links))]

    async def find_by_id(self, owner_id: int, link_ids: Collection[int]) -> Mapping[int, FollowedLink]:
        """Find those of an account's links, by id."""
        found = await self._pool.fetch(_FIND_BY_ID, link_ids, owner_id) if link_ids else []
        return {row["link_id"]: FollowedLink(**row) for row in found}

    async def find_by_code(
        self, owner_id: int, names: Collection[tuple[str, str]]
    ) -> Mapping[tuple[str, str], FollowedLink]:
        """Find those of an account's links, by host and code."""
        hosts, codes = [host for host, _ in names], [code for _, code in names]
        found = await self._pool.fetch(_FIND_BY_CODE, hosts, codes, owner_id) if names else []
        return {(row["host"], row["code"]): FollowedLink(**row) for row in found}


async def _holders(connection: Connection, import_id: int, links: Sequence[ImportedLink]) -> dict[Key, Holder]:
    """Find who has the codes of links."""
    keys = {link.key for link in links}
    found = await connection.fetch(
        _HOLDERS, [domain_id for domain_id, _ in keys], [code for _, code in keys], import_id
    )
    return {(row["domain_id"], row["code"]): _holder(row) for row in found}


def _holder(row: asyncpg.Record) -> Holder:
    names = ("link_id", "owner_id", "destination", "fingerprint", "deleted", "freed")
    return Holder(**{name: row[name] for name in names})


def _holder_of(link: ImportedLink, link_id: int) -> Holder:
    return Holder(
        link_id=link_id,
        owner_id=link.draft.owner_id,
        destination=link.draft.fields.destination,
        fingerprint=link.fingerprint,
    )


def _taken(outcome: LinkOutcome, held: Holder | None) -> Taken:
    # Of another's link nothing is told, not even its id.
    if held is None or outcome is LinkOutcome.CODE_TAKEN:
        return Taken(outcome=outcome)
    return Taken(outcome=outcome, link_id=held.link_id, is_own=held.fingerprint is not None)


async def _take(connection: Connection, import_id: int, link: ImportedLink, holders: dict[Key, Holder]) -> Taken:
    """Create or find a link, and note who has its code from now on."""
    held = holders.get(link.key)
    outcome = outcome_of(link, held)
    if outcome is LinkOutcome.CREATED:
        created = await _create(connection, _REVIVE if held else _CREATE, import_id, link)
        if created:
            holders[link.key] = _holder_of(link, created.link_id)
            return Taken(
                outcome=outcome,
                link_id=created.link_id,
                is_own=True,
                had_clicks=link.clicks_before > 0,
                created=created,
            )
        # Somebody else was faster, and has committed.
        holders |= await _holders(connection, import_id, [link])
        held = holders.get(link.key)
        outcome = outcome_of(link, held) if held else LinkOutcome.CODE_TAKEN
        if outcome is LinkOutcome.CREATED:
            outcome = LinkOutcome.CODE_TAKEN
    if outcome is LinkOutcome.EXISTS and held:
        had_clicks = await connection.fetchval(_ADD_HISTORY, import_id, held.link_id, link.clicks_before)
        return replace(_taken(outcome, held), had_clicks=bool(had_clicks))
    return _taken(outcome, held)


async def _create(connection: Connection, statement: str, import_id: int, link: ImportedLink) -> Link | None:
    draft = link.draft
    row = await connection.fetchrow(
        statement,
        import_id,
        draft.owner_id,
        draft.domain_id,
        draft.code,
        link.disabled,
        link.consumed_clicks,
        link.clicks_before,
        link.create_time,
        link.fingerprint,
        *rows.values_of(draft.fields),
    )
    if row is None:
        return None
    created = Link(
        link_id=row["link_id"],
        owner_id=draft.owner_id,
        domain_id=draft.domain_id,
        host=draft.host,
        public_url=draft.public_url,
        code=draft.code,
        fields=draft.fields,
        disabled=link.disabled,
        consumed_clicks=link.consumed_clicks,
        create_time=link.create_time,
        update_time=link.create_time,
    )
    return replace(created, revision=row["revision"])
