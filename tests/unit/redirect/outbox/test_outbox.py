"""The outbox of a running worker."""

import asyncio
from pathlib import Path

from services.redirect.outbox import folder
from services.redirect.outbox.file import ROW_OVERHEAD, NewRow, OutboxFile
from services.redirect.outbox.outbox import DISK_ERROR, DISK_FULL, OUTBOX_FULL, Outbox

MEGABYTE = 1024 * 1024
ROW = NewRow(1, b"x" * 100)


def opened(directory: Path, max_bytes: int = MEGABYTE) -> Outbox:
    outbox = Outbox(directory, max_bytes=max_bytes, monotonic=lambda: 1000.0)
    outbox.open()
    return outbox


def clicks(outbox: Outbox) -> list[int]:
    return [row.sequence for row in outbox.read(1000, MEGABYTE)]


def only(directory: Path, pattern: str) -> Path:
    (path,) = directory.glob(pattern)
    return path


async def test_a_click_is_in_the_file_when_its_append_is_done(tmp_path: Path) -> None:
    """Durable before the answer leaves: another process would find it."""
    outbox = opened(tmp_path)
    await outbox.append(ROW)
    witness = OutboxFile(tmp_path / f"{outbox.source}.outbox")
    assert [row.click for row in witness.read(10, MEGABYTE)] == [ROW.click]
    witness.close()
    outbox.close()


async def test_clicks_that_arrive_together_are_committed_together(tmp_path: Path) -> None:
    """Each waiter is done, and the order of arrival is kept."""
    outbox = opened(tmp_path)
    await asyncio.gather(*(outbox.append(NewRow(number, b"%d" % number)) for number in range(50)))
    assert [row.click for row in outbox.read(100, MEGABYTE)] == [b"%d" % number for number in range(50)]
    outbox.close()


async def test_a_visitor_who_goes_away_holds_up_nobody(tmp_path: Path) -> None:
    """A cancelled waiter's click is recorded like the others."""
    outbox = opened(tmp_path)
    gone, other = outbox.append(ROW), outbox.append(ROW)
    gone.cancel()
    await other
    assert clicks(outbox) == [1, 2]
    outbox.close()


async def test_a_full_outbox_counts_what_it_drops_and_takes_clicks_again_once_there_is_room(tmp_path: Path) -> None:
    """R15: no failure, a count with its reason that survives a restart, no gap in the sequences."""
    outbox = opened(tmp_path, max_bytes=2 * (100 + ROW_OVERHEAD))
    for _ in range(5):
        await outbox.append(ROW)
    assert (clicks(outbox), outbox.dropped) == ([1, 2], {OUTBOX_FULL: 3})
    outbox.acknowledge(2)
    await outbox.append(ROW)
    assert clicks(outbox) == [3]
    outbox.close()
    again = opened(tmp_path)
    assert (clicks(again), again.dropped) == ([3], {OUTBOX_FULL: 3})
    again.close()


async def test_a_full_disk_costs_counted_clicks_and_heals_without_a_restart(tmp_path: Path) -> None:
    """R15: SQLite's own limit of pages fails just as a full disk does; the sequences go on without a gap."""
    outbox = opened(tmp_path)
    await outbox.append(ROW)
    assert outbox._file  # noqa: SLF001 - a full disk cannot be had otherwise
    limit = outbox._file._connection  # noqa: SLF001 - the same
    limit.execute("PRAGMA max_page_count = 1")
    large = NewRow(1, b"x" * 100_000)
    await asyncio.gather(outbox.append(large), outbox.append(large))
    await outbox.append(large)
    assert (clicks(outbox), outbox.dropped) == ([1], {DISK_FULL: 3})
    limit.execute("PRAGMA max_page_count = 1000000")
    await outbox.append(large)
    assert (clicks(outbox), outbox.last_sequence) == ([1, 2], 2)
    outbox.close()
    again = opened(tmp_path)
    assert again.dropped == {DISK_FULL: 3}
    again.close()


async def test_without_a_file_clicks_are_counted_as_dropped_until_there_is_one(tmp_path: Path) -> None:
    """R15: a disk that allows no file neither stops the start nor a redirect; it comes back without a restart."""
    directory = tmp_path / "outbox"
    now = [0.0]
    outbox = Outbox(directory, max_bytes=MEGABYTE, monotonic=lambda: now[0])
    outbox.open()
    await outbox.append(ROW)
    assert (outbox.source, outbox.dropped) == ("", {DISK_ERROR: 1})
    directory.mkdir()
    now[0] = 2.0
    await outbox.append(ROW)
    assert (clicks(outbox), outbox.dropped) == ([1], {DISK_ERROR: 1})
    outbox.close()


async def test_a_damaged_file_is_set_aside_at_the_start(tmp_path: Path) -> None:
    """No crash loop: a new source takes over."""
    outbox = opened(tmp_path)
    await outbox.append(ROW)
    outbox.close()
    damaged = only(tmp_path, "*.outbox")
    damaged.write_bytes(b"this is no database" * 1000)
    again = opened(tmp_path)
    await again.append(ROW)
    assert (again.source != damaged.stem, clicks(again)) == (True, [1])
    assert only(tmp_path, "*.damaged").name == f"{damaged.name}.damaged"
    again.close()


async def test_starting_anew_leaves_the_old_file_to_be_shipped(tmp_path: Path) -> None:
    """Its rows keep their source and sequence."""
    outbox = opened(tmp_path)
    await outbox.append(ROW)
    old = outbox.source
    outbox.start_anew()
    await outbox.append(ROW)
    orphans = list(folder.unheld(tmp_path))
    assert ([orphan.path.stem for orphan in orphans], clicks(outbox)) == ([old], [1])
    orphans[0].release()
    outbox.close()
