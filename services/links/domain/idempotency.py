"""Idempotency keys: a repeated create returns the first one's link."""

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Final

from services.common import keyed_hash
from services.common.errors import InvalidArgument
from services.links.domain.link import LinkDraft

MAX_KEY: Final = 255
# The fields of links of the first version, in the order in which it hashed them. What came later is hashed by its name,
# and only when it differs from its default: so a request has one fingerprint in all versions that know its fields, also
# while old and new ones run side by side. Never change this.
_FIRST_FIELDS: Final = (
    *("destination", "title", "tags", "redirect_status", "valid_from_time", "expire_time", "max_clicks", "archived"),
    *("note", "private_stats", "block_bots", "expired_destination"),
)
LIFETIME: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class IdempotentRequest:
    """A create under an idempotency key, by hashes: the key's within its owner, and the request's."""

    owner_id: int
    key_hash: bytes
    fingerprint: bytes


class IdempotencyHashes:
    """Hashes idempotency keys and requests under a secret, because requests hold passwords."""

    def __init__(self, secret: str) -> None:
        self._key = keyed_hash.derive(secret, "idempotency")

    def request(self, key: str, draft: LinkDraft, *, issue_edit_token: bool, client: str = "") -> IdempotentRequest:
        """Describe a create; `client` keeps apart the keys of clients that share an owner.

        Raises InvalidArgument for a key that is too long.
        """
        if not 1 <= len(key) <= MAX_KEY:
            raise InvalidArgument("idempotency_key", f"must have 1 to {MAX_KEY} characters")
        return IdempotentRequest(
            owner_id=draft.owner_id,
            key_hash=keyed_hash.sign(self._key, "key", draft.owner_id, client, key),
            fingerprint=keyed_hash.sign(self._key, "request", issue_edit_token, *_parts(draft)),
        )


def _parts(draft: LinkDraft) -> list[str]:
    """Write all that a request asks for, in pieces that no two requests share."""
    first = tuple(getattr(draft.fields, name) for name in _FIRST_FIELDS)
    parts = [draft.owner_id, draft.domain_id, draft.host, draft.public_url, draft.code, first, draft.password]
    values = {field.name: getattr(draft.fields, field.name) for field in fields(draft.fields)}
    defaults = {field.name: field.default for field in fields(draft.fields) if field.name not in _FIRST_FIELDS}
    later = [f"{name}={values[name]!r}" for name in sorted(defaults) if values[name] != defaults[name]]
    return [*map(repr, parts), *later]
