"""Where exported rows go: a stream, or a file that is whole when it has its name and can be gone on with until then."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final, Protocol

from linkmeter.moving.exporting.columns import Row
from linkmeter.moving.exporting.text_formats import TextFormat

_CHUNK: Final = 1 << 20


class ExportError(Exception):
    """An export cannot be written; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Written:
    """A finished export."""

    rows: int
    bytes: int
    sha256: str  # of the whole file, hexadecimal


class Output(Protocol):
    """Takes rows in batches."""

    @property
    def rows(self) -> int:
        """How many rows it has, those of an interrupted run included."""
        ...

    @property
    def place(self) -> str:
        """The place that came with the last batch that it has for sure; empty when there is none."""
        ...

    def append(self, rows: Sequence[Row], place: str) -> None:
        """Take rows; the place says where reading may go on after them."""
        ...

    def finish(self) -> Written:
        """End the export."""
        ...


class StreamOutput:
    """Writes to a stream, for instance standard output. An interrupted run leaves no place to go on from."""

    place: Final = ""

    def __init__(self, stream: IO[bytes], text_format: TextFormat) -> None:
        self._stream = stream
        self._format = text_format
        self._digest = hashlib.sha256()
        self.rows = 0
        self._bytes = 0
        self._write(text_format.head())

    def append(self, rows: Sequence[Row], place: str) -> None:
        """Write rows."""
        _ = place
        self._write(self._format.encode(rows))
        self.rows += len(rows)

    def finish(self) -> Written:
        """Flush the stream, which stays open."""
        self._stream.flush()
        return Written(self.rows, self._bytes, self._digest.hexdigest())

    def _write(self, content: bytes) -> None:
        self._stream.write(content)
        self._digest.update(content)
        self._bytes += len(content)


@dataclass(frozen=True, slots=True)
class Progress:
    """What an unfinished file has for sure."""

    request: str  # what was asked for: another export does not go on with this file
    rows: int = 0
    bytes: int = 0
    place: str = ""


class FileOutput:
    """Writes FILE.part, and beside it FILE.part.json, from which an interrupted run goes on; at the end it is FILE."""

    def __init__(
        self, path: Path, text_format: TextFormat, *, request: str, overwrite: bool = False, resume: bool = True
    ) -> None:
        """Go on with an export, or without resume begin anew.

        Raise ExportError when FILE is there and may not be overwritten, or when FILE.part is of another request.
        """
        check_target(path, overwrite=overwrite)
        self._path = path
        self._format = text_format
        self._part = path.with_name(f"{path.name}.part")
        self._progress_file = ProgressFile(self._part.with_name(f"{self._part.name}.json"), request)
        self._progress = self._progress_file.read() if resume else Progress(request)
        self._digest = hashlib.sha256()
        self._file = self._reopened() if self._progress.place else self._begun()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self._progress.rows

    @property
    def place(self) -> str:
        """Where to go on."""
        return self._progress.place

    def append(self, rows: Sequence[Row], place: str) -> None:
        """Write rows, then their place: what is behind the last place is cut off when a run goes on."""
        content = self._format.encode(rows)
        self._write(content)
        self._file.flush()
        self._progress = Progress(
            self._progress.request, self._progress.rows + len(rows), self._progress.bytes + len(content), place
        )
        self._progress_file.write(self._progress)

    def finish(self) -> Written:
        """Give the file its name."""
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self._path)
        self._progress_file.remove()
        return Written(self._progress.rows, self._progress.bytes, self._digest.hexdigest())

    def _begun(self) -> IO[bytes]:
        file = self._part.open("wb")
        head = self._format.head()
        file.write(head)
        self._digest.update(head)
        self._progress = Progress(self._progress.request, bytes=len(head))
        return file

    def _reopened(self) -> IO[bytes]:
        """Open what is there for appending, without what came after the last known place."""
        file = self._part.open("r+b")
        left = self._progress.bytes
        while left and (chunk := file.read(min(left, _CHUNK))):
            self._digest.update(chunk)
            left -= len(chunk)
        if left:
            file.close()
            raise ExportError(
                f"{self._part} is shorter than {self._progress_file.path} says; delete both to begin anew"
            )
        file.truncate()
        return file

    def _write(self, content: bytes) -> None:
        self._file.write(content)
        self._digest.update(content)


class ProgressFile:
    """Keeps Progress beside an unfinished file; what it holds is always one whole state."""

    def __init__(self, path: Path, request: str) -> None:
        self.path = path
        self._request = request

    def read(self) -> Progress:
        """Return what is there; an empty Progress when nothing is. Raise ExportError when it is another request's."""
        try:
            known = Progress(**json.loads(self.path.read_bytes()))
        except FileNotFoundError:
            return Progress(self._request)
        except (ValueError, TypeError):
            raise ExportError(f"{self.path} cannot be read; delete it to begin anew") from None
        if known.request != self._request:
            raise ExportError(f"{self.path} is of another export; delete it to begin anew, or choose another file")
        return known

    def write(self, progress: Progress) -> None:
        """Replace what is there."""
        new = self.path.with_name(f"{self.path.name}.new")
        new.write_text(json.dumps(asdict(progress)))
        new.replace(self.path)

    def remove(self) -> None:
        """Forget."""
        self.path.unlink(missing_ok=True)


def check_target(path: Path, *, overwrite: bool) -> None:
    """Raise ExportError when a file is there that was not said to be overwritten, or its folder is missing."""
    if not path.parent.is_dir():
        raise ExportError(f"the folder {path.parent} is not there")
    if path.is_dir() or (path.exists() and not overwrite):
        raise ExportError(f"{path} is there already; choose another name or say --overwrite")


def request_text(**request: Any) -> str:
    """Return what an export was asked for as text that is the same for the same request."""
    return json.dumps(request, sort_keys=True, default=str)
