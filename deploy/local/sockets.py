"""Folders for Unix sockets: private, and short enough to be named at all."""

import os
import shutil
import tempfile
from pathlib import Path

from services.runtime.addresses import MAX_PATH_BYTES

# Longer than any socket's name, and the sign of one that is being made.
_NAME_BYTES = 32
_PREFIX = "linkmeter-"


def private_folder(wanted: Path) -> Path:
    """Make a folder anew that only its owner may enter; return it by a path that leaves room for a socket's name.

    The system takes only short paths for sockets. Where the wanted one is too long, the folder is among the temporary
    ones, and a symbolic link stands in its place.
    """
    remove(wanted)
    if len(os.fsencode(wanted)) + _NAME_BYTES <= MAX_PATH_BYTES:
        wanted.mkdir(mode=0o700)
        return wanted
    # Random, so that no other user can have made it before, and open to nobody else.
    short = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_room()))
    wanted.symlink_to(short)
    return short


def remove(folder: Path) -> None:
    """Remove such a folder with all sockets in it, if it is there."""
    if folder.is_symlink():
        target = folder.readlink()
        if target.name.startswith(_PREFIX):
            shutil.rmtree(target, ignore_errors=True)
        folder.unlink()
    else:
        shutil.rmtree(folder, ignore_errors=True)


def _room() -> str:
    """Return a folder for temporary ones whose path is short."""
    given = tempfile.gettempdir()
    return given if len(os.fsencode(given)) <= _NAME_BYTES else "/tmp"  # noqa: S108 - mkdtemp makes it private
