"""stub"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SegmentFile:
    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    name: str
    bytes: int
    modified_time: datetime


class SegmentFiles(Protocol):
    async def put(self, name: str, source: Path) -> None: ...
    def lent(self, files: Sequence[SegmentFile]) -> AbstractAsyncContextManager[Mapping[str, Path]]: ...
    async def delete(self, names: Sequence[str]) -> None: ...
    async def list(self) -> list[StoredFile]: ...
    def scratch(self) -> AbstractContextManager[Path]: ...
    async def close(self) -> None: ...


class StubFiles:
    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    async def put(self, name: str, source: Path) -> None:
        target = self.root / name
        target.parent.mkdir(exist_ok=True)
        source.rename(target)

    @asynccontextmanager
    async def lent(self, files: Sequence[SegmentFile]) -> AsyncIterator[Mapping[str, Path]]:
        yield {file.name: self.root / file.name for file in files}

    async def delete(self, names: Sequence[str]) -> None:
        for name in names:
            (self.root / name).unlink(missing_ok=True)

    async def list(self) -> list[StoredFile]:
        return [
            StoredFile(str(p.relative_to(self.root)), p.stat().st_size, datetime.fromtimestamp(p.stat().st_mtime, UTC))
            for p in self.root.glob("*/*.parquet")
        ]

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        with TemporaryDirectory(dir=self.root) as folder:
            yield Path(folder)

    async def close(self) -> None: ...
