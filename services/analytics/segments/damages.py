"""What one process has found out about the content of files."""

from collections.abc import Iterable, Sequence

from services.analytics.segments.files import SegmentDamaged, SegmentFile


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

    def is_wrong(self, file: SegmentFile) -> bool:
        """Return whether a file was found wrong when it was last looked at."""
        return file in self._wrong

    def note(self, file: SegmentFile, what: str) -> None:
        """Remember that a file is right (what is empty), or what is wrong about it."""
        if what:
            self._right.discard(file)
            self._wrong[file] = what
        else:
            self._right.add(file)
            self._wrong.pop(file, None)
