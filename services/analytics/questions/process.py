"""The process that answers questions, as the service sees it.

A question that crashes or runs out of memory takes this process down and nothing else: clicks go on being stored, and
the next question finds a new process.
"""

import asyncio
import itertools
import socket
import subprocess
import sys
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.analytics import metrics
from services.analytics.domain.click import Click
from services.analytics.domain.page_token import Cursor
from services.analytics.domain.position import Position
from services.analytics.domain.query import Audience, Query, QueryResult
from services.analytics.questions import frames
from services.analytics.questions.conditions import Selection
from services.analytics.questions.engine import EngineSettings
from services.analytics.questions.later_clicks import Later
from services.common import errors
from services.runtime import log

_logger = log.get(__name__)

# Loading everything takes about half a second; on a busy machine, many times as much.
_START_SECONDS: Final = 20.0
_STOP_SECONDS: Final = 5.0
_FIRST_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 5.0
# A process that lived so long was healthy.
_HEALTHY_SECONDS: Final = 30.0


class QuestionFailed(Exception):
    """A question met an error that nobody expected; the process that answers has logged it."""


class QuestionProcess:
    """Asks a child process, and starts it again when it ends."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._is_ready = asyncio.Event()

    async def start(self) -> None:
        """Start it, without waiting until it can answer."""
        self._keeper = asyncio.create_task(self._keep(), name="questions")

    async def stop(self) -> None:
        """End it."""
        self._keeper.cancel()
        await asyncio.gather(self._keeper, return_exceptions=True)

    async def query(self, query: Query, now: datetime) -> QueryResult:
        """Return the result of a query at a moment; raise what the engine raises, or Unavailable while it is away."""
        result: QueryResult = await self._call("query", query, now)
        return result

    async def list_clicks(
        self, selection: Selection, *, limit: int, after: Cursor | None = None, skip: int = 0
    ) -> tuple[Click, ...]:
        """Return at most limit clicks, newest first, that come after the cursor and the skipped ones."""
        clicks: tuple[Click, ...] = await self._call("list_clicks", selection, limit, after, skip)
        return clicks

    async def clicks_after(self, selection: Selection, position: Position, *, limit: int) -> Later:
        """Return at most limit clicks that were stored behind a position."""
        later: Later = await self._call("clicks_after", selection, position, limit)
        return later

    async def erase_link(self, audience: Audience, link_id: int) -> int:
        """Erase the clicks of a link, and return how many there were."""
        erased: int = await self._call("erase_link", audience, link_id)
        return erased

    async def erase_domain(self, audience: Audience, domain: str) -> int:
        """Erase the clicks and orphan visits of a domain, and return how many there were."""
        erased: int = await self._call("erase_domain", audience, domain)
        return erased

    async def erase_source(self, audience: Audience, source: UUID, name: str, now: datetime) -> int:
        """Erase all that came from an import, and return how many clicks there were."""
        erased: int = await self._call("erase_source", audience, source, name, now)
        return erased

    async def find_clicked(self, audience: Audience, links: tuple[int, ...]) -> list[int]:
        """Return those of an owner's links that have clicks."""
        found: list[int] = await self._call("find_clicked", audience, links)
        return found

    async def _call(self, method: str, *arguments: object) -> Any:
        writer = await self._connected()
        number = next(self._numbers)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            with metrics.QUESTION_SECONDS.labels(method).time():
                frames.write(writer, frames.Call(number, method, arguments))
                return await answer
        except asyncio.CancelledError:
            if not writer.is_closing():
                frames.write(writer, frames.Cancel(number))
            raise
        finally:
            del self._waiting[number]

    async def _connected(self) -> asyncio.StreamWriter:
        try:
            async with asyncio.timeout(_START_SECONDS):
                await self._is_ready.wait()
        except TimeoutError:
            raise _away() from None
        if self._writer is None:
            raise _away()
        return self._writer

    async def _keep(self) -> None:
        """Run one process after another."""
        pause = _FIRST_PAUSE_SECONDS
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            status = await self._run()
            metrics.QUESTION_PROCESS_ENDS.inc()
            _logger.error("question_process_ended", status=status)
            pause = _FIRST_PAUSE_SECONDS if loop.time() - began > _HEALTHY_SECONDS else pause
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _run(self) -> int:
        """Run a process until it ends, and return its status."""
        ours, theirs = socket.socketpair()
        with theirs:
            # By Popen, which starts it without fork(): gRPC has threads, and would complain.
            process = await asyncio.to_thread(_start, theirs.fileno())
        reader, writer = await asyncio.open_connection(sock=ours)
        try:
            frames.write(writer, self._settings)
            await self._listen(reader, writer)
        finally:
            self._is_ready.clear()
            self._writer = None
            writer.close()
            self._give_up()
            await _end(process)
        return process.returncode

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # Its first message says that it is ready.
            await frames.read(reader)
            self._writer = writer
            self._is_ready.set()
            while True:
                self._take(await frames.read(reader))
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    def _take(self, message: frames.Answer | frames.Refusal | frames.Failure) -> None:
        answer = self._waiting.get(message.number)
        if answer is None or answer.done():
            return
        if isinstance(message, frames.Answer):
            answer.set_result(message.value)
        elif isinstance(message, frames.Refusal):
            answer.set_exception(message.error())
        else:
            answer.set_exception(QuestionFailed(message.what))

    def _give_up(self) -> None:
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(_away())


def _start(descriptor: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "services.analytics.questions", str(descriptor)],
        pass_fds=[descriptor],
        stdin=subprocess.DEVNULL,
    )


async def _end(process: "subprocess.Popen[bytes]") -> None:
    """Wait for a process whose socket was closed, and kill it when it does not end."""
    try:
        await asyncio.to_thread(process.wait, _STOP_SECONDS)
    except (subprocess.TimeoutExpired, asyncio.CancelledError) as problem:
        process.kill()
        await asyncio.to_thread(process.wait)
        if isinstance(problem, asyncio.CancelledError):
            raise


def _away() -> errors.Unavailable:
    return errors.Unavailable("statistics are starting again; ask once more in a moment", retry_after_seconds=1)
