"""An archive of an account of Linkmeter, as `linkmeter export archive` writes it."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from linkmeter.moving.archive.items import ArchivedClick, click_of, deleted_link_of, link_of
from linkmeter.moving.archive.layout import CLICKS, DELETED_LINKS, LINKS, MANIFEST, Manifest, Member
from linkmeter.moving.origin import OriginError, OriginLink, Problem

_LARGEST_MANIFEST: Final = 16 << 20
# A part has 50,000 clicks; of the longest texts, which no click has all at once, that is more.
_LARGEST_MEMBER: Final = 1 << 30

_T = TypeVar("_T")


class ArchiveOrigin:
    """Reads an archive. Each member is compared with its checksum before anything of it is used."""

    name = "archive"

    def __init__(self, *, path: Path, identity: str = "") -> None:
        """Open an archive.

        Args:
            path: The file.
            identity: What names the account that was archived. Default: a digest of its oldest click, or without clicks
                of its oldest link, so that a later archive of the account goes on where an earlier one ended.

        Raises:
            OriginError: It is no archive, not whole, or of another version.

        """
        self._path = path
        self._archive = self._opened()
        self._manifest = self._read_manifest()
        self.identity = identity or self._digest_of_head()

    def links(self) -> Iterator[OriginLink | Problem]:
        """Yield the links, then those that were deleted and have clicks."""
        yield from self._items(LINKS, link_of)
        yield from self._items(DELETED_LINKS, deleted_link_of)

    def clicks(self) -> Iterator[ArchivedClick | Problem]:
        """Yield the clicks, oldest first."""
        yield from self._items(CLICKS, click_of)

    def count_links(self) -> int:
        """Return how many links there are, deleted ones included."""
        return self._manifest.links + self._manifest.deleted_links

    def count_clicks(self) -> int:
        """Return how many clicks there are."""
        return self._manifest.clicks

    def _opened(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self._path)
        except (OSError, zipfile.BadZipFile) as problem:
            raise OriginError(f"{self._path} is no archive, or not whole: {problem}") from None

    def _read_manifest(self) -> Manifest:
        try:
            if self._archive.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
                raise OriginError(f"{self._path} is no archive of Linkmeter: its manifest is too large")
            return Manifest.from_json(self._archive.read(MANIFEST))
        except KeyError:
            raise OriginError(f"{self._path} is no archive of Linkmeter: it has no {MANIFEST}") from None
        except (ValueError, zipfile.BadZipFile, zlib.error) as problem:
            raise OriginError(f"{self._path} cannot be read: {problem}") from None

    def _parts(self, kind: str) -> list[Member]:
        return sorted(member for member in self._manifest.members if member.name.startswith(f"{kind}/"))

    def _items(self, kind: str, convert: Callable[[Mapping[str, Any], str], _T]) -> Iterator[_T | Problem]:
        for member in self._parts(kind):
            for number, line in enumerate(self._lines(member), 1):
                place = f"{member.name} line {number}"
                try:
                    yield convert(json.loads(line), place)
                except (ValueError, KeyError, TypeError, OverflowError) as problem:
                    yield Problem(place, "UNREADABLE_ROW", f"{type(problem).__name__}: {problem}")

    def _lines(self, member: Member) -> list[bytes]:
        """Return the lines of a member that is as the manifest says."""
        content = self._content(member)
        if hashlib.sha256(content).hexdigest() != member.sha256:
            raise OriginError(f"{self._path} is damaged: {member.name} is not what its manifest says; export it again")
        return content.splitlines()

    def _content(self, member: Member) -> bytes:
        try:
            if self._archive.getinfo(member.name).file_size > _LARGEST_MEMBER:
                raise OriginError(f"{self._path} is damaged: {member.name} is too large")
            return self._archive.read(member.name)
        except KeyError:
            raise OriginError(f"{self._path} is not whole: {member.name} is missing") from None
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError) as problem:
            raise OriginError(f"{self._path} is damaged at {member.name}: {problem}") from None

    def _digest_of_head(self) -> str:
        for member in (*self._parts(CLICKS), *self._parts(LINKS)):
            if lines := self._lines(member):
                return f"sha256:{hashlib.sha256(lines[0]).hexdigest()}"
        return "empty"
