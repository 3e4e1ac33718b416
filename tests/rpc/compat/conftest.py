"""The compat server with clients of its dialects."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import grpc
import pytest

from linkmeter.compat.bitly.v3 import bitly_pb2_grpc
from linkmeter.compat.shtr.v1 import shtr_pb2_grpc
from services.runtime import rpc_errors
from tests.support.compat import running_compat
from tests.support.edge import Services


@dataclass(frozen=True, slots=True)
class Compat:
    """Stubs of the dialects, and what stands behind the server."""

    # In quotes, because the types of async stubs exist for the type checker only.
    shtr: "shtr_pb2_grpc.ShtrServiceAsyncStub"
    bitly: "bitly_pb2_grpc.BitlyServiceAsyncStub"
    bitly_oauth: "bitly_pb2_grpc.BitlyOAuthServiceAsyncStub"
    behind: Services


@pytest.fixture
def limits() -> dict[str, str]:
    """Return the settings of the server; tests of limits override them."""
    return {}


@pytest.fixture
async def compat(limits: dict[str, str]) -> AsyncIterator[Compat]:
    """Serve the dialects."""
    async with running_compat(**limits) as running:
        channel = running.channel
        yield Compat(
            shtr=shtr_pb2_grpc.ShtrServiceStub(channel),
            bitly=bitly_pb2_grpc.BitlyServiceStub(channel),
            bitly_oauth=bitly_pb2_grpc.BitlyOAuthServiceStub(channel),
            behind=running.behind,
        )


def reason_of(error: grpc.aio.AioRpcError) -> str:
    """Return the reason in a failed call's ErrorInfo."""
    return rpc_errors.error_of(error).reason
