"""The compat server with clients of its dialects."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from linkmeter.compat.shtr.v1 import shtr_pb2_grpc
from tests.support.compat import running_compat
from tests.support.edge import Services


@dataclass(frozen=True, slots=True)
class Compat:
    """Stubs of the dialects, and what stands behind the server."""

    # In quotes, because the types of async stubs exist for the type checker only.
    shtr: "shtr_pb2_grpc.ShtrServiceAsyncStub"
    behind: Services


@pytest.fixture
def limits() -> dict[str, str]:
    """Say how the server is set; tests of limits override it."""
    return {}


@pytest.fixture
async def compat(limits: dict[str, str]) -> AsyncIterator[Compat]:
    """Serve the dialects."""
    async with running_compat(**limits) as running:
        yield Compat(shtr_pb2_grpc.ShtrServiceStub(running.channel), running.behind)
