"""Certificates between a server and a client of ours, and what happens when they are renewed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.common import errors
from services.runtime import rpc_client
from services.runtime.health import HealthPoller
from services.runtime.renewing_channel import RenewingChannel
from services.runtime.rpc_server import Limits, RpcServer
from services.runtime.rpc_tls import channel_credentials
from services.runtime.tls import Credentials
from tests.support.certificates import Folder, issued, served_certificate
from tests.support.wait import eventually

_ASK = health_pb2.HealthCheckRequest()


def _health(channel: grpc.aio.Channel) -> Any:
    # The published types do not know the stub's methods.
    return health_pb2_grpc.HealthStub(channel)


@asynccontextmanager
async def _serving(folder: Folder) -> AsyncIterator[str]:
    server = RpcServer(address="127.0.0.1:0", health=HealthPoller(), limits=Limits(grace_seconds=0.1), tls=folder.files)
    await server.start([])
    yield f"127.0.0.1:{server.port}"
    await server.stop()


async def test_our_client_checks_the_name(tmp_path: Path) -> None:
    """The certificate must name the peer that is meant, at whatever address it is."""
    folder = issued(tmp_path / "tls", trustme.CA(), "links")
    async with _serving(folder) as address:
        async with rpc_client.open_channel(address, tls=folder.files, peer_name="links") as channel:
            assert await _health(channel).Check(_ASK)
        async with rpc_client.open_channel(address, tls=folder.files, peer_name="analytics") as channel:
            with pytest.raises(errors.Unavailable):
                await _health(channel).Check(_ASK)


async def test_renewals_go_on_through_a_change_of_authority(tmp_path: Path) -> None:
    """A stub that was made once calls on after certificates and then the authority were replaced on both sides."""
    old, new = trustme.CA(), trustme.CA()
    names = ("links", "compat")
    server, client = issued(tmp_path / "server", old, *names), issued(tmp_path / "client", old, *names)

    def secure(credentials: Credentials) -> grpc.aio.Channel:
        options = [("grpc.ssl_target_name_override", "links")]
        return grpc.aio.secure_channel(address, channel_credentials(credentials), options=options)

    async with _serving(server) as address, RenewingChannel(client.files, secure, look_seconds=0) as channel:
        stub = _health(channel)
        assert await stub.Check(_ASK)
        # As operators do it: trust both, change certificates, trust the new one only.
        for authority, trusted in ((old, (old, new)), (new, (old, new)), (new, (new,))):
            server.issue(authority, *names, trusted=trusted)
            client.issue(authority, *names, trusted=trusted)
            before = channel.current()
            assert await stub.Check(_ASK, timeout=60)
            assert channel.current() is before
        # Who missed the change is refused.
        late = issued(tmp_path / "late", old, *names)
        late.issue(old, *names, trusted=(old, new))
        with pytest.raises(grpc.aio.AioRpcError):
            await _health(late.channel(address, "links")).Check(_ASK, timeout=3)


async def test_server_shows_renewed_certificate_on_new_connections(tmp_path: Path) -> None:
    """Files that are replaced under a running server are what the next peer sees; broken ones are not."""
    authority = trustme.CA()
    folder = issued(tmp_path / "tls", authority)
    async with _serving(folder) as address:
        context = folder.context()
        first = served_certificate(address, context)
        folder.issue(authority)
        second = served_certificate(address, context)
        assert second != first
        broken = folder.path / "..data" / "tls.key"
        broken.write_text("no key")
        assert served_certificate(address, context) == second


async def test_a_stream_is_called_as_well(tmp_path: Path) -> None:
    """Methods that answer a stream go through the same channel."""
    folder = issued(tmp_path / "tls", trustme.CA(), "links")
    async with (
        _serving(folder) as address,
        rpc_client.open_channel(address, tls=folder.files, peer_name="links") as channel,
    ):
        call = _health(channel).Watch(_ASK)

        async def is_serving() -> bool:
            return bool((await call.read()).status == health_pb2.HealthCheckResponse.SERVING)

        assert await eventually(is_serving)
        call.cancel()
