"""A steady stream of visitors: so many requests a second, whether answers come or not."""

import asyncio
import itertools
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

_PATIENCE_SECONDS: Final = 10.0
_AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


@dataclass(slots=True)
class Load:
    """Follows links at a rate, over connections that are kept as long as the server keeps them.

    Each request has a mark of its own, which its click has too: utm_content.
    """

    host: str
    port: int
    codes: Sequence[str]
    per_second: int
    # The marks of those that got their redirect, by code; and of the others, with what they saw instead.
    answered: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    failed: dict[str, str] = field(default_factory=dict)
    slowest: float = 0.0
    _idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    @property
    def failures(self) -> Counter[str]:
        """How many saw what instead of a redirect."""
        return Counter(self.failed.values())

    @property
    def answers(self) -> int:
        """How many got their redirect."""
        return sum(map(len, self.answered.values()))

    async def run(self, leaving: asyncio.Event) -> None:
        """Send until told to stop, then wait for the last answers."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in itertools.count():
                if leaving.is_set():
                    break
                group.create_task(self._follow(number))
                await asyncio.sleep(max(0.0, began + (number + 1) / self.per_second - time.monotonic()))
        for _, writer in self._idle:
            writer.close()

    async def _follow(self, number: int) -> None:
        began = time.monotonic()
        mark = f"c{number}"
        code = self.codes[number % len(self.codes)]
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                status = await self._ask(f"/{code}?utm_content={mark}")
        except (OSError, EOFError, TimeoutError) as problem:
            self.failed[mark] = type(problem).__name__
            return
        self.slowest = max(self.slowest, time.monotonic() - began)
        if status == "302":
            self.answered[code].add(mark)
        else:
            self.failed[mark] = status

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Take an idle connection that the server has not ended, or a new one, as every client does."""
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection(self.host, self.port)

    async def _ask(self, path: str) -> str:
        reader, writer = await self._connection()
        request = f"GET {path} HTTP/1.1\r\nhost: {self.host}:{self.port}\r\nuser-agent: {_AGENT}\r\n\r\n"
        try:
            writer.write(request.encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = head.partition("content-length: ")[2].partition("\r\n")[0]
            await reader.readexactly(int(length or 0))
        except BaseException:
            writer.close()
            raise
        if "connection: close" in head:
            writer.close()
        else:
            self._idle.append((reader, writer))
        return head.split(" ", 2)[1]
