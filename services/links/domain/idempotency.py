"""Idempotency keys: a repeated create answers the first one's link."""

import dataclasses
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from services.common import keyed_hash
from services.common.errors import InvalidArgument
from services.links.domain.link import LinkDraft

MAX_KEY: Final = 255
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
        """Describe a create; `client` keeps apart the keys of clients that share an owner."""
        if not 1 <= len(key) <= MAX_KEY:
            raise InvalidArgument("idempotency_key", f"must have 1 to {MAX_KEY} characters")
        parts = [repr(value) for value in dataclasses.astuple(draft)]
        return IdempotentRequest(
            owner_id=draft.owner_id,
            key_hash=keyed_hash.sign(self._key, "key", draft.owner_id, client, key),
            fingerprint=keyed_hash.sign(self._key, "request", issue_edit_token, *parts),
        )
