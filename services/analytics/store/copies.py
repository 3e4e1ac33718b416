"""Keep copies of big links in memory, and keep them exact.

A copy is the state of its link in some snapshot. A query compares it with its own snapshot: when nothing but clicks
came since, those are read and the copy moves on; else it is dropped, and SQL answers until it is loaded again.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from services.analytics import metrics
from services.analytics.columns.arrays import Ambiguous
from services.analytics.columns.frame import Frame, first_frame, next_frame, settled
from services.analytics.columns.reading import Text, block_of, read
from services.analytics.columns.visitors import Visitors
from services.analytics.columns.words import Vocabulary
from services.analytics.domain.query import Query
from services.analytics.store import link_state
from services.analytics.store.link_state import LinkState, state_of
from services.analytics.store.plan import can_need_raw
from services.runtime import log, postgres
from services.runtime.postgres import Connection, Pool

_logger = log.get(__name__)

_PATIENCE: Final = "SET LOCAL statement_timeout = '300s'"
_PIECE_BYTES: Final = 4 * 1024 * 1024
# Arrays, visitors and a few dimensions' pairs; only to refuse early what will not fit.
_BYTES_A_CLICK: Final = 70
# A link that is refused now may fit tomorrow.
_REFUSED_SECONDS: Final = 3600
# Who rests is remembered until there are this many, and those that have rested are forgotten.
_MOST_RESTING: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLimits:
    """When a link is worth a copy, and what copies may cost."""

    # Of all copies together; 0: there are none.
    most_bytes: int
    # SQL takes about a millisecond for this many in each report that needs raw clicks.
    fewest_clicks: int = 2000
    # How long a query waits for a copy that is being loaded, before SQL answers.
    patience_seconds: float = 4.0
    # A copy that was dropped is loaded again after as many times what loading took, so that clicks that are being
    # rewritten do not keep the database busy with copies of them.
    rest: float = 10.0


NO_COPIES: Final = CopyLimits(most_bytes=0)


@dataclass(slots=True)
class Copy:
    """A link's clicks in memory."""

    link_id: int
    state: LinkState
    frame: Frame
    vocabulary: Vocabulary
    visitors: Visitors
    is_dropped: bool = False
    # Held while a snapshot is taken and the copy moved on to it, so that both happen in the same order.
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def nbytes(self) -> int:
        """About how much memory it takes."""
        return self.frame.nbytes + self.vocabulary.nbytes + self.visitors.nbytes


class Copies:
    """The copies of a process, those asked for last behind the others."""

    def __init__(self, pool: Pool, limits: CopyLimits = NO_COPIES) -> None:
        self._pool = pool
        self._limits = limits
        self._copies: OrderedDict[int, Copy] = OrderedDict()
        self._loads: dict[int, asyncio.Task[None]] = {}
        self._not_before: dict[int, float] = {}
        # One load at a time: each keeps a connection and a core of the database busy.
        self._one_load = asyncio.Semaphore()

    def held(self) -> list[Copy]:
        """Answer the copies that there are, the one asked for last behind the others."""
        return [*self._copies.values()]

    async def close(self) -> None:
        """Break off what is being loaded."""
        loads = [*self._loads.values()]
        for load in loads:
            load.cancel()
        await asyncio.gather(*loads, return_exceptions=True)

    @asynccontextmanager
    async def turn(self, query: Query) -> AsyncIterator[Copy | None]:
        """Lend the copy that could answer a query, while a snapshot is taken and the copy moved on to it."""
        copy = await self._copy_for(query) if self._limits.most_bytes else None
        if copy is None:
            yield None
            return
        async with copy.lock:
            yield None if copy.is_dropped else copy

    async def frame_at(self, connection: Connection, copy: Copy, query: Query, state: LinkState) -> Frame | None:
        """Answer the link's clicks in the connection's snapshot; None when SQL has to answer."""
        # The code may have become that of two links since it was looked up.
        if await link_state.link_asked(connection, query) != copy.link_id:
            return None
        if not state.follows(copy.state):
            self._drop(copy)
            return None
        news = state.news_since(copy.state)
        try:
            pieces = _Pieces()
            for source, mark in news:
                await link_state.read_since(connection, copy.link_id, source, mark, pieces.take)
            if text := pieces.rest():
                copy.frame = await asyncio.to_thread(_moved_on, copy, text)
            copy.state = state
        except BaseException as problem:
            # Half of it may be done, or go on in its thread.
            self._drop(copy)
            if isinstance(problem, Ambiguous):
                self._refuse(copy.link_id)
                return None
            raise
        return copy.frame

    def weigh(self) -> None:
        """Let go of what is too much; answers make copies grow."""
        for copy in self.held():
            if self._total() <= self._limits.most_bytes:
                break
            copy.frame.forget_pairs()
            if self._total() > self._limits.most_bytes:
                self._drop(copy)
        metrics.COPY_BYTES.set(self._total())
        metrics.COPIES.set(len(self._copies))

    def _total(self) -> int:
        return sum(copy.nbytes for copy in self._copies.values())

    async def _copy_for(self, query: Query) -> Copy | None:
        link_id = await link_state.link_asked(self._pool, query)
        if link_id is None:
            return None
        if link_id not in self._copies:
            if not can_need_raw(query) or not await self._is_worth_it(link_id):
                return None
            await self._wait_for(link_id)
        copy = self._copies.get(link_id)
        if copy is not None:
            self._copies.move_to_end(link_id)
        return copy

    async def _is_worth_it(self, link_id: int) -> bool:
        if link_id in self._loads:
            return True
        if self._not_before.get(link_id, 0) > time.monotonic():
            return False
        size = await link_state.size_of(self._pool, link_id)
        if size < self._limits.fewest_clicks:
            return False
        if size * _BYTES_A_CLICK > self._limits.most_bytes or not await link_state.are_rewrites_counted(self._pool):
            self._refuse(link_id)
            return False
        return True

    async def _wait_for(self, link_id: int) -> None:
        load = self._loads.get(link_id)
        if load is None:
            load = self._loads[link_id] = asyncio.create_task(self._load(link_id), name=f"copy of link {link_id}")
        await asyncio.wait({load}, timeout=self._limits.patience_seconds)

    async def _load(self, link_id: int) -> None:
        try:
            async with self._one_load:
                started = time.monotonic()
                copy = await self._read(link_id)
                seconds = time.monotonic() - started
            self._copies[link_id] = copy
            self._rest(link_id, self._limits.rest * seconds)
            metrics.COPY_LOAD_SECONDS.observe(seconds)
            self.weigh()
            if copy.is_dropped:
                self._refuse(link_id)
        except Ambiguous:
            self._refuse(link_id)
        except Exception as problem:  # noqa: BLE001 - SQL answers, and says what is wrong if it cannot either.
            self._rest(link_id, 1)
            if postgres.outage_of(problem) is None:
                _logger.failure("copy_not_loaded", problem, link_id=link_id)
        finally:
            del self._loads[link_id]

    async def _read(self, link_id: int) -> Copy:
        vocabulary, visitors = Vocabulary(), Visitors()
        texts: list[Text] = []
        pieces = _Pieces()
        reading: asyncio.Task[Text] | None = None

        async def sink(data: bytes) -> None:
            nonlocal reading
            await pieces.take(data)
            if pieces.size >= _PIECE_BYTES and (lines := pieces.lines()):
                # The next piece comes in while the last one is read.
                if reading is not None:
                    texts.append(await reading)
                reading = asyncio.create_task(asyncio.to_thread(read, lines, vocabulary))

        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            await connection.execute(_PATIENCE)
            state = await state_of(connection, link_id)
            await link_state.read_all(connection, link_id, sink)
        if reading is not None:
            texts.append(await reading)
        if lines := pieces.rest():
            texts.append(await asyncio.to_thread(read, lines, vocabulary))
        if not texts:
            raise Ambiguous
        block = await asyncio.to_thread(block_of, texts, visitors, vocabulary)
        return Copy(link_id, state, first_frame(link_id, block, vocabulary, visitors.count), vocabulary, visitors)

    def _refuse(self, link_id: int) -> None:
        metrics.COPIES_REFUSED.inc()
        self._rest(link_id, _REFUSED_SECONDS)

    def _rest(self, link_id: int, seconds: float) -> None:
        """Leave a link alone for a while."""
        now = time.monotonic()
        if len(self._not_before) > _MOST_RESTING:
            self._not_before = {link: moment for link, moment in self._not_before.items() if moment > now}
        self._not_before[link_id] = now + seconds

    def _drop(self, copy: Copy) -> None:
        copy.is_dropped = True
        if self._copies.get(copy.link_id) is copy:
            del self._copies[copy.link_id]


class _Pieces:
    """Puts what comes in together, and takes it apart at the ends of lines."""

    def __init__(self) -> None:
        self._data: list[bytes] = []
        self.size = 0

    async def take(self, data: bytes) -> None:
        """Take what comes next."""
        self._data.append(data)
        self.size += len(data)

    def lines(self) -> bytes:
        """Answer the whole lines that are there."""
        lines, newline, begun = b"".join(self._data).rpartition(b"\n")
        self._data, self.size = [begun], len(begun)
        return lines + newline

    def rest(self) -> bytes:
        """Answer all that is left."""
        return b"".join(self._data)


def _moved_on(copy: Copy, text: bytes) -> Frame:
    added = block_of([read(text, copy.vocabulary)], copy.visitors, copy.vocabulary)
    frame = next_frame(copy.frame, added, copy.visitors.count)
    if frame.is_settled:
        return frame
    copy.visitors.settle()
    return settled(frame)
