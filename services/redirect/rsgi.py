"""The data plane as an RSGI application, for Granian."""

from collections.abc import AsyncIterator
from typing import Protocol

from services.redirect.answer import HeaderList
from services.redirect.data_plane import DataPlane
from services.redirect.facts import FactFinder, plain_address


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


class RsgiApplication:
    """Carries requests from Granian to the data plane."""

    def __init__(self, *, data_plane: DataPlane, facts: FactFinder) -> None:
        self._data_plane = data_plane
        self._facts = facts

    async def __rsgi__(self, scope: Scope, protocol: HttpProtocol) -> None:
        """Answer one request."""
        get = scope.headers.get
        facts = self._facts.gather(
            peer=_peer(scope.client),
            method=scope.method,
            scheme=scope.scheme,
            path=scope.path,
            query=scope.query_string,
            header=lambda name: get(name) or "",
        )

        async def read_body(most: int) -> bytes | None:
            body = b""
            async for chunk in protocol:
                body += chunk
                if len(body) > most:
                    return None
            return body

        answer = await self._data_plane.answer(facts, read_body)
        if answer.body and facts.method != "HEAD":
            protocol.response_str(answer.status, answer.headers, answer.body)
        else:
            protocol.response_empty(answer.status, answer.headers)


def _peer(client: str) -> str:
    """Take the address out of address:port."""
    return plain_address(client.rpartition(":")[0].strip("[]"))
