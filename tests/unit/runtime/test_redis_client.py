"""A dead Redis costs one short wait a second."""

import pytest
from redis.asyncio import Connection
from redis.exceptions import ConnectionError as RedisConnectionError

from services.runtime.redis_client import Breaker, RedisDown


async def test_the_breaker_leaves_a_dead_redis_alone_for_a_second() -> None:
    """After a failure nothing is tried until the pause is over."""
    now, tries = [0.0], []

    async def failing() -> None:
        tries.append(now[0])
        raise RedisConnectionError

    breaker = Breaker(monotonic=lambda: now[0])
    for moment in (0.0, 0.1, 0.9, 1.0, 1.5, 2.0):
        now[0] = moment
        with pytest.raises(RedisDown):
            await breaker.run(failing)
    assert tries == [0.0, 1.0, 2.0]


async def test_a_connection_that_another_task_ended_is_an_outage() -> None:
    """What the library raises then looks like a programming error; one of ours is none of Redis's."""

    async def written_too_late() -> None:
        await Connection()._send_packed_command([b"PING"])  # noqa: SLF001 - where the library fails

    async def written_on_what_is_closed() -> None:
        connection = Connection()
        connection._writer = _Closed()  # type: ignore[assignment] # noqa: SLF001 - see above
        await connection._send_packed_command([b"PING"])  # noqa: SLF001 - see above

    async def mistaken() -> None:
        _ = None.writelines  # type: ignore[attr-defined] # on purpose

    async def mistaken_as_well() -> None:
        raise RuntimeError

    for operation in (written_too_late, written_on_what_is_closed):
        with pytest.raises(RedisDown):
            await Breaker().run(operation)
    with pytest.raises(AttributeError):
        await Breaker().run(mistaken)
    with pytest.raises(RuntimeError):
        await Breaker().run(mistaken_as_well)


class _Closed:
    """What uvloop makes of a connection that was closed."""

    def close(self) -> None:
        """Be closed already."""

    def writelines(self, _: object) -> None:
        """Refuse."""
        raise RuntimeError("unable to perform operation on <TCPTransport closed=True>; the handler is closed")


async def test_the_breaker_hands_on_what_works() -> None:
    """A working Redis is not in the way."""

    async def working() -> int:
        return 7

    breaker = Breaker()
    assert await breaker.run(working) == 7
    assert not breaker.is_open
