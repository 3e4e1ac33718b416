"""Load on gRPC services, from this process: dearer than wrk's, so latencies say more than rates."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import grpc

from tests.load.measured import Measured, measured

Call = Callable[[], Awaitable[object]]


def run(address: str, calls_on: Callable[[grpc.aio.Channel], Call], seconds: float, callers: int) -> Measured:
    """Call again and again, each caller waiting for its answer, over one channel."""
    return asyncio.run(run_async(address, calls_on, seconds, callers))


async def run_async(
    address: str, calls_on: Callable[[grpc.aio.Channel], Call], seconds: float, callers: int
) -> Measured:
    """Do what run() does, beside other things."""
    taken: list[float] = []
    failed = 0
    async with grpc.aio.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]) as channel:
        await channel.channel_ready()
        call = calls_on(channel)
        await call()
        started = time.perf_counter()
        end = started + seconds

        async def caller() -> None:
            nonlocal failed
            while (begun := time.perf_counter()) < end:
                try:
                    await call()
                except grpc.aio.AioRpcError:
                    failed += 1
                taken.append(time.perf_counter() - begun)

        await asyncio.gather(*(caller() for _ in range(callers)))
        elapsed = time.perf_counter() - started
    return measured(taken, elapsed, failed)
