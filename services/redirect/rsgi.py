"""The data plane as an RSGI application, for Granian."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Final, Protocol

from services.redirect.answer import HeaderList
from services.redirect.data_plane import DataPlane
from services.redirect.facts import FactFinder, plain_address

BODY_SECONDS: Final = 10.0
DISCARDED_BYTES: Final = 2 * 1024 * 1024
_BODILESS: Final = frozenset({"GET", "HEAD"})


class Headers(Protocol):
    """The request's headers. Values with bytes beyond ASCII read as absent."""

    def get(self, key: str, default: str = "") -> str | None:
        """Answer the first value of a header by its lower-case name."""
        ...


class Scope(Protocol):
    """The request."""

    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    headers: Headers


class HttpProtocol(Protocol):
    """The connection."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Iterate over the body."""
        ...

    def response_str(self, status: int, headers: HeaderList, body: str) -> None:
        """Answer with a body."""
        ...

    def response_empty(self, status: int, headers: HeaderList) -> None:
        """Answer without one."""
        ...


class _Body:
    """A request's body, read once, as far as anybody wants it."""

    def __init__(self, protocol: HttpProtocol) -> None:
        self._chunks = _chunks(protocol)

    async def read(self, most: int) -> bytes | None:
        """Read the body; None when it has more bytes than wanted, TimeoutError when it does not end."""
        body = b""
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in self._chunks:
                body += chunk
                if len(body) > most:
                    return None
        return body

    async def discard(self) -> None:
        """Read what nobody wanted, within bounds: closing on it would reset the connection, and the answer be lost."""
        discarded = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BODY_SECONDS):
                async for chunk in self._chunks:
                    discarded += len(chunk)
                    if discarded > DISCARDED_BYTES:
                        return


async def _no_body(most: int) -> bytes | None:
    del most
    return b""


async def _chunks(protocol: HttpProtocol) -> AsyncIterator[bytes]:
    # Granian's own iterator can be asked for once; this one can be gone on with.
    async for chunk in protocol:
        yield chunk


class RsgiApplication:
    """Carries requests from Granian to the data plane."""

    def __init__(self, *, data_plane: DataPlane, facts: FactFinder) -> None:
        self._data_plane = data_plane
        self._facts = facts

    async def __rsgi__(self, scope: Scope, protocol: HttpProtocol) -> None:
        """Answer one request."""
        facts = self._facts.gather(
            peer=_peer(scope.client),
            method=scope.method,
            scheme=scope.scheme,
            path=scope.path,
            query=scope.query_string,
            header=scope.headers.get,
        )
        if facts.method in _BODILESS:
            answer = await self._data_plane.answer(facts, _no_body)
        else:
            body = _Body(protocol)
            answer = await self._data_plane.answer(facts, body.read)
            await body.discard()
        if answer.body and facts.method != "HEAD":
            protocol.response_str(answer.status, answer.headers, answer.body)
        else:
            protocol.response_empty(answer.status, answer.headers)


@lru_cache(maxsize=4096)
def _peer(client: str) -> str:
    """Take the address out of address:port."""
    return plain_address(client.rpartition(":")[0].strip("[]"))
