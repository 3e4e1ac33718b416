"""Links in real PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from services.common.errors import AlreadyExists, FailedPrecondition, InvalidArgument
from services.links.domain import credentials
from services.links.domain.idempotency import LIFETIME, IdempotencyHashes, IdempotentRequest
from services.links.domain.link import ForwardQuery, Link, LinkDraft, LinkFields
from services.links.domain.link_filter import LinkFilter
from services.links.domain.passwords import StoredPassword
from services.links.store.creation import CreationStore, NewLink
from services.links.store.credentials import CredentialStore
from services.links.store.links import LinkStore
from services.runtime.postgres import Pool
from tests.support.wait import eventually

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
FULL = LinkFields(
    destination="https://example.com/" + "x" * 8000,
    title="Тест 👍 \u202e",
    tags=("a", "ж", "with space, comma", '"{}\\'),
    redirect_status=308,
    valid_from_time=NOW,
    expire_time=NOW + timedelta(days=9000),
    max_clicks=1_000_000_000,
    archived=True,
    note="line\nline",
    private_stats=True,
    block_bots=True,
    expired_destination="https://example.com/gone",
    indexable=False,
    forward_query=ForwardQuery.ALL,
)
HASHES = IdempotencyHashes("s" * 32)


def draft(code: str = "", fields: LinkFields | None = None) -> LinkDraft:
    """Make a draft of the first owner."""
    return LinkDraft(
        owner_id=2,
        domain_id=1,
        host="sho.rt",
        public_url="https://sho.rt",
        code=code,
        fields=fields or LinkFields(destination="https://example.com/"),
        password="",
    )


def new(code: str = "", fields: LinkFields | None = None, **changes: object) -> NewLink:
    """Make a create."""
    plain = NewLink(
        draft=draft(code, fields),
        password=None,
        next_code=lambda length: "r" * length,
        now=NOW,
        nonce=b"n" * 32,
        token_hash=None,
        request=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def request(key: str = "key", of: LinkDraft | None = None) -> IdempotentRequest:
    """Make the idempotency of a create."""
    return HASHES.request(key, of or draft(), issue_edit_token=False)


async def made(pool: Pool, code: str, fields: LinkFields | None = None, **changes: object) -> Link:
    """Create a link."""
    return (await CreationStore(pool).create(new(code, fields, **changes))).link


async def test_link_comes_back_as_it_was_stored(pool: Pool) -> None:
    """Every field survives, found by id, by code, in lists and under lock."""
    password = StoredPassword("hash", "version")
    link = await made(pool, "full", FULL, password=password)
    store = LinkStore(pool)
    assert link.fields == FULL
    assert await store.find(link.link_id) == link
    assert await store.find_by_code("sho.rt", "full") == link
    everything = LinkFilter(owner_id=2, archived=True)
    assert await store.list_page(everything, after_id=None, limit=9, skip=0, now=NOW) == [link]
    assert await store.change(link.link_id, _same) == (link, False)


async def test_what_is_not_there_is_none(pool: Pool) -> None:
    """Absent ids and codes are None, ids beyond all bounds too."""
    store = LinkStore(pool)
    for link_id in (0, -1, 2**63 - 1):
        assert await store.find(link_id) is None
    assert await store.find_by_code("sho.rt", "none") is None
    await made(pool, "Case")
    assert await store.find_by_code("sho.rt", "case") is None


async def test_many_links_are_found_at_once(pool: Pool) -> None:
    """By host and code as they are, tombstones too; what is not there is left out."""
    one, two = [await made(pool, code) for code in ("one", "two")]
    store = LinkStore(pool)
    buried, _ = await store.change(two.link_id, lambda before: _known(before).buried(NOW))
    names = [("sho.rt", "one"), ("sho.rt", "two"), ("sho.rt", "ONE"), ("else.rt", "one"), ("", "")]
    assert await store.find_by_codes(names) == {("sho.rt", "one"): one, ("sho.rt", "two"): buried}
    assert await store.find_by_codes([]) == {}


async def test_change_that_raises_writes_nothing(pool: Pool) -> None:
    """A rule that says no leaves the link as it was."""
    link = await made(pool, "abc")

    def refuse(_: Link | None) -> Link:
        raise InvalidArgument("x", "y")

    with pytest.raises(InvalidArgument):
        await LinkStore(pool).change(link.link_id, refuse)
    assert await LinkStore(pool).find(link.link_id) == link


async def test_concurrent_changes_queue_up(pool: Pool) -> None:
    """Each change sees the one before: none is lost."""
    link = await made(pool, "abc")
    store = LinkStore(pool)

    def count_up(before: Link | None) -> Link:
        assert before
        title = str(int(before.fields.title or "0") + 1)
        return before.changed(NOW, fields=replace(before.fields, title=title))

    await asyncio.gather(*(store.change(link.link_id, count_up) for _ in range(30)))
    after = await store.find(link.link_id)
    assert after
    assert (after.fields.title, after.revision) == ("30", 31)


async def test_tombstone_row_holds_nothing_that_people_wrote(pool: Pool) -> None:
    """After a delete the row keeps id, owner, domain, code and times."""
    link = await made(pool, "abc", FULL, password=StoredPassword("hash", "v"), token_hash=b"t" * 32)
    buried, is_changed = await LinkStore(pool).change(link.link_id, lambda before: _known(before).buried(NOW))
    assert is_changed
    assert buried.deleted
    row = await pool.fetchrow(
        "SELECT destination, title, tags, note, expired_destination, password_hash, password_version FROM links"
    )
    assert row is not None
    assert [value for value in row.values() if value] == []
    assert await CredentialStore(pool).find_edit_token(b"t" * 32) is None
    assert await LinkStore(pool).find_by_code("sho.rt", "abc") == buried
    with pytest.raises(AlreadyExists):
        await made(pool, "abc")


async def test_consumed_clicks_survive_other_changes(pool: Pool) -> None:
    """What was followed while somebody edited still counts."""
    link = await made(pool, "abc", LinkFields(destination="https://example.com/", max_clicks=40))
    store = LinkStore(pool)
    follows = [store.consume(link.link_id, NOW) for _ in range(30)]
    edits = [store.change(link.link_id, lambda before: _known(before).changed(NOW, disabled=False)) for _ in range(10)]
    granted = await asyncio.gather(*follows, *edits)
    assert granted[:30] == [True] * 30
    after = await store.find(link.link_id)
    assert after
    assert after.consumed_clicks == 30


@pytest.mark.parametrize(
    ("fields", "granted"),
    [
        (LinkFields(destination="https://e.x/", max_clicks=1, expire_time=NOW), False),
        (LinkFields(destination="https://e.x/", max_clicks=1, expire_time=NOW + timedelta(seconds=1)), True),
        (LinkFields(destination="https://e.x/", max_clicks=1, valid_from_time=NOW), True),
        (LinkFields(destination="https://e.x/", max_clicks=1, valid_from_time=NOW + timedelta(seconds=1)), False),
    ],
)
async def test_only_followable_links_are_consumed(pool: Pool, fields: LinkFields, granted: bool) -> None:
    """A link outside its time is not followed, so it is not used up."""
    link = await made(pool, "abc", fields)
    assert await LinkStore(pool).consume(link.link_id, NOW) is granted


async def test_failed_create_leaves_no_claim(pool: Pool) -> None:
    """All of a create happens, or nothing."""
    await made(pool, "taken")
    with pytest.raises(AlreadyExists):
        await CreationStore(pool).create(new("taken", request=request()))
    assert await pool.fetchval("SELECT count(*) FROM idempotent_requests") == 0
    assert (await CreationStore(pool).create(new("free", request=request()))).is_repeat is False


async def test_repeat_answers_the_first_link_and_nonce(pool: Pool) -> None:
    """The nonce is the first call's, so that the edit token is."""
    store = CreationStore(pool)
    first = await store.create(new("abc", request=request(), nonce=b"1" * 32))
    again = await store.create(new("abc", request=request(), nonce=b"2" * 32))
    assert (again.link, again.nonce, again.is_repeat) == (first.link, b"1" * 32, True)
    assert await store.repeat_of(request(), NOW) == again
    with pytest.raises(FailedPrecondition):
        await store.create(new("abc", request=request(of=draft("other"))))


async def test_old_claims_are_forgotten(pool: Pool) -> None:
    """After a day a key is free; the cleaning removes no younger one."""
    store = CreationStore(pool)
    await store.create(new("old", request=request("old")))
    await store.create(new("young", request=request("young"), now=NOW + timedelta(seconds=1)))
    await store.forget_old_requests(NOW + LIFETIME)
    assert await store.repeat_of(request("old"), NOW + LIFETIME) is None
    assert await store.repeat_of(request("young"), NOW + LIFETIME) is not None


async def test_only_hashes_of_credentials_are_stored(pool: Pool) -> None:
    """No table holds an API key or an edit token."""
    secret = credentials.new_api_key()
    key_draft = credentials.ApiKeyDraft(title="t", scopes=frozenset({"admin"}))
    await CredentialStore(pool).add_api_key(2, key_draft, secret, NOW)
    assert await CredentialStore(pool).add_api_key(2, key_draft, secret, NOW) is None
    dump = await pool.fetchval("SELECT string_agg(api_keys::text, '') FROM api_keys")
    assert secret.text not in dump
    assert secret.text.encode().hex() not in dump
    assert secret.hash.hex() in dump


async def test_database_itself_refuses_two_links_of_one_code(pool: Pool) -> None:
    """Uniqueness is PostgreSQL's, not ours to forget."""
    await made(pool, "abc")
    with pytest.raises(asyncpg.UniqueViolationError):
        await pool.execute(
            """
            INSERT INTO links (owner_id, domain_id, code, destination, title, tags, redirect_status, max_clicks,
                archived, note, private_stats, block_bots, expired_destination, create_time, update_time)
            SELECT owner_id, domain_id, code, destination, title, tags, redirect_status, max_clicks, archived, note,
                private_stats, block_bots, expired_destination, create_time, update_time FROM links
            """
        )


def _same(before: Link | None) -> Link:
    return _known(before)


def _known(link: Link | None) -> Link:
    assert link
    return link


async def test_rare_tag_is_found_by_its_index(pool: Pool) -> None:
    """However often lists were asked for before: no plan for any tag takes the place of the one for this tag."""
    await pool.execute(
        """
        INSERT INTO links (owner_id, domain_id, code, destination, title, tags, redirect_status, max_clicks, archived,
            note, private_stats, block_bots, expired_destination, create_time, update_time)
        SELECT 2, 1, 'code' || number, 'https://e.example/', '', ARRAY['common', 'rare' || number / 10], 302, 0, false,
            '', true, false, '', now(), now()
        FROM generate_series(1, 20000) AS number
        """
    )
    await pool.execute("VACUUM ANALYZE links")
    store = LinkStore(pool)
    for number in range(1, 11):
        link_filter = LinkFilter(owner_id=2, tag=f"rare{number}")
        assert len(await store.list_page(link_filter, after_id=None, limit=51, skip=0, now=NOW)) == 10

    async def is_scanned() -> bool:
        scans: int = await pool.fetchval(
            "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'links_by_tag'"
        )
        return scans == 10

    await eventually(is_scanned)
