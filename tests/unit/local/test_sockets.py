"""Folders for Unix sockets."""

import socket
import tempfile
from pathlib import Path

import pytest

from deploy.local import sockets


def test_a_folder_is_made_where_it_is_wanted() -> None:
    """For its owner alone, without what an earlier run left in it."""
    wanted = Path(tempfile.mkdtemp(dir="/tmp")) / "sockets"
    wanted.mkdir(mode=0o755)
    (wanted / "left").touch()
    folder = sockets.private_folder(wanted)
    assert folder == wanted
    assert folder.stat().st_mode & 0o777 == 0o700
    assert not list(folder.iterdir())
    sockets.remove(wanted)
    wanted.parent.rmdir()


@pytest.mark.parametrize("is_tidy", [True, False])
def test_a_long_path_is_replaced_by_a_short_one(tmp_path: Path, is_tidy: bool) -> None:
    """Sockets can be bound there, and neither an orderly end nor the next run leaves the folder behind."""
    wanted = tmp_path / ("a" * 120) / "sockets"
    wanted.parent.mkdir()
    folder = sockets.private_folder(wanted)
    assert wanted.resolve() == folder.resolve()
    assert folder.stat().st_mode & 0o777 == 0o700
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "redirect-metrics.63"))
    if is_tidy:
        sockets.remove(wanted)
    else:
        sockets.private_folder(wanted)
        sockets.remove(wanted)
    assert not folder.exists()
    assert not wanted.is_symlink()


def test_a_link_to_elsewhere_is_removed_alone(tmp_path: Path) -> None:
    """What somebody else's link points to is not ours to remove."""
    (tmp_path / "precious").mkdir()
    (tmp_path / "sockets").symlink_to(tmp_path / "precious")
    sockets.remove(tmp_path / "sockets")
    assert (tmp_path / "precious").is_dir()
    assert not (tmp_path / "sockets").is_symlink()
