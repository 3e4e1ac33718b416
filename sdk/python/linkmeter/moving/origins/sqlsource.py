"""The text of a dump in chunks, out of which expressions take whole tokens."""

import re
from typing import IO

_CHUNK = 1 << 20
_LONGEST = 1 << 26  # bytes of a token; mysqldump's own longest packet is 24 MiB unless it is told otherwise
_SHOWN = 60


class CutOff(Exception):
    """The text ends where it cannot end."""

    def __init__(self, line: int, offset: int, what: str) -> None:
        super().__init__(f"it ends at line {line}, after {offset:,} bytes: {what}")
        self.line = line


class SyntaxDamage(Exception):
    """The text is none that a dump can hold."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}")
        self.line = line


class SqlSource:
    """A window on a file that moves forward. Counts lines and bytes.

    What an expression matches at the end of the window may go on behind it, so that it is tried again on more text:
    twice as much each time, so that long tokens cost no more than a few times their length.
    """

    def __init__(self, file: IO[bytes], *, offset: int, line: int) -> None:
        self._file = file
        self._data = b""
        self._position = 0
        self._before = offset  # bytes of the file before the window
        self._has_all = False
        self.line = line

    @property
    def offset(self) -> int:
        """Bytes of the file before the position."""
        return self._before + self._position

    def is_at_end(self) -> bool:
        """Say whether nothing follows."""
        return not self.peek(1)

    def peek(self, count: int) -> bytes:
        """Return the next `count` bytes, fewer only at the end, and stay where it is."""
        while len(self._data) - self._position < count and self._read_more():
            pass
        return self._data[self._position : self._position + count]

    def advance(self, count: int) -> None:
        """Step over bytes that were peeked."""
        end = self._position + count
        self.line += self._data.count(b"\n", self._position, end)
        self._position = end

    def advance_over(self, match: re.Match[bytes]) -> None:
        """Step over what `require` has matched."""
        self.advance(match.end() - match.start())

    def take(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """Step over all that a pattern of single characters matches, however far it goes."""
        while True:
            match = pattern.match(self._data, self._position)
            if match is not None:
                self.advance_over(match)
            if self._position < len(self._data) or not self._read_more():
                return match

    def take_line(self, pattern: re.Pattern[bytes]) -> bytes:
        """Step over the rest of the line and return it; empty at the end. Of an endless line, a piece at a time."""
        while self._data.find(b"\n", self._position) < 0 and len(self._data) - self._position < _CHUNK:
            if not self._read_more():
                break
        match = pattern.match(self._data, self._position)
        if match is None:
            return b""
        self.advance_over(match)
        return match[0]

    def require(self, pattern: re.Pattern[bytes], what: str) -> re.Match[bytes]:
        """Return what a pattern with a definite end matches here, and stay where it is.

        Raises:
            CutOff: the text ends before the pattern does.
            SyntaxDamage: no text that follows would match.

        """
        while True:
            match = pattern.match(self._data, self._position)
            if match is not None:
                return match
            if len(self._data) - self._position > _LONGEST:
                start = self._data[self._position : self._position + _SHOWN].decode("utf-8", "replace")
                raise SyntaxDamage(self.line, f"no {what} ends within {_LONGEST >> 20} MiB of {start!r}")
            if not self._read_more():
                raise CutOff(self.line, self._before + len(self._data), f"in the middle of a {what}")

    def skip(self, rest: re.Pattern[bytes]) -> None:
        """Step over the rest of a statement and its semicolon. `rest` matches all up to there, whole strings only.

        Raises:
            CutOff: the text ends before the statement does.
            SyntaxDamage: a string does not end.

        """
        while True:
            match = rest.match(self._data, self._position)
            if match is not None:
                self.advance_over(match)
            if self._data.startswith(b";", self._position):
                self.advance(1)
                return
            if len(self._data) - self._position > _LONGEST:
                raise SyntaxDamage(self.line, f"a string that begins here does not end within {_LONGEST >> 20} MiB")
            if not self._read_more():
                raise CutOff(self.line, self._before + len(self._data), "in the middle of a statement")

    def _read_more(self) -> bool:
        if self._has_all:
            return False
        rest = self._data[self._position :]
        chunk = self._file.read(max(_CHUNK, len(rest)))
        self._before += self._position
        self._data, self._position = rest + chunk, 0
        self._has_all = not chunk
        return bool(chunk)
