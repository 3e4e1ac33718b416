"""A dump as the script that it stands for, line by line."""

import subprocess
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Final

from deploy.backup.errors import BackupError
from deploy.backup.tools import Tools, last_line
from services.links.store import search_index

# Set by newer programs; older servers do not know it.
_TRANSACTION_TIMEOUT: Final = b"SET transaction_timeout = 0;\n"
# Needs an extension, which is in no dump of schemas and perhaps not to be had here: made anew after the rest.
_SEARCH_INDEX: Final = f"CREATE INDEX {search_index.NAME} ".encode()
_HEAD_LINES: Final = 60


def script_of(dump: IO[bytes], tools: Tools, options: list[str], *, drops_timeout: bool) -> Iterator[bytes]:
    """Turn a dump into a script; raise at its end unless it was whole."""
    with tempfile.TemporaryFile() as said:
        program = subprocess.Popen(  # noqa: S603 - our own
            tools.reading("--file=-", *options), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said
        )
        assert program.stdin is not None, "a pipe was asked for"  # noqa: S101
        assert program.stdout is not None, "a pipe was asked for"  # noqa: S101
        feeder = _Feeder(dump, program.stdin)
        feeder.start()
        try:
            for number, line in enumerate(program.stdout):
                is_foreign = drops_timeout and number < _HEAD_LINES and line == _TRANSACTION_TIMEOUT
                if not (is_foreign or line.startswith(_SEARCH_INDEX)):
                    yield line
        finally:
            program.stdout.close()
            program.wait()
            feeder.join()
        if feeder.problem or program.returncode:
            said.seek(0)
            raise BackupError(f"the backup cannot be read: {feeder.problem or last_line(said.read())}")


class _Feeder(threading.Thread):
    """Gives a program its input while its output is read."""

    def __init__(self, source: IO[bytes], target: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self._source = source
        self._target = target
        self.problem: Exception | None = None

    def run(self) -> None:
        """Copy all."""
        try:
            while chunk := self._source.read(1024 * 1024):
                self._target.write(chunk)
        except BrokenPipeError:
            # The program has said why it ended.
            pass
        except (OSError, zipfile.BadZipFile, zlib.error) as problem:
            self.problem = problem
        finally:
            close(self._target)


def close(pipe: IO[bytes]) -> None:
    """Close a pipe whose reader may be gone."""
    try:
        pipe.close()
    except BrokenPipeError:
        return
