"""Rows as Parquet, by pyarrow (the extra `parquet`), in row groups, so that memory stays flat at any size."""

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from linkmeter.moving.exporting.columns import Column, Kind, Row
from linkmeter.moving.exporting.outputs import ExportError, Progress, ProgressFile, Written, check_target

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_IN_GROUP: Final = 50_000
_CODEC: Final = "zstd"


class ParquetOutput:
    """Writes row groups as files of their own into FILE.part/, and puts them together as FILE at the end.

    A Parquet file is none without its end, so that one that was interrupted could not be gone on with.
    """

    def __init__(
        self, path: Path, columns: Sequence[Column], *, request: str, overwrite: bool = False, resume: bool = True
    ) -> None:
        """Go on with an export, or without resume begin anew. Raise ExportError as FileOutput, or without pyarrow."""
        self._schema = _schema(columns)
        check_target(path, overwrite=overwrite)
        self._path = path
        self._folder = path.with_name(f"{path.name}.part")
        if self._folder.is_file():
            raise ExportError(f"{self._folder} is of another export; delete it to begin anew, or choose another file")
        self._folder.mkdir(exist_ok=True)
        self._progress_file = ProgressFile(self._folder / "progress.json", request)
        self._progress = self._progress_file.read() if resume else Progress(request)
        for group in self._groups():
            # Written, but not noted any more: its rows come again.
            if group.name >= self._group_name():
                group.unlink()
        self._waiting: list[Row] = []
        self._place = self._progress.place

    @property
    def rows(self) -> int:
        """How many rows there are, those that wait for their group to be full included."""
        return self._progress.rows + len(self._waiting)

    @property
    def place(self) -> str:
        """Where to go on."""
        return self._progress.place

    def append(self, rows: Sequence[Row], place: str) -> None:
        """Take rows, and write them as soon as they fill a row group."""
        self._waiting += rows
        self._place = place
        if len(self._waiting) >= ROWS_IN_GROUP:
            self._write_group()

    def finish(self) -> Written:
        """Put the row groups together and give the file its name."""
        from pyarrow import parquet  # noqa: PLC0415 - an extra, which __init__ found to be there.

        if self._waiting:
            self._write_group()
        whole = self._folder / "whole.parquet"
        with parquet.ParquetWriter(whole, self._schema, compression=_CODEC) as writer:
            for group in self._groups():
                writer.write_table(parquet.read_table(group, schema=self._schema), row_group_size=1 << 30)
        with whole.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = whole.stat().st_size
        whole.replace(self._path)
        shutil.rmtree(self._folder)
        return Written(self._progress.rows, size, digest)

    def _write_group(self) -> None:
        import pyarrow as pa  # noqa: PLC0415 - as above.
        from pyarrow import parquet  # noqa: PLC0415

        cells = zip(*self._waiting, strict=True)
        arrays = [pa.array(values, type=field.type) for field, values in zip(self._schema, cells, strict=True)]
        parquet.write_table(
            pa.Table.from_arrays(arrays, schema=self._schema), self._folder / self._group_name(), compression=_CODEC
        )
        self._progress = Progress(self._progress.request, self._progress.rows + len(self._waiting), place=self._place)
        self._progress_file.write(self._progress)
        self._waiting = []

    def _groups(self) -> list[Path]:
        return sorted(self._folder.glob("group-*.parquet"))

    def _group_name(self) -> str:
        """Return the name of the group to be written next: the number of its first row."""
        return f"group-{self._progress.rows:015d}.parquet"


def _schema(columns: Sequence[Column]) -> "pa.Schema":
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra: 170 MB that only Parquet needs.
    except ImportError:
        raise ExportError("Parquet needs pyarrow: pip install 'linkmeter[parquet]'") from None
    types: dict[Kind, Any] = {
        Kind.TEXT: pa.string(),
        Kind.TEXTS: pa.list_(pa.string()),
        Kind.INTEGER: pa.int64(),
        Kind.BOOLEAN: pa.bool_(),
        Kind.TIME: pa.timestamp("us", tz="UTC"),
    }
    return pa.schema([(column.name, types[column.kind]) for column in columns])
