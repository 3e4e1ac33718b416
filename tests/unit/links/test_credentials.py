"""Credentials, passwords, page tokens, idempotency keys."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.errors import InvalidArgument
from services.links.domain import credentials, passwords
from services.links.domain.credentials import ApiKeyDraft
from services.links.domain.idempotency import IdempotencyHashes
from services.links.domain.link import LinkDraft, LinkFields
from services.links.domain.link_filter import LinkFilter
from services.links.domain.page_tokens import PageTokens

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "s" * 32
DRAFT = LinkDraft(
    owner_id=2,
    domain_id=1,
    host="sho.rt",
    public_url="https://sho.rt",
    code="",
    fields=LinkFields(destination="https://example.com/"),
    password="",
)


def test_api_keys_hold_128_bits_and_more() -> None:
    """A key is 256 random bits in 43 letters and digits after a prefix that names it."""
    drawn = {credentials.new_api_key().text for _ in range(1000)}
    assert len(drawn) == 1000
    assert all(key.startswith("lm_") and len(key) == 46 and key[3:].isalnum() for key in drawn)
    assert all(credentials.is_plausible(key) for key in drawn)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_edit_tokens_depend_on_key_and_nonce(key: bytes, nonce: bytes) -> None:
    """The same create answers the same token again, another one another."""
    token = credentials.edit_token(key, nonce)
    assert token == credentials.edit_token(key, nonce)
    assert token.text.startswith("tok_")
    assert len(token.text) == 47
    other = bytes([nonce[0] ^ 1]) + nonce[1:]
    assert token != credentials.edit_token(key, other)
    assert token != credentials.edit_token(bytes([key[0] ^ 1]) + key[1:], nonce)


def test_secrets_do_not_show_themselves() -> None:
    """Neither a credential nor a password hash gets into a log by its object's text."""
    secret = credentials.new_api_key()
    assert secret.text not in repr(secret)
    stored = passwords.StoredPassword("argon2hash", "v1")
    assert "argon2hash" not in repr(stored)
    assert len(secret.prefix) <= 10


def test_password_is_right_or_wrong() -> None:
    """Only the very password opens, and none opens what has none."""
    stored = passwords.protect("geheim 🔑")
    assert stored.hash.startswith("$argon2id$v=19$m=19456,")
    assert passwords.is_right("geheim 🔑", stored)
    assert not passwords.is_right("geheim", stored)
    assert not passwords.is_right("", None)
    assert passwords.protect("geheim 🔑").version != stored.version


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (ApiKeyDraft(title="x" * 129, scopes=frozenset({"admin"})), "api_key.title"),
        (ApiKeyDraft(title="x", scopes=frozenset()), "api_key.scopes"),
        (ApiKeyDraft(title="x", scopes=frozenset({"links:all"})), "api_key.scopes"),
        (ApiKeyDraft(title="x", scopes=frozenset({"admin"}), expire_time=NOW), "api_key.expire_time"),
        (ApiKeyDraft(title="x", description="x" * 1025, scopes=frozenset({"admin"})), "api_key.description"),
    ],
)
def test_api_key_rules(draft: ApiKeyDraft, field: str) -> None:
    """A refusal names the field."""
    with pytest.raises(InvalidArgument) as caught:
        credentials.check_api_key(draft, NOW)
    assert caught.value.field == field


@given(st.integers(min_value=1, max_value=2**63 - 1), st.text(max_size=20))
def test_page_tokens_come_back(last_id: int, name: str) -> None:
    """A list's own token says where its next page begins."""
    tokens = PageTokens(SECRET)
    assert tokens.read(tokens.make(last_id, name), name) == last_id


@given(st.text(min_size=1, max_size=40))
def test_foreign_page_tokens_are_refused(text: str) -> None:
    """What we did not make is refused, not guessed at."""
    with pytest.raises(InvalidArgument):
        PageTokens(SECRET).read(text, "list")


def test_page_tokens_hold_what_a_list_is_ordered_by() -> None:
    """Signed along; one with such a text is none of a list without, and an id's token says the same as ever."""
    tokens = PageTokens("s" * 32)
    token = tokens.make(7, "list", "abc")
    assert tokens.read_keyed(token, "list") == (7, "abc")
    assert tokens.read_keyed(tokens.make(7, "list"), "list") == (7, "")
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), token[:32], token + "AAAA"):
        with pytest.raises(InvalidArgument):
            tokens.read_keyed(wrong, "list")


def test_page_token_is_bound_to_list_and_secret() -> None:
    """A token of other filters, another owner or another installation is refused."""
    tokens = PageTokens(SECRET)
    mine = LinkFilter(owner_id=2, tag="a")
    token = tokens.make(5, mine.list_name)
    for other in (replace(mine, owner_id=3), replace(mine, tag="b"), replace(mine, tag="", query="a")):
        with pytest.raises(InvalidArgument):
            tokens.read(token, other.list_name)
    with pytest.raises(InvalidArgument):
        PageTokens("t" * 32).read(token, mine.list_name)
    assert tokens.read("", mine.list_name) is None


def test_idempotent_requests_differ_by_all_that_counts() -> None:
    """Same request, same fingerprint; a difference anywhere, in password or token wish too, makes another."""
    hashes = IdempotencyHashes(SECRET)
    first = hashes.request("key", DRAFT, issue_edit_token=False)
    assert first == hashes.request("key", DRAFT, issue_edit_token=False)
    for other in (
        hashes.request("key", replace(DRAFT, password="x"), issue_edit_token=False),
        hashes.request("key", replace(DRAFT, code="abc"), issue_edit_token=False),
        hashes.request("key", replace(DRAFT, fields=replace(DRAFT.fields, title="x")), issue_edit_token=False),
        hashes.request("key", DRAFT, issue_edit_token=True),
    ):
        assert other.key_hash == first.key_hash
        assert other.fingerprint != first.fingerprint


def test_idempotency_keys_are_kept_apart() -> None:
    """Owners, and clients that share an owner, do not meet in one key."""
    hashes = IdempotencyHashes(SECRET)
    keys = {
        hashes.request("key", DRAFT, issue_edit_token=False).key_hash,
        hashes.request("yek", DRAFT, issue_edit_token=False).key_hash,
        hashes.request("key", replace(DRAFT, owner_id=3), issue_edit_token=False).key_hash,
        hashes.request("key", DRAFT, issue_edit_token=False, client="192.0.2.1").key_hash,
    }
    assert len(keys) == 4


def test_idempotency_key_length() -> None:
    """1 to 255 characters."""
    hashes = IdempotencyHashes(SECRET)
    assert hashes.request("k" * 255, DRAFT, issue_edit_token=False)
    with pytest.raises(InvalidArgument):
        hashes.request("k" * 256, DRAFT, issue_edit_token=False)


def test_expiry_is_part_of_the_fingerprint() -> None:
    """Times count like all fields."""
    hashes = IdempotencyHashes(SECRET)
    later = replace(DRAFT, fields=replace(DRAFT.fields, expire_time=NOW + timedelta(hours=1)))
    first = hashes.request("key", DRAFT, issue_edit_token=False)
    assert hashes.request("key", later, issue_edit_token=False).fingerprint != first.fingerprint
