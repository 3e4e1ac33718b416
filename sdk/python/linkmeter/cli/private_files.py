"""Small files that only their user reads: settings and keys, in TOML."""

import contextlib
import json
import os
import secrets
from pathlib import Path
from typing import Final

from linkmeter.cli.exits import CommandError

_ONLY_USER: Final = 0o600
_FOLDER: Final = 0o700


def read(path: Path) -> str | None:
    """Return a file's text; None when there is no such file. Raises CommandError when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as problem:
        raise CommandError(f"cannot read {path}: {problem}") from problem


def write(path: Path, text: str, *, durable: bool = True) -> None:
    """Write a file with mode 0600, whole or not at all, and make its folder. Raises CommandError when it cannot.

    What is not durable may be lost in a power cut, and is written without waiting for the disk.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
        with os.fdopen(
            os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_USER), "w", encoding="utf-8"
        ) as file:
            file.write(text)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as problem:
        raise CommandError(f"cannot write {path}: {problem.strerror}") from problem
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def is_open_to_others(path: Path) -> bool:
    """Tell whether other users of the machine may read a file, where a system has such rights."""
    return os.name == "posix" and path.exists() and bool(path.stat().st_mode & 0o077)


def quoted(text: str) -> str:
    """Return a text as TOML writes it, a basic string."""
    # JSON's strings are TOML's, but for DEL, which TOML wants escaped, too.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
