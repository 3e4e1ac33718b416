"""The clients of the SDK, and a loop for the asynchronous one."""

from collections.abc import Callable, Iterator

import pytest

from linkmeter import AsyncClient, Client
from tests.support.edge_fixtures import edge, running, services
from tests.support.loop_thread import LoopThread
from tests.support.sdk import blocking
from tests.support.system import System

__all__ = ["edge", "running", "services"]

# Makes a client as Client does, of either kind.
Connect = Callable[..., Client]


@pytest.fixture(scope="session")
def loop() -> Iterator[LoopThread]:
    """Run an event loop beside the tests."""
    thread = LoopThread()
    yield thread
    thread.stop()


@pytest.fixture(params=["sync", "async"])
def connect(request: pytest.FixtureRequest, loop: LoopThread) -> Iterator[Connect]:
    """Return what makes a client, the synchronous one or the asynchronous one in its guise, and close them all."""
    made: list[Client] = []

    def connected(*given: object, **named: object) -> Client:
        kind = Client if request.param == "sync" else lambda *a, **n: blocking(AsyncClient(*a, **n), loop)
        made.append(kind(*given, **named))  # type: ignore[arg-type]
        return made[-1]

    yield connected
    for client in made:
        client.close()


@pytest.fixture
def client(connect: Connect, system: System) -> Client:
    """Return a client of the running system, with the first owner's key."""
    return connect(system.base_url, system.api_key)
