"""What makes two creates under one idempotency key the same."""

from dataclasses import Field, fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.common import keyed_hash
from services.links.domain.idempotency import IdempotencyHashes
from services.links.domain.link import LinkDraft, LinkFields

SECRET = "s" * 32
DRAFT = LinkDraft(
    owner_id=2,
    domain_id=1,
    host="sho.rt",
    public_url="https://sho.rt",
    code="",
    fields=LinkFields(destination="https://e.example/", tags=("a",), expire_time=datetime(2030, 1, 1, tzinfo=UTC)),
    password="secret",
)


def fingerprint(draft: LinkDraft) -> bytes:
    """Return what stands for the request."""
    return IdempotencyHashes(SECRET).request("key", draft, issue_edit_token=False).fingerprint


def test_a_request_has_the_fingerprint_that_the_first_version_gave_it() -> None:
    """Old and new versions run side by side, and a key lives for a day: repeats cross an upgrade both ways."""
    expiry = "datetime.datetime(2030, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)"
    written = [
        *("2", "1", "'sho.rt'", "'https://sho.rt'", "''"),
        f"('https://e.example/', '', ('a',), 302, None, {expiry}, 0, False, '', False, False, '')",
        "'secret'",
    ]
    key = keyed_hash.derive(SECRET, "idempotency")
    assert fingerprint(DRAFT) == keyed_hash.sign(key, "request", False, *written)


def test_a_field_that_came_later_counts_when_it_says_something() -> None:
    """By its name: another value is another request."""
    drafts = [replace(DRAFT, fields=replace(DRAFT.fields, indexable=value)) for value in (None, True, False)]
    assert len({fingerprint(draft) for draft in drafts}) == 3
    assert fingerprint(drafts[0]) == fingerprint(DRAFT)


@pytest.mark.parametrize("field", fields(LinkFields), ids=lambda field: field.name)
def test_every_field_of_a_link_is_part_of_the_request(field: Field[Any]) -> None:
    """Also each that will be added."""
    change: dict[str, Any] = {field.name: "something else"}
    other = replace(DRAFT, fields=replace(DRAFT.fields, **change))
    assert fingerprint(other) != fingerprint(DRAFT)
