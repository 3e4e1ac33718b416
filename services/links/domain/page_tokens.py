"""Page tokens: where the next page of a list begins, bound to the list that they were made for."""

import base64
import binascii
import hmac
from typing import Final

from services.common import keyed_hash
from services.common.errors import InvalidArgument

_ID_BYTES: Final = 8
_SIGNATURE_BYTES: Final = 16


class PageTokens:
    """Makes and reads page tokens under one key."""

    def __init__(self, secret: str) -> None:
        self._key = keyed_hash.derive(secret, "page-token")

    def make(self, last_id: int, list_name: str) -> str:
        """Make the token of the page that follows an id in a list."""
        data = last_id.to_bytes(_ID_BYTES) + self._signature(last_id, list_name)
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    def read(self, token: str, list_name: str) -> int | None:
        """Return the id that the page follows; None for the first page; InvalidArgument when it is not this list's."""
        if not token:
            return None
        try:
            data = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as problem:
            raise _refusal() from problem
        last_id = int.from_bytes(data[:_ID_BYTES])
        if not hmac.compare_digest(data[_ID_BYTES:], self._signature(last_id, list_name)):
            raise _refusal()
        return last_id

    def _signature(self, last_id: int, list_name: str) -> bytes:
        return keyed_hash.sign(self._key, last_id, list_name)[:_SIGNATURE_BYTES]


def _refusal() -> InvalidArgument:
    return InvalidArgument("page_token", "is not the token of a next page of this list")
