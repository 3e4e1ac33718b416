"""Who imports waits for turns: one of each account, and few in all."""

import asyncio

from services.links.importing.turns import ImportTurns
from tests.support.wait import eventually


async def test_an_account_has_one_turn_at_a_time_and_all_have_few() -> None:
    """Others' turns do not wait for an account's second one; in the end all have had theirs."""
    turns = ImportTurns()
    running: list[int] = []
    seen: list[int] = []
    go_on = asyncio.Event()

    async def take(owner_id: int) -> None:
        async with turns.turn(owner_id):
            running.append(owner_id)
            seen.append(len(running))
            await go_on.wait()
            assert running.count(owner_id) == 1
            running.remove(owner_id)

    tasks = [asyncio.create_task(take(owner_id)) for owner_id in (1, 1, 1, 2, 3, 4)]
    await eventually(lambda: len(running) == 3)
    assert running == [1, 2, 3]
    go_on.set()
    await asyncio.gather(*tasks)
    assert (max(seen), len(seen), running) == (3, 6, [])


async def test_who_gives_up_leaves_the_turn_to_others() -> None:
    """While waiting as well as while at it."""
    turns = ImportTurns()
    holding = turns.turn(1)
    await holding.__aenter__()
    waiting = asyncio.create_task(turns.turn(1).__aenter__())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await holding.__aexit__(None, None, None)
    async with turns.turn(1):
        pass
