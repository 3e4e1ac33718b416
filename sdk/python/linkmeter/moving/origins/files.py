"""Files as people have them: packed or not, and cut off at times."""

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO, cast

from linkmeter.moving.origin import OriginError

_UNPACKING_ERRORS = (EOFError, zlib.error, gzip.BadGzipFile, lzma.LZMAError, zipfile.BadZipFile)


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for reading, unpacked when it is gzip, bzip2, xz or a ZIP archive of one file.

    How a file is packed is read from its first bytes, not from its name. Seeking is possible; in a packed file it
    unpacks again from the start.

    Raises:
        OriginError: the file cannot be opened or read, or ends in the middle of what was packed.

    """
    try:
        with path.open("rb") as file, _unpacked(file, file.read(6)) as unpacked:
            yield unpacked
    except _UNPACKING_ERRORS as error:
        raise OriginError(
            f"{path} is damaged or was cut off while it was copied: it cannot be unpacked to its end ({error}). "
            "Copy it again."
        ) from error
    except OSError as error:
        raise OriginError(f"{path} cannot be read: {error.strerror or error}.") from error


def _unpacked(file: BufferedReader, magic: bytes) -> IO[bytes]:
    file.seek(0)
    if magic.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
    if magic.startswith(b"BZh"):
        return bz2.BZ2File(file)
    if magic.startswith(b"\xfd7zXZ\0"):
        return lzma.LZMAFile(file)
    if magic.startswith(b"PK\x03\x04"):
        return _only_file(zipfile.ZipFile(file))
    return file


def _only_file(archive: zipfile.ZipFile) -> IO[bytes]:
    names = [member.filename for member in archive.infolist() if not member.is_dir()]
    if len(names) != 1:
        raise OriginError(f"The archive holds {len(names)} files ({', '.join(names[:5])}): unpack it and name the one.")
    return archive.open(names[0])
