"""Write an archive: the clicks first, newest first as they are listed, then turned round into parts, and the links."""

import hashlib
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from linkmeter.analytics.v1 import clicks_pb2
from linkmeter.links.v1 import links_pb2
from linkmeter.moving.archive.layout import (
    ARCHIVED_CLICK,
    ARCHIVED_LINK,
    CLICKS,
    DELETED_LINKS,
    LINKS,
    MANIFEST,
    ROWS_IN_PART,
    Manifest,
    Member,
    entry,
    part,
)
from linkmeter.moving.exporting.batches import batches_of, export
from linkmeter.moving.exporting.clicks import ListClicks, Place, clicks_after
from linkmeter.moving.exporting.columns import row_of
from linkmeter.moving.exporting.outputs import FileOutput, Written, check_target
from linkmeter.moving.exporting.text_formats import JsonLinesFormat

_TABLES: Final = """
CREATE TABLE links (domain, code, PRIMARY KEY (domain, code)) WITHOUT ROWID;
CREATE TABLE clicked (domain, code, destination, PRIMARY KEY (domain, code)) WITHOUT ROWID;
"""
_DELETED: Final = """
SELECT domain, code, destination FROM clicked
WHERE NOT EXISTS (SELECT 1 FROM links WHERE links.domain = clicked.domain AND links.code = clicked.code)
ORDER BY domain, code
"""


def write_archive(
    path: Path,
    *,
    list_clicks: ListClicks,
    list_links: Callable[[], Iterable[links_pb2.Link]],
    request: str,
    overwrite: bool = False,
    advance_clicks: Callable[[int], None] = lambda _: None,
    advance_links: Callable[[int], None] = lambda _: None,
) -> tuple[Manifest, Written]:
    """Write an account's archive, going on where an interrupted run for the same request was.

    Until it is whole, everything lies in FILE.part/. Raise ExportError when it cannot be written.
    """
    check_target(path, overwrite=overwrite)
    folder = path.with_name(f"{path.name}.part")
    # Clicks have addresses of people.
    folder.mkdir(mode=0o700, exist_ok=True)
    clicks = folder / "clicks.jsonl"
    if not clicks.exists():
        _gather_clicks(clicks, list_clicks, request, advance_clicks)
    whole = folder / "archive.zip"
    whole.touch(mode=0o600)
    with zipfile.ZipFile(whole, "w", allowZip64=True) as archive:
        manifest = _Members(archive).write(clicks, list_links(), advance_links)
    with whole.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    written = Written(manifest.links + manifest.clicks, whole.stat().st_size, digest)
    whole.replace(path)
    shutil.rmtree(folder)
    return manifest, written


def _gather_clicks(path: Path, list_clicks: ListClicks, request: str, advance: Callable[[int], None]) -> None:
    """Bring all clicks into one file, newest first; it has its name once it is complete."""
    output = FileOutput(path, JsonLinesFormat(ARCHIVED_CLICK, sparse=True), request=request)
    advance(output.rows)
    clicks: Iterable[clicks_pb2.Click] = clicks_after(output.place, list_clicks, None)
    export(clicks, ARCHIVED_CLICK, output, place_of=lambda click: str(Place.of(click)), advance=advance)


class _Members:
    """Writes an archive's members and keeps the list of them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._members: list[Member] = []
        # An empty name: a database in a temporary file, which is deleted when it is closed.
        self._database = sqlite3.connect("")
        self._database.executescript(_TABLES)

    def write(self, clicks: Path, links: Iterable[links_pb2.Link], advance_links: Callable[[int], None]) -> Manifest:
        """Write all members, the manifest last."""
        try:
            clicks_count = self._write_parts(CLICKS, self._click_lines(clicks))
            links_count = self._write_parts(LINKS, self._link_lines(links, advance_links))
            deleted = self._write_parts(DELETED_LINKS, batches_of(self._deleted_lines(), ROWS_IN_PART))
        finally:
            self._database.close()
        manifest = Manifest(links_count, deleted, clicks_count, tuple(self._members))
        self._archive.writestr(entry(MANIFEST), manifest.to_json())
        return manifest

    def _write_parts(self, kind: str, parts: Iterable[list[bytes]]) -> int:
        """Write the members of a kind and return how many lines they have in all."""
        rows = 0
        for number, lines in enumerate(parts, 1):
            content = b"".join(lines)
            name = part(kind, number)
            self._archive.writestr(entry(name), content)
            self._members.append(Member(name, len(lines), hashlib.sha256(content).hexdigest()))
            rows += len(lines)
        return rows

    def _click_lines(self, path: Path) -> Iterator[list[bytes]]:
        """Yield the lines of the clicks, oldest first, a part at a time."""
        with path.open("rb") as file:
            starts = list(_starts_of_blocks(file))
            end = path.stat().st_size
            # Parts are counted from the oldest click, blocks from the newest: the first part may be a short block.
            for start in reversed(starts):
                file.seek(start)
                lines = file.read(end - start).splitlines(keepends=True)
                end = start
                lines.reverse()
                self._note_clicked(lines)
                yield lines

    def _note_clicked(self, lines: list[bytes]) -> None:
        """Remember which links have clicks, and where the newest of each led."""
        clicks: Iterator[Any] = map(json.loads, lines)
        led = {(click.get("domain", ""), click.get("code", "")): click.get("destination", "") for click in clicks}
        self._database.executemany(
            "INSERT OR REPLACE INTO clicked VALUES (?, ?, ?)", ((*link, led[link]) for link in led)
        )

    def _link_lines(self, links: Iterable[links_pb2.Link], advance: Callable[[int], None]) -> Iterator[list[bytes]]:
        lines = JsonLinesFormat(ARCHIVED_LINK, sparse=True)
        for batch in batches_of(links, ROWS_IN_PART):
            names = ((link.domain, link.code) for link in batch)
            self._database.executemany("INSERT OR IGNORE INTO links VALUES (?, ?)", names)
            yield [lines.encode([row_of(ARCHIVED_LINK, link)]) for link in batch]
            advance(len(batch))

    def _deleted_lines(self) -> Iterator[bytes]:
        for domain, code, destination in self._database.execute(_DELETED):
            row = {"domain": domain, "code": code, "destination": destination}
            yield json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _starts_of_blocks(file: Any) -> Iterator[int]:
    """Yield where each block of ROWS_IN_PART lines begins in a file of lines."""
    position = 0
    for number, line in enumerate(file):
        if number % ROWS_IN_PART == 0:
            yield position
        position += len(line)
