"""Who holds which outbox file."""

from pathlib import Path

import pytest

from services.redirect.outbox import folder
from services.redirect.outbox.file import OutboxFile


def new_outbox(directory: Path) -> folder.Hold:
    hold = folder.create(directory)
    OutboxFile(hold.path).close()
    return hold


def test_a_held_file_is_nobody_elses(tmp_path: Path) -> None:
    """A starting worker passes over it."""
    hold = new_outbox(tmp_path)
    assert folder.adopt(tmp_path) is None
    hold.release()


def test_a_released_file_is_adopted(tmp_path: Path) -> None:
    """The same source goes on."""
    hold = new_outbox(tmp_path)
    hold.release()
    adopted = folder.adopt(tmp_path)
    assert adopted is not None
    assert adopted.path == hold.path
    adopted.release()


def test_a_file_of_an_earlier_boot_is_shipped_but_never_grows(tmp_path: Path) -> None:
    """A power cut may have cost it the memory of its last sequences."""
    hold = new_outbox(tmp_path)
    hold.path.with_suffix(".boot").write_text("another boot")
    hold.release()
    assert folder.adopt(tmp_path) is None
    orphans = list(folder.unheld(tmp_path))
    assert [orphan.path for orphan in orphans] == [hold.path]
    orphans[0].release()


def test_a_removed_file_leaves_nothing(tmp_path: Path) -> None:
    """Neither log nor lock stays behind."""
    new_outbox(tmp_path).remove()
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_kept_for_people(tmp_path: Path) -> None:
    """It is out of the way and not deleted."""
    hold = new_outbox(tmp_path)
    hold.set_aside()
    assert [path.name for path in tmp_path.iterdir()] == [f"{hold.path.name}.damaged"]
    assert folder.adopt(tmp_path) is None


def test_a_new_source_that_cannot_be_marked_is_let_go(tmp_path: Path) -> None:
    """On a full disk no lock stays behind."""
    with pytest.raises(OSError):  # noqa: PT011 - whichever the system chooses
        folder.create(tmp_path / "missing")
    assert list(tmp_path.iterdir()) == []
