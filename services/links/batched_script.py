"""One Lua script for many callers, in few round trips."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import redis.asyncio
from redis.exceptions import NoScriptError

from services.runtime.redis_client import Breaker, Client

# So that one round trip stays far below the client's patience.
_MOST_AT_ONCE: Final = 100

Argument = str | int | bytes


@dataclass(frozen=True, slots=True)
class _Run:
    keys: Sequence[str]
    arguments: Sequence[Argument]
    done: asyncio.Future[None]


class BatchedScript:
    """Runs a script; what is asked for while a round trip is under way goes together in the next one."""

    def __init__(self, client: Client, breaker: Breaker, text: str) -> None:
        self._client = client
        self._breaker = breaker
        self._script = client.register_script(text)
        self._waiting: list[_Run] = []
        self._task: asyncio.Task[None] | None = None

    async def run(self, keys: Sequence[str], arguments: Sequence[Argument]) -> None:
        """Run it once; raise RedisDown when that failed, or may have."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Run(keys, arguments, done))
        if self._task is None:
            self._task = asyncio.create_task(self._run_waiting())
        await done

    async def _run_waiting(self) -> None:
        try:
            while self._waiting:
                runs, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
                problem = await self._attempt(runs)
                for run in runs:
                    # Whoever asked may have gone.
                    if run.done.done():
                        continue
                    if problem is None:
                        run.done.set_result(None)
                    else:
                        run.done.set_exception(problem)
        finally:
            self._task = None

    async def _attempt(self, runs: Sequence[_Run]) -> Exception | None:
        try:
            await self._breaker.run(lambda: self._execute(runs))
        except Exception as problem:  # noqa: BLE001 - whoever waits is told
            return problem
        return None

    async def _execute(self, runs: Sequence[_Run]) -> None:
        if len(runs) == 1 or not isinstance(self._client, redis.asyncio.Redis):
            # A cluster's client has no pipelines of scripts, but a connection for each that is under way.
            await asyncio.gather(*(self._script(keys=run.keys, args=run.arguments) for run in runs))
            return
        try:
            await self._pipeline(self._client, runs)
        except NoScriptError:
            await self._client.script_load(self._script.script)
            await self._pipeline(self._client, runs)

    async def _pipeline(self, client: redis.asyncio.Redis, runs: Sequence[_Run]) -> None:
        async with client.pipeline(transaction=False) as pipeline:
            for run in runs:
                pipeline.evalsha(self._script.sha, len(run.keys), *run.keys, *run.arguments)
            await pipeline.execute()
