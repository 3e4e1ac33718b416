"""Segment files in a store of the S3 kind, fetched into a cache to be read.

Credentials, region and endpoint come by the variables that all clients of S3 know: AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL and what else obstore reads.
"""

import asyncio
import errno
import os
import re
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from services.analytics.segments.cache import FileCache
from services.analytics.segments.damages import Damages
from services.analytics.segments.files import SegmentDamaged, SegmentFile, StoredFile, check_name, is_name
from services.analytics.segments.hashing import fault
from services.analytics.segments.scratch import Scratch
from services.common import errors
from services.runtime import log

_CONNECT_TIMEOUT: Final = timedelta(seconds=2)
# Between two pieces of an answer.
_READ_TIMEOUT: Final = timedelta(seconds=5)
# Until the answer to a part of an upload, which is sent meanwhile: four of 5 MiB at once.
_UPLOAD_TIMEOUT: Final = timedelta(seconds=20)
_UPLOADED_AT_ONCE: Final = 4
# Of a whole download, however large.
_TIMEOUT: Final = timedelta(minutes=15)
_RETRIES: Final = 3
_RETRY_TIMEOUT: Final = timedelta(seconds=5)
_PIECE_BYTES: Final = 1024 * 1024
_LISTED_AT_ONCE: Final = 1000
_LOGGED_CHARACTERS: Final = 300
# Codes of S3, MinIO, Ceph and others, and the HTTP status that says the same. A time that it took may be 507.2ms, too.
_IS_FULL: Final = re.compile(r"\b507 Insufficient|InsufficientStorage|StorageFull|QuotaExceeded|DiskFull")
_NO_BUCKET: Final = "NoSuchBucket"

_logger = log.get(__name__)


class ObjectStoreFiles:
    """Files are objects under a prefix of a bucket, which must be there; they are lent as copies in the cache.

    Uploads of large files that a killed process left half-way are the store's to remove: by a rule of the bucket for
    incomplete multipart uploads.
    """

    def __init__(self, url: str, cache: FileCache) -> None:
        """Make a client for "s3://bucket/prefix"; the store need not be there yet."""
        self._cache = cache
        self._downloads = _client(url, _READ_TIMEOUT)
        self._uploads = _client(url, _UPLOAD_TIMEOUT)
        self._damages = Damages()
        self._scratch = Scratch(cache.folder / "scratch")
        self._scratch.remove_leftovers()
        self._is_away = False

    async def put(self, name: str, source: Path) -> None:
        """Upload a file; the store has made it durable when it has answered."""
        with self._spoken():
            await obstore.put_async(self._uploads, check_name(name), source, max_concurrency=_UPLOADED_AT_ONCE)
        await asyncio.to_thread(source.unlink)

    @asynccontextmanager
    async def lent(self, files: Sequence[SegmentFile]) -> AsyncIterator[Mapping[str, Path]]:
        """Lend copies, which stay in the cache as long as they are lent."""
        self._damages.refuse(files)
        async with self._cache.lent(files, self._fetch) as paths:
            yield paths

    async def verify(self, files: Sequence[SegmentFile]) -> Sequence[SegmentDamaged]:
        """Ask the store for all sizes, and hash what is in the cache; what is wrong there is fetched again."""
        sizes = {stored.name: stored.bytes for stored in await self.list()}
        unproven = frozenset(self._damages.unproven(files))
        found = []
        for file in files:
            size = sizes.get(file.name)
            what = "is missing" if size is None else file.misfit(size)
            if not what and file in unproven:
                what = await self._fault(file)
            self._damages.note(file, what)
            if what:
                found.append(SegmentDamaged(file.name, what))
        return found

    async def delete(self, names: Sequence[str]) -> None:
        """Delete objects, and copies of them."""
        for name in names:
            check_name(name)
        self._cache.forget(names)
        if names:
            with self._spoken():
                await obstore.delete_async(self._uploads, names)

    async def list(self) -> Sequence[StoredFile]:
        """List the objects under the prefix; what else is there is not ours."""
        found = []
        with self._spoken():
            async for objects in obstore.list(self._downloads, chunk_size=_LISTED_AT_ONCE):
                found += [StoredFile(each["path"], each["size"], each["last_modified"]) for each in objects]
        return [stored for stored in found if is_name(stored.name)]

    def scratch(self) -> AbstractContextManager[Path]:
        """Lend a folder beside the cache."""
        return self._scratch.lent()

    async def close(self) -> None:
        """Break off what is being fetched."""
        await self._cache.close()

    async def _fault(self, file: SegmentFile) -> str:
        await self._cache.verify(file)
        if self._damages.is_wrong(file):
            try:
                async with self._cache.lent([file], self._fetch):
                    pass
            except SegmentDamaged as damage:
                return damage.what
        # If it is not here now, it is read when it is fetched.
        return ""

    async def _fetch(self, file: SegmentFile, target: Path) -> None:
        with self._spoken(file):
            result = await obstore.get_async(self._downloads, file.name)
            if what := file.misfit(result.meta["size"]):
                raise SegmentDamaged(file.name, what)
            await _write(result.stream(min_chunk_size=_PIECE_BYTES), target)
        if what := await fault(file, target):
            # Not to be fetched in vain with every question.
            self._damages.note(file, what)
            raise SegmentDamaged(file.name, what)

    @contextmanager
    def _spoken(self, fetched: SegmentFile | None = None) -> Iterator[None]:
        """Translate what the store says."""
        try:
            yield
        except FileNotFoundError as problem:
            if _NO_BUCKET in str(problem):
                raise self._unavailable(problem) from problem
            if fetched is not None:
                raise SegmentDamaged(fetched.name, "is missing") from problem
            raise
        except BaseError as problem:
            if _IS_FULL.search(str(problem)):
                raise OSError(errno.ENOSPC, "the segments' store is full") from problem
            raise self._unavailable(problem) from problem
        else:
            self._is_away = False

    def _unavailable(self, problem: Exception) -> errors.Unavailable:
        if not self._is_away:
            # Once an outage: why, for whoever has set it up.
            why = str(problem).partition("\n")[0][:_LOGGED_CHARACTERS]
            _logger.warning("segments_store_unavailable", error=type(problem).__name__, why=why)
        self._is_away = True
        return errors.Unavailable("the segments' store is not available just now", retry_after_seconds=5)


def _client(url: str, read_timeout: timedelta) -> S3Store:
    parts = urlsplit(url)
    endpoint = os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT") or ""
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": _CONNECT_TIMEOUT,
            "read_timeout": read_timeout,
            "timeout": _TIMEOUT,
        },
        retry_config={
            "max_retries": _RETRIES,
            "retry_timeout": _RETRY_TIMEOUT,
            "backoff": {
                "init_backoff": timedelta(milliseconds=100),
                "max_backoff": timedelta(seconds=1),
                "base": 2,
            },
        },
    )


async def _write(pieces: AsyncIterable[bytes], target: Path) -> None:
    with target.open("wb") as file:
        async for piece in pieces:
            await asyncio.to_thread(file.write, piece)
