"""Promise S21: heavy queries of one account keep those of others waiting for a turn at most."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from services.analytics.domain.query import Audience
from services.analytics.query_turns import QueryTurns, TurnLimits
from services.common.errors import ResourceExhausted

ADA, BEN, CLEO = Audience(owner_id=2), Audience(owner_id=3), Audience(owner_id=4)
LIMITS = TurnLimits(at_once=4, of_one_owner=2, waiting=3, longest_wait_seconds=30)
IMPATIENT = TurnLimits(at_once=1, of_one_owner=1, waiting=1, longest_wait_seconds=0.01)


class Queries:
    """Queries that are answered when they are told to."""

    def __init__(self, turns: QueryTurns) -> None:
        self._turns = turns
        self.running: list[str] = []
        self.ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def ask(self, name: str, audience: Audience) -> None:
        """Begin a query, and let it come as far as it can."""
        self.ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._run(name, audience))
        await asyncio.sleep(0)

    async def end(self, name: str) -> None:
        """Run a query."""
        self.ends[name].set()
        await self.tasks[name]
        await asyncio.sleep(0)

    async def give_up(self, name: str) -> None:
        """Hang up before the answer."""
        self.tasks[name].cancel()
        await asyncio.gather(self.tasks[name], return_exceptions=True)
        await asyncio.sleep(0)

    async def _run(self, name: str, audience: Audience) -> None:
        async with self._turns.turn(audience):
            self.running.append(name)
            await self.ends[name].wait()
        self.running.remove(name)


async def test_one_owner_leaves_room() -> None:
    """However many one owner asks, another's query is answered at once."""
    queries = Queries(QueryTurns(LIMITS))
    for name in ("a1", "a2", "a3", "a4"):
        await queries.ask(name, ADA)
    await queries.ask("b1", BEN)
    assert queries.running == ["a1", "a2", "b1"]
    await queries.end("a1")
    assert queries.running == ["a2", "b1", "a3"]


async def test_fewest_come_first() -> None:
    """A turn goes to whom the fewest queries of are being answered, however long others have waited."""
    queries = Queries(QueryTurns(LIMITS))
    for name, audience in (("a1", ADA), ("a2", ADA), ("b1", BEN), ("b2", BEN), ("a3", ADA), ("c1", CLEO)):
        await queries.ask(name, audience)
    assert queries.running == ["a1", "a2", "b1", "b2"]
    await queries.end("a1")
    assert queries.running == ["a2", "b1", "b2", "c1"]
    await queries.end("a2")
    assert queries.running == ["b1", "b2", "c1", "a3"]


async def test_too_many_are_refused() -> None:
    """Beyond those that may wait: RESOURCE_EXHAUSTED with a hint when to come back; another owner may wait still."""
    turns = QueryTurns(LIMITS)
    queries = Queries(turns)
    for number in range(5):
        await queries.ask(f"a{number}", ADA)
    with pytest.raises(ResourceExhausted) as refused:
        await turns.turn(ADA).__aenter__()
    assert refused.value.retry_after_seconds == 1
    await queries.ask("b1", BEN)
    assert queries.running == ["a0", "a1", "b1"]


async def test_nobody_waits_for_long() -> None:
    """Who has no turn in time is refused, and takes nobody's place."""
    turns = QueryTurns(IMPATIENT)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(turns.turn(ADA))
        for audience in (ADA, BEN, Audience(link_id=7)):
            with pytest.raises(ResourceExhausted):
                await turns.turn(audience).__aenter__()
    async with turns.turn(BEN):
        pass


async def test_who_gives_up_leaves_the_place() -> None:
    """While waiting, while running, and at the moment when the turn comes."""
    queries = Queries(QueryTurns(TurnLimits(at_once=1, of_one_owner=1, longest_wait_seconds=30)))
    await queries.ask("a1", ADA)
    await queries.ask("b1", BEN)
    await queries.ask("c1", CLEO)
    await queries.give_up("b1")
    await queries.give_up("a1")
    assert queries.running[-1] == "c1"
    await queries.ask("a2", ADA)
    # Ended, but a2 has not run since: its turn is handed out in the same step.
    queries.ends["c1"].set()
    await queries.tasks["c1"]
    await queries.give_up("a2")
    await queries.ask("b2", BEN)
    assert queries.running[-1] == "b2"
