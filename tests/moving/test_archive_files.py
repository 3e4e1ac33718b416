"""Archives as files: equal content is equal bytes, and one that is not whole is never half imported."""

import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from linkmeter.analytics.v1 import clicks_pb2
from linkmeter.links.v1 import links_pb2
from linkmeter.moving.archive.items import ArchivedClick, ArchivedLink
from linkmeter.moving.archive.writing import write_archive
from linkmeter.moving.origin import OriginError, Problem
from linkmeter.moving.origins.archive import ArchiveOrigin

NEWEST = datetime(2026, 5, 1, tzinfo=UTC)


def links() -> list[links_pb2.Link]:
    """Return links with everything that a link may have."""
    full = links_pb2.Link(
        link_id=7,
        domain="sho.rt",
        code="full",
        destination="https://example.com/ü?a=%0D",
        title="Title",
        tags=["a", "b|c"],
        redirect_status=308,
        disabled=True,
        max_clicks=9,
        consumed_clicks=4,
        archived=True,
        note="first\nsecond",
        private_stats=False,
        block_bots=True,
        expired_destination="https://example.com/over",
        indexable=True,
        forward_query=links_pb2.FORWARD_QUERY_ALL,
        clicks_before_import=12,
    )
    full.create_time.FromDatetime(NEWEST - timedelta(days=900))
    full.expire_time.FromDatetime(NEWEST - timedelta(days=1))
    locked = links_pb2.Link(domain="sho.rt", code="locked", destination="https://example.com/", has_password=True)
    return [full, locked]


def clicks(until: datetime | None) -> Iterator[clicks_pb2.Click]:
    """List clicks as the server does."""
    _ = until
    for number in range(10, 0, -1):
        click = clicks_pb2.Click(
            click_id=f"source/{number}",
            domain="sho.rt",
            code="full" if number % 2 else "gone",
            destination=f"https://example.com/{number}",
            http_status=302,
            ip="198.51.100.7",
            utm_source="a&b",
            click_class=clicks_pb2.CLICK_CLASS_PREFETCH,
        )
        click.time.FromDatetime(NEWEST - timedelta(seconds=10 - number))
        yield click


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an archive of several parts."""
    monkeypatch.setattr("linkmeter.moving.archive.writing.ROWS_IN_PART", 4)
    path = tmp_path / "archive.zip"
    write_archive(path, list_clicks=clicks, list_links=links, request="r")
    return path


def test_what_went_in_comes_out(archive: Path) -> None:
    origin = ArchiveOrigin(path=archive)
    full, locked, gone = origin.links()
    assert isinstance(full, ArchivedLink)
    original = links()[0]
    for field in ("link_id", "disabled", "consumed_clicks", "create_time", "clicks_before_import"):
        original.ClearField(field)
    assert full.message == original
    assert (full.is_enabled, full.consumed_clicks, full.clicks_before) == (False, 4, 12)
    assert full.create_time == NEWEST - timedelta(days=900)
    assert isinstance(locked, ArchivedLink)
    assert locked.had_password
    assert isinstance(gone, ArchivedLink)
    assert (gone.code, gone.destination, gone.is_deleted) == ("gone", "https://example.com/10", True)
    read = [*origin.clicks()]
    assert all(isinstance(click, ArchivedClick) for click in read)
    first = read[0]
    assert isinstance(first, ArchivedClick)
    assert (first.time, first.query, first.purpose) == (NEWEST - timedelta(seconds=9), "utm_source=a%26b", "prefetch")
    assert (origin.count_links(), origin.count_clicks()) == (3, len(read)) == (3, 10)


def test_parts_are_numbered_from_the_oldest_click(archive: Path) -> None:
    with zipfile.ZipFile(archive) as file:
        names = [name for name in file.namelist() if name.startswith("clicks/")]
        counts = [len(file.read(name).splitlines()) for name in names]
    assert names == ["clicks/000001.jsonl", "clicks/000002.jsonl", "clicks/000003.jsonl"]
    assert counts == [2, 4, 4]


def test_equal_accounts_are_equal_bytes(archive: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.zip"
    write_archive(again, list_clicks=clicks, list_links=links, request="other")
    assert again.read_bytes() == archive.read_bytes()


def test_later_archive_is_of_the_same_account(archive: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.zip"

    def more(until: datetime | None) -> Iterator[clicks_pb2.Click]:
        newest = clicks_pb2.Click(click_id="source/11", domain="sho.rt", code="full")
        newest.time.FromDatetime(NEWEST + timedelta(days=1))
        yield newest
        yield from clicks(until)

    write_archive(later, list_clicks=more, list_links=links, request="r")
    assert ArchiveOrigin(path=later).identity == ArchiveOrigin(path=archive).identity


def test_archive_that_is_cut_off_is_refused(archive: Path) -> None:
    content = archive.read_bytes()
    archive.write_bytes(content[:-30])
    with pytest.raises(OriginError, match="no archive, or not whole"):
        ArchiveOrigin(path=archive)


def test_archive_that_was_changed_is_refused(archive: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b"example.com/9", b"example.net/9"))
    with pytest.raises(OriginError, match=r"is damaged: clicks/000003\.jsonl"):
        [*ArchiveOrigin(path=changed).clicks()]


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (None, "it has no manifest.json"),
        ({"format": "other"}, "it is no archive of Linkmeter"),
        ({"format": "linkmeter-archive", "version": 2}, "of version 2, and this program reads version 1"),
        ({"format": "linkmeter-archive", "version": 1, "members": [{}]}, "manifest lacks something"),
    ],
)
def test_file_that_is_no_archive_is_refused(tmp_path: Path, manifest: object, message: str) -> None:
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("other.txt" if manifest is None else "manifest.json", json.dumps(manifest))
    with pytest.raises(OriginError, match=message):
        ArchiveOrigin(path=path)


def test_row_that_cannot_be_read_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "archive.zip"

    def odd(until: datetime | None) -> Iterator[clicks_pb2.Click]:
        for number, click in enumerate(clicks(until)):
            if number == 3:
                click.ClearField("time")
            yield click

    write_archive(path, list_clicks=odd, list_links=links, request="r")
    problems = [item for item in ArchiveOrigin(path=path).clicks() if isinstance(item, Problem)]
    assert [(problem.place, problem.reason) for problem in problems] == [
        ("clicks/000001.jsonl line 7", "UNREADABLE_ROW")
    ]
