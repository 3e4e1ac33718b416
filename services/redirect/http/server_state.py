"""What connections and their server know of each other, whatever they speak."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any, Protocol, cast

from services.common.ip_addresses import plain_address
from services.redirect.data_plane import DataPlane
from services.redirect.http.request_reader import Request
from services.redirect.request_facts import GATEWAY, RequestFacts, RequestFactsReader


class ServerState(Protocol):
    """What a connection knows of its server."""

    data_plane: DataPlane
    facts: RequestFactsReader
    scheme: str
    # Whether it listens on a Unix socket, which only the gateway can reach.
    is_private: bool
    # Monotonic, exact to a second.
    now: float
    is_leaving: bool

    def takes_http2(self, peer: str) -> bool:
        """Return whether a peer may speak HTTP/2."""
        ...

    def enter(self, connection: "OpenConnection") -> bool:
        """Register a connection, and return whether there is room for it."""
        ...

    def leave(self, connection: "OpenConnection") -> None:
        """Deregister a connection."""
        ...

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine as a task of the server."""
        ...


class OpenConnection(asyncio.Protocol, ABC):
    """A connection that its server knows of for as long as it is open, whatever it speaks."""

    def __init__(self, server: ServerState) -> None:
        self._server = server
        self._transport: asyncio.Transport | None = None
        # The address of the client, or GATEWAY; empty until it is known, and where it is gone already.
        self._peer = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Register the connection, or abort it when there are too many."""
        self._transport = cast(asyncio.Transport, transport)
        self._peer = _peer_of(self._server, transport)
        if not self._server.enter(self):
            self._transport.abort()

    def connection_lost(self, problem: Exception | None) -> None:
        """Deregister the connection; responses under way are dropped."""
        del problem
        self._transport = None
        self._server.leave(self)

    @abstractmethod
    def check(self, now: float) -> None:
        """Close the connection when the client is past its deadline; now is monotonic, in seconds."""

    @abstractmethod
    def leave(self) -> None:
        """Tell the client, if that can be done before it asks again, that it should ask elsewhere."""

    @abstractmethod
    def finish(self) -> None:
        """Close the connection, unless a response is owed: that one will close it."""


def facts_of(server: ServerState, peer: str, request: Request) -> RequestFacts:
    """Return the facts of a request that a peer sent."""
    return server.facts.read(
        peer=peer,
        method=request.method,
        scheme=server.scheme,
        path=request.path,
        query=request.query,
        header=request.headers.get,
    )


def _peer_of(server: ServerState, transport: asyncio.BaseTransport) -> str:
    """Return the address of the peer, or GATEWAY; empty when it is gone already."""
    if server.is_private:
        return GATEWAY
    peer = transport.get_extra_info("peername")
    return plain_address(peer[0]) if peer else ""
