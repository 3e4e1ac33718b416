"""The outbox's file, over any order of appends, acknowledgements, crashes and reopenings."""

import shutil
import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.redirect.outbox.file import ROW_OVERHEAD, NewRow, OutboxFile

MEGABYTE = 1024 * 1024


class OutboxMachine(RuleBasedStateMachine):
    """Appended = acknowledged + pending; sequences are contiguous and never used again."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.file = OutboxFile(self.folder / "source.outbox")
        self.appended: list[bytes] = []
        self.acknowledged = 0
        self.dropped = 0

    @rule(clicks=st.lists(st.binary(max_size=40), max_size=5), dropped=st.integers(min_value=0, max_value=2))
    def append(self, clicks: list[bytes], dropped: int) -> None:
        """Store a group."""
        rows = [NewRow(len(self.appended) + place, click) for place, click in enumerate(clicks, start=1)]
        self.file.append(rows, {"outbox_full": dropped} if dropped else {})
        self.appended += clicks
        self.dropped += dropped

    @rule(clicks=st.lists(st.binary(max_size=40), min_size=2, max_size=5))
    def append_and_fail(self, clicks: list[bytes]) -> None:
        """Fail half-way through a group, which leaves nothing behind."""
        broken = [NewRow(1, click) for click in clicks[:-1]] + [NewRow(None, clicks[-1])]  # type: ignore[arg-type]
        with pytest.raises(sqlite3.IntegrityError):
            self.file.append(broken, {})

    @precondition(lambda self: self.acknowledged < len(self.appended))
    @rule(data=st.data())
    def acknowledge(self, data: st.DataObject) -> None:
        """Analytics acknowledges some more."""
        self.acknowledged = data.draw(st.integers(min_value=self.acknowledged, max_value=len(self.appended)))
        self.file.acknowledge(self.acknowledged)

    @rule()
    def reopen(self) -> None:
        """End the process in order and adopt the file in another one."""
        self.file.close()
        self.file = OutboxFile(self.folder / "source.outbox")

    @rule()
    def crash(self) -> None:
        """Kill the process: the files are found as they lie there at this moment."""
        survivor = Path(tempfile.mkdtemp())
        for path in self.folder.iterdir():
            if not path.name.endswith("-shm"):
                shutil.copy(path, survivor)
        self.file.close()
        shutil.rmtree(self.folder)
        self.folder = survivor
        self.file = OutboxFile(self.folder / "source.outbox")

    @invariant()
    def nothing_is_lost_or_invented(self) -> None:
        """Compare: pending is what was appended and not acknowledged, in order, numbered from 1 without gap."""
        rows = self.file.read(1000, MEGABYTE)
        expected = list(enumerate(self.appended, start=1))[self.acknowledged :]
        assert [(row.sequence, row.click) for row in rows] == expected
        assert self.file.last_sequence == len(self.appended)
        assert self.file.pending_rows == len(expected)
        assert self.file.pending_bytes == sum(len(click) + ROW_OVERHEAD for _, click in expected)
        assert self.file.oldest_time_us == (rows[0].time_us if rows else 0)
        assert sum(self.file.dropped.values()) == self.dropped

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.file.close()
        shutil.rmtree(self.folder)


TestOutbox = OutboxMachine.TestCase
TestOutbox.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)


def test_a_batch_is_bounded_in_bytes_but_never_empty(tmp_path: Path) -> None:
    """A row larger than the bound goes alone."""
    file = OutboxFile(tmp_path / "a.outbox")
    file.append([NewRow(1, b"x" * 500), NewRow(2, b"x" * 100), NewRow(3, b"x" * 100)], {})
    assert [row.sequence for row in file.read(10, 50)] == [1]
    assert [row.sequence for row in file.read(10, 700)] == [1, 2]
    assert [row.sequence for row in file.read(2, MEGABYTE)] == [1, 2]
    file.close()


def test_an_emptied_outbox_gives_its_space_back(tmp_path: Path) -> None:
    """After an outage the file shrinks again."""
    path = tmp_path / "a.outbox"
    file = OutboxFile(path)
    for _ in range(30):
        file.append([NewRow(1, b"x" * 1000)] * 200, {})
    file.acknowledge(file.last_sequence)
    for _ in range(10):
        file.acknowledge(file.last_sequence)
    file.close()
    assert path.stat().st_size < 2 * MEGABYTE
