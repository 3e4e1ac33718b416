"""A steady stream of visitors: so many requests a second, whether answers come or not."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

_PATIENCE_SECONDS: Final = 10.0
_AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


@dataclass(slots=True)
class Load:
    """Follows links at a rate, over connections that are kept as long as the server keeps them."""

    host: str
    port: int
    codes: Sequence[str]
    per_second: int
    answered: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    _idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

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
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                status = await self._ask(f"/{self.codes[number % len(self.codes)]}?utm_content=c{number}")
        except (OSError, EOFError, TimeoutError) as problem:
            self.failures[type(problem).__name__] += 1
            return
        self.slowest = max(self.slowest, time.monotonic() - began)
        if status == "302":
            self.answered += 1
        else:
            self.failures[status] += 1

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
