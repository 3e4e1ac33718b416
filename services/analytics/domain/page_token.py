"""Page tokens: where a page ended, in a form that callers can neither read into nor bend."""

import base64
import binascii
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from services.common import keyed_hash
from services.common.errors import InvalidArgument

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE: Final = struct.Struct(">q16sq")
_SIGNATURE_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last click of a page."""

    time: datetime
    source: UUID
    sequence: int


class PageTokens:
    """Writes and reads tokens under a key; a token is good for one listing, which its fingerprint names."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, cursor: Cursor, fingerprint: str) -> str:
        """Return the token of a place in a listing."""
        microseconds = (cursor.time - _EPOCH) // timedelta(microseconds=1)
        place = _PLACE.pack(microseconds, cursor.source.bytes, cursor.sequence)
        return base64.urlsafe_b64encode(place + self._signature(place, fingerprint)).decode().rstrip("=")

    def read(self, token: str, fingerprint: str) -> Cursor | None:
        """Read a token, None for the empty one; raise InvalidArgument when it is not ours, or of another listing."""
        if not token:
            return None
        try:
            content = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            content = b""
        place, signature = content[: _PLACE.size], content[_PLACE.size :]
        if len(place) < _PLACE.size or not hmac.compare_digest(signature, self._signature(place, fingerprint)):
            raise InvalidArgument("page_token", "is none of ours, or of another request")
        microseconds, source, sequence = _PLACE.unpack(place)
        return Cursor(_EPOCH + timedelta(microseconds=microseconds), UUID(bytes=source), sequence)

    def _signature(self, place: bytes, fingerprint: str) -> bytes:
        return keyed_hash.sign(self._key, place.hex(), fingerprint)[:_SIGNATURE_BYTES]
