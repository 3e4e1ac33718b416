"""The process that answers questions: python -m services.analytics.questions DESCRIPTOR, started by the service.

It reads its settings and calls from the socket, and ends when that does: it cannot outlive who started it.
"""

import asyncio
import errno
import signal
import socket
import sys

import uvloop

from services.analytics.questions import frames
from services.analytics.questions.engine import EngineSettings, QuestionEngine
from services.analytics.segments import duck
from services.analytics.segments.files import SegmentDamaged
from services.common.errors import LinkmeterError, Unavailable
from services.runtime import log, postgres

_logger = log.get(__name__)


class _Calls:
    """Answers calls, many at once."""

    def __init__(self, engine: QuestionEngine, writer: asyncio.StreamWriter) -> None:
        self._engine = engine
        self._writer = writer
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def serve(self, reader: asyncio.StreamReader) -> None:
        """Answer until the other side is gone."""
        while True:
            try:
                message = await frames.read(reader)
            except (asyncio.IncompleteReadError, ConnectionError):
                break
            if isinstance(message, frames.Cancel):
                if task := self._tasks.get(message.number):
                    task.cancel()
                continue
            self._tasks[message.number] = asyncio.create_task(self._answer(message))
        unfinished = [*self._tasks.values()]
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)

    async def _answer(self, call: frames.Call) -> None:
        message: object
        try:
            message = frames.Answer(call.number, await getattr(self._engine, call.method)(*call.arguments))
        except Exception as error:  # noqa: BLE001 - whoever asks is told, whatever it is
            message = self._refusal(call, error)
        finally:
            del self._tasks[call.number]
        frames.write(self._writer, message)

    def _refusal(self, call: frames.Call, error: Exception) -> frames.Refusal | frames.Failure:
        if known := _refusal_of(error):
            return frames.Refusal.of(call.number, known)
        _logger.failure("question_failed", error, method=call.method)
        return frames.Failure(call.number, type(error).__name__)


def _refusal_of(error: Exception) -> LinkmeterError | None:
    """Return what callers are told of an error that can be expected; None for every other one."""
    if isinstance(error, LinkmeterError):
        return error
    if isinstance(error, SegmentDamaged):
        # Named, and nothing else is refused: questions that do not need it are answered.
        return Unavailable(f"a part of the statistics is damaged: {error}", retry_after_seconds=60)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return Unavailable("there is no room for what is to be counted", retry_after_seconds=5)
    return postgres.outage_of(error) or duck.refusal_of(error)


async def _run(descriptor: int) -> None:
    reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=descriptor))
    settings: EngineSettings = await frames.read(reader)
    log.configure("analytics", settings.log_level, settings.log_format)
    engine = QuestionEngine(settings)
    await engine.start()
    frames.write(writer, "ready")
    await _Calls(engine, writer).serve(reader)
    await engine.stop()
    writer.close()


def main() -> None:
    """Serve until the socket ends; a signal that is meant for the whole group is left to who started us."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    uvloop.run(_run(int(sys.argv[1])))


if __name__ == "__main__":
    main()
