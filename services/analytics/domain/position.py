"""Positions in the order in which clicks are stored, and the tokens by which watchers name them."""

import base64
import binascii
import hmac
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from services.analytics.domain.click import ClickFields
from services.common import keyed_hash
from services.common.errors import FailedPrecondition, InvalidArgument

GOOD_FOR: Final = timedelta(hours=24)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_VERSION: Final = b"\1"
_TIME: Final = struct.Struct(">q")
_MARK: Final = struct.Struct(">16sq")
_SIGNATURE_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class Position:
    """Which clicks a watcher has: of each source those up to a sequence; of a source that is not named, none.

    Clicks of several sources are stored side by side, those of one in the order of their sequences: so none that is
    stored late is passed over, as it might be by a single number for all sources.
    """

    marks: Mapping[UUID, int]
    # It has all that was stored by this moment, by PostgreSQL's clock.
    time: datetime

    def covers(self, other: "Position") -> bool:
        """Say whether it has every click that another position has."""
        return self.has(other.marks)

    def has(self, marks: Mapping[UUID, int]) -> bool:
        """Say whether it has every click up to marks."""
        return all(self.marks.get(source, 0) >= mark for source, mark in marks.items())

    def is_before(self, click: ClickFields) -> bool:
        """Say whether a click is still to come."""
        return bool(click["sequence"] > self.marks.get(click["source"], 0))

    def after(self, clicks: Iterable[ClickFields]) -> "Position":
        """Return the position behind clicks, which are the next ones of their sources."""
        return replace(self, marks={**self.marks, **{click["source"]: click["sequence"] for click in clicks}})

    def joined(self, other: "Position") -> "Position":
        """Return the position that has what either has; the other one is the newer."""
        marks = {source: max(mark, self.marks.get(source, 0)) for source, mark in other.marks.items()}
        return Position({**self.marks, **marks}, other.time)

    def check(self, now: datetime) -> None:
        """Raise FailedPrecondition when it is too old to go on from."""
        if now - self.time > GOOD_FOR:
            hours = GOOD_FOR // timedelta(hours=1)
            lost = FailedPrecondition(f"the position is older than {hours} hours; begin without a resume_token")
            lost.reason = "POSITION_LOST"
            raise lost


class ResumeTokens:
    """Writes and reads positions under a key, in a form that callers can neither read into, bend nor cut."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, position: Position) -> str:
        """Return the token of a position."""
        microseconds = (position.time - _EPOCH) // timedelta(microseconds=1)
        marks = b"".join(_MARK.pack(source.bytes, mark) for source, mark in sorted(position.marks.items()))
        content = _VERSION + _TIME.pack(microseconds) + marks
        return base64.urlsafe_b64encode(content + self._signature(content)).decode().rstrip("=")

    def read(self, token: str) -> Position | None:
        """Read a token, None for the empty one; raise InvalidArgument when it is none of ours."""
        if not token:
            return None
        try:
            signed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            signed = b""
        content, signature = signed[:-_SIGNATURE_BYTES], signed[-_SIGNATURE_BYTES:]
        if not content.startswith(_VERSION) or not hmac.compare_digest(signature, self._signature(content)):
            raise InvalidArgument("resume_token", "is none of ours")
        (microseconds,) = _TIME.unpack_from(content, len(_VERSION))
        marks = _MARK.iter_unpack(content[len(_VERSION) + _TIME.size :])
        return Position(
            {UUID(bytes=source): mark for source, mark in marks}, _EPOCH + timedelta(microseconds=microseconds)
        )

    def _signature(self, content: bytes) -> bytes:
        return keyed_hash.sign(self._key, content.hex())[:_SIGNATURE_BYTES]
