"""The real compat server, between small servers that stand for links and analytics."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import grpc

from gateway.compat.server import CompatServer
from gateway.compat.settings import Settings
from gateway.openapi.contract import Contract
from tests.support.edge import Services


@dataclass(frozen=True, slots=True)
class Compat:
    """The compat server, a channel to it, and what stands behind it."""

    address: str
    channel: grpc.aio.Channel
    behind: Services


@asynccontextmanager
async def running_compat(**settings: str) -> AsyncIterator[Compat]:
    """Serve the dialects in this loop; settings as in the environment. Rate limits are off unless asked for."""
    behind = Services()
    await behind.start(Contract.load())
    defaults = {
        "LINKMETER_LISTEN": "127.0.0.1:0",
        "LINKMETER_LINKS_ADDRESS": f"127.0.0.1:{behind.ports['links']}",
        "LINKMETER_ANALYTICS_ADDRESS": f"127.0.0.1:{behind.ports['analytics']}",
        "LINKMETER_PUBLIC_URL": "https://sho.rt",
        "LINKMETER_RATE_LIMITS": "off",
        "LINKMETER_SECRET": "a secret of the tests, long enough",
    }
    ours = CompatServer(Settings.read({**defaults, **settings}))
    await ours.start()
    address = f"127.0.0.1:{ours.port}"
    try:
        async with grpc.aio.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)]) as channel:
            yield Compat(address, channel, behind)
    finally:
        await ours.stop()
        await behind.stop()
