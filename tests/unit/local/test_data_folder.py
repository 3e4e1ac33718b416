import os
import stat
from pathlib import Path

import pytest

from deploy.local.data_folder import DataFolder, DataFolderError


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def test_second_run_is_refused(folder: DataFolder) -> None:
    """Two runs on one data directory would destroy it."""
    folder.take()
    with pytest.raises(DataFolderError, match=rf"already runs on .* \(process {os.getpid()}\)"):
        DataFolder(folder.path).take()
    folder.release()


def test_lock_of_an_ended_run_is_no_obstacle(folder: DataFolder) -> None:
    """The lock file stays; the lock does not."""
    folder.take()
    folder.release()
    again = DataFolder(folder.path)
    again.take()
    again.release()


def test_secret_is_private_and_stays(folder: DataFolder) -> None:
    """The secret is made once, and only its owner can read it."""
    folder.take()
    secret = folder.secret()
    assert len(secret) >= 32
    assert DataFolder(folder.path).secret() == secret
    assert stat.S_IMODE((folder.path / "secret").stat().st_mode) == 0o600
    folder.release()


def test_passwords_differ_by_purpose(folder: DataFolder) -> None:
    """One password tells nothing about another."""
    folder.take()
    assert folder.password("one") != folder.password("two")
    assert folder.password("one") == DataFolder(folder.path).password("one")
    folder.release()


def test_lost_secret_is_noticed(folder: DataFolder) -> None:
    """A database that needs the old secret is not opened with a new one."""
    folder.take()
    folder.postgres.mkdir()
    (folder.postgres / "PG_VERSION").write_text("18")
    with pytest.raises(DataFolderError, match="is gone"):
        folder.secret()
    folder.release()


def test_shown_key_is_remembered_without_being_kept(folder: DataFolder) -> None:
    """The data directory holds no API key in clear."""
    folder.take()
    assert folder.is_first_run
    folder.remember_first_key("lm_abcdefghijklmnopqrstuvwxyz")
    assert not folder.is_first_run
    texts = [path.read_text() for path in folder.path.rglob("*") if path.is_file()]
    assert not any("abcdefgh" in text for text in texts)
    folder.release()


def test_unusable_place_is_told(tmp_path: Path) -> None:
    """A data directory that cannot be made stops the start with its name."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DataFolderError, match=r"file/data cannot be used"):
        DataFolder(tmp_path / "file" / "data").take()
