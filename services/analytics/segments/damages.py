"""What one process has found out about the content of files."""

from collections.abc import Iterable, Sequence

from services.analytics.segments.files import SegmentDamaged, SegmentFile
from services.runtime import log

_logger = log.get(__name__)


class Damages:
    """Remembers which files were found right, and refuses those that were found wrong."""

    def __init__(self) -> None:
        self._right: set[SegmentFile] = set()
        self._wrong: dict[SegmentFile, str] = {}

    def refuse(self, files: Iterable[SegmentFile]) -> None:
        """Raise SegmentDamaged for the first file that was found wrong."""
        if self._wrong:
            for file in files:
                if what := self._wrong.get(file):
                    raise SegmentDamaged(file.name, what)

    def unproven(self, files: Sequence[SegmentFile]) -> Sequence[SegmentFile]:
        """Return those of all live files that must be read; forget what was right and is not among them."""
        self._right.intersection_update(files)
        return [file for file in files if file not in self._right]

    def note(self, file: SegmentFile, what: str) -> None:
        """Remember that a file is right (what is empty), or what is wrong about it, and log it if it is news."""
        if not what:
            self._right.add(file)
            if self._wrong.pop(file, ""):
                _logger.info("segment_file_mended", name=file.name)
        elif self._wrong.get(file) != what:
            self._right.discard(file)
            self._wrong[file] = what
            _logger.error("segment_file_damaged", name=file.name, what=what)
