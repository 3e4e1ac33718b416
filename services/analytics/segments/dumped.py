"""Read which files a dump of the database names: the rows of its table segments, as pg_restore writes them."""

import json
import re
from collections.abc import Iterable
from typing import Final

from services.analytics.segments.files import SegmentFile

_BEGIN: Final = re.compile(rb"COPY analytics\.segments \((.*)\) FROM stdin;")
_END: Final = b"\\."
_NULL: Final = "\\N"


def files_in(script: Iterable[bytes]) -> list[SegmentFile]:
    """Return the files of the segments that count, from the lines of a script; none when the table is not in it."""
    files: list[SegmentFile] = []
    columns: list[str] = []
    for line in script:
        row = line.rstrip(b"\n")
        if begin := _BEGIN.fullmatch(row):
            columns = begin[1].decode().split(", ")
        elif row == _END:
            columns = []
        elif columns:
            # Nothing in these columns has to be escaped.
            values = dict(zip(columns, row.decode().split("\t"), strict=True))
            if values["retired_time"] == _NULL:
                files += _files_of(values["name"], values["files"])
    return files


def _files_of(segment: str, text: str) -> list[SegmentFile]:
    return [
        SegmentFile(f"{segment}/{kind}.parquet", about["bytes"], about["sha256"])
        for kind, about in json.loads(text).items()
    ]
