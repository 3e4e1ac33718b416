"""A server of redirect's connections, without redirect: it holds them in this very process, with a clock of its own."""

from collections.abc import Callable, Coroutine
from typing import Any, cast

from services.common.hosts import OwnHosts, PublicUrl
from services.redirect.data_plane import DataPlane
from services.redirect.http.server_state import OpenConnection
from services.redirect.request_facts import RequestFacts, RequestFactsReader
from services.redirect.response import Response, plain

PAGE = "x" * 16_384


class Pages:
    """A data plane that answers everything at once with a page."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.page = PAGE
        # Whether answers are kept back, in held.
        self.is_holding = False
        self.held: list[Callable[[Response], None]] = []

    def respond_at_once(self, facts: RequestFacts, deliver: Callable[[Response], None]) -> bool:
        """Answer with the page."""
        self.asked.append(facts.path)
        if self.is_holding:
            self.held.append(deliver)
        else:
            deliver(plain(200, self.page))
        return True


class HoldingServer:
    """A server that holds connections in this very process."""

    def __init__(self) -> None:
        self.pages = Pages()
        self.data_plane = cast(DataPlane, self.pages)
        self.facts = RequestFactsReader(hosts=OwnHosts.of(PublicUrl.parse("http://a"), ()), trusted_proxies=())
        self.scheme = "http"
        self.now = 0.0
        self.is_leaving = False
        self.is_private = False
        self.connections: set[OpenConnection] = set()

    def takes_http2(self, peer: str) -> bool:
        """Return whether the peer is on this machine."""
        return peer == "127.0.0.1"

    def enter(self, connection: OpenConnection) -> bool:
        """Register a connection; there is always room."""
        self.connections.add(connection)
        return True

    def leave(self, connection: OpenConnection) -> None:
        """Deregister a connection."""
        self.connections.discard(connection)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Fail: nothing takes its time here."""
        raise AssertionError(f"nothing takes its time here, not {work}")

    def is_alone(self) -> bool:
        """Return whether nobody is connected."""
        return not self.connections

    def wait(self, seconds: float) -> None:
        """Let time pass, and look after the connections as a server does."""
        self.now += seconds
        for connection in list(self.connections):
            connection.check(self.now)
