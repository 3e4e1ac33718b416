"""The real compat server, between small servers that stand for links and analytics."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import grpc
import pytest

from gateway.compat import server
from gateway.compat.backends import Backends
from gateway.compat.settings import Settings
from gateway.openapi.contract import Contract
from linkmeter.compat.shtr.v1 import shtr_pb2_grpc
from tests.support.edge import Services


@dataclass(frozen=True, slots=True)
class Compat:
    """A client of the compat server, and what stands behind that."""

    shtr: "shtr_pb2_grpc.ShtrServiceAsyncStub"
    behind: Services


@pytest.fixture
def limits() -> dict[str, str]:
    """Say how the server is set; tests of limits override it."""
    return {"LINKMETER_RATE_LIMITS": "off"}


@pytest.fixture
async def compat(limits: dict[str, str]) -> AsyncIterator[Compat]:
    """Serve the dialects."""
    behind = Services()
    await behind.start(Contract.load())
    settings = Settings.read(
        {
            "LINKMETER_LISTEN": "127.0.0.1:0",
            "LINKMETER_LINKS_ADDRESS": f"127.0.0.1:{behind.ports['links']}",
            "LINKMETER_ANALYTICS_ADDRESS": f"127.0.0.1:{behind.ports['analytics']}",
            "LINKMETER_PUBLIC_URL": "https://sho.rt",
            **limits,
        }
    )
    backends = Backends.open(settings.links_address, settings.analytics_address)
    ours = server.build(settings, backends)
    await ours.start(tuple(server.WORDINGS))
    async with grpc.aio.insecure_channel(f"127.0.0.1:{ours.port}") as channel:
        yield Compat(shtr_pb2_grpc.ShtrServiceStub(channel), behind)
    await ours.stop()
    await backends.close()
    await behind.stop()
