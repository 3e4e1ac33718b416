"""Fixtures of tests that need the gateway alone; a conftest imports them."""

from collections.abc import AsyncIterator, Iterator

import grpc
import httpx
import pytest

from tests.support.edge import Edge, Services, running_edge


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """Run one gateway for all tests of this process."""
    with running_edge(tmp_path_factory.mktemp("edge")) as edge:
        yield edge


@pytest.fixture
def edge(running: Edge) -> Edge:
    """Return the gateway, with servers that remember nothing."""
    running.services.reset()
    return running


@pytest.fixture
def services(edge: Edge) -> Services:
    """Return what stands behind the gateway."""
    return edge.services


@pytest.fixture
async def client(edge: Edge) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the gateway."""
    async with edge.client() as client:
        yield client


@pytest.fixture
async def channel(edge: Edge) -> AsyncIterator[grpc.aio.Channel]:
    """Return a gRPC channel to the gateway."""
    async with edge.channel() as channel:
        yield channel
