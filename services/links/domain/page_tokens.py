"""Page tokens: where the next page of a list begins, bound to the list that they were made for."""

import base64
import binascii
import hmac
from typing import Final

from services.common import keyed_hash
from services.common.errors import InvalidArgument

_ID_BYTES: Final = 8
_SIGNATURE_BYTES: Final = 16
_HEAD_BYTES: Final = _ID_BYTES + _SIGNATURE_BYTES


class PageTokens:
    """Makes and reads page tokens under one key."""

    def __init__(self, secret: str) -> None:
        self._key = keyed_hash.derive(secret, "page-token")

    def make(self, last_id: int, list_name: str, key: str = "") -> str:
        """Make the token of the page that follows an id in a list; of one by another order, with what that is."""
        data = last_id.to_bytes(_ID_BYTES) + self._signature(last_id, list_name, key) + key.encode()
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    def read(self, token: str, list_name: str) -> int | None:
        """Return the id that the page follows; None for the first page; InvalidArgument when it is not this list's."""
        found = self.read_keyed(token, list_name)
        return found[0] if found else None

    def read_keyed(self, token: str, list_name: str) -> tuple[int, str] | None:
        """Return the id and the key that the page follows, as read does."""
        if not token:
            return None
        try:
            data = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
            key = data[_HEAD_BYTES:].decode()
        except (binascii.Error, ValueError) as problem:
            raise _refusal() from problem
        last_id = int.from_bytes(data[:_ID_BYTES])
        if not hmac.compare_digest(data[_ID_BYTES:_HEAD_BYTES], self._signature(last_id, list_name, key)):
            raise _refusal()
        return last_id, key

    def _signature(self, last_id: int, list_name: str, key: str) -> bytes:
        parts = (last_id, list_name, key) if key else (last_id, list_name)
        return keyed_hash.sign(self._key, *parts)[:_SIGNATURE_BYTES]


def _refusal() -> InvalidArgument:
    return InvalidArgument("page_token", "is not the token of a next page of this list")
