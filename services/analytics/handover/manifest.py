"""The manifest: a listing as one document that any program reads, with all that is needed to read the files right."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import duckdb

from services.analytics.handover.listing import Listing
from services.analytics.segments.files import SegmentFile
from services.analytics.segments.layout import CLICK_COLUMNS, ORDER, Kind, columns_of, select_again
from services.analytics.segments.registry import Segment

# Raised when a reader of the document would misread the next one; new names alone do not raise it.
FORMAT: Final = 1
# What files of any kind have.
_ALL_COLUMNS: Final[Mapping[str, str]] = {
    **CLICK_COLUMNS,
    "visitor_hash": "BIGINT",
    "dimension": "SMALLINT",
    "day": "DATE",
    "value": "VARCHAR",
    "detail": "VARCHAR",
    "start": "TIMESTAMPTZ",
    "first_time": "TIMESTAMPTZ",
    "last_time": "TIMESTAMPTZ",
    "clicks": "BIGINT",
    "human_clicks": "BIGINT",
}


def manifest_of(listing: Listing, location: str) -> dict[str, Any]:
    """Return the document of a listing, of values that JSON knows; docs/scaling.md explains it.

    location is the folder of the segments, or s3://bucket/prefix.
    """
    return {
        "format": FORMAT,
        "taken_time": _text(listing.taken_time),
        "raw_since": _text(listing.raw_since) if listing.raw_since else None,
        "settled": _by_source(listing.settled),
        "stored": _by_source(listing.stored),
        "newest_clicks": listing.newest,
        "pin": {"id": listing.pin.id, "ends": _text(listing.pin.ends)} if listing.pin else None,
        "kinds": schema(),
        "segments": [_segment(segment, listing, location) for segment in listing.segments],
    }


def paths_of(listing: Listing, location: str, kind: Kind) -> list[str]:
    """Return where the files of one kind are; segments whose raw clicks were dropped have none of these."""
    return [path_of(location, files[kind]) for segment in listing.segments if kind in (files := readable(segment))]


def readable(segment: Segment) -> dict[Kind, SegmentFile]:
    """Return the files of a segment that may be read."""
    return {kind: file for kind, file in segment.files.items() if kind is not Kind.CLICKS or segment.has_clicks}


def path_of(location: str, file: SegmentFile) -> str:
    """Return the absolute path of a file, or its URL."""
    if "://" in location:
        return f"{location.rstrip('/')}/{file.name}"
    return str(Path(location).absolute() / file.name)


def schema() -> dict[str, Any]:
    """Return by kind the columns with their types in SQL, and the columns that rows are ordered by."""
    with duckdb.connect(":memory:") as duck:
        duck.execute(f"CREATE TABLE everything ({columns_of(_ALL_COLUMNS)})")
        return {
            str(kind): {"columns": dict(_columns(duck, kind)), "ordered_by": ORDER[kind].split(", ")} for kind in Kind
        }


def _columns(duck: duckdb.DuckDBPyConnection, kind: Kind) -> Iterator[tuple[str, str]]:
    """Yield names and types as the statement has them that files are written with."""
    for name, type_, *_ in duck.execute(f"DESCRIBE {select_again(kind, 'everything')}").fetchall():
        yield name, type_


def _segment(segment: Segment, listing: Listing, location: str) -> dict[str, Any]:
    return {
        "name": segment.name,
        "month": f"{segment.month:%Y-%m}",
        "rows": segment.rows,
        "has_clicks": segment.has_clicks,
        "first_time": _text(segment.first_time),
        "last_time": _text(segment.last_time),
        "definition": segment.definition,
        "erased": [{"owner_id": owner, "link_id": link} for owner, link in listing.erased_from(segment)],
        "files": {
            str(kind): {"path": path_of(location, file), "bytes": file.bytes, "sha256": file.sha256}
            for kind, file in readable(segment).items()
        },
    }


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _by_source(marks: Mapping[UUID, int]) -> dict[str, int]:
    return {str(source): mark for source, mark in sorted(marks.items())}
