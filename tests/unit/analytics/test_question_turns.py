"""Promise S21: heavy questions of one account keep those of others waiting for a turn at most."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from services.analytics.domain.query import Audience
from services.analytics.question_turns import QuestionTurns, TurnLimits
from services.common.errors import ResourceExhausted

ADA, BEN, CLEO = Audience(owner_id=2), Audience(owner_id=3), Audience(owner_id=4)
LIMITS = TurnLimits(at_once=4, of_one_owner=2, waiting=3, longest_wait_seconds=30)
IMPATIENT = TurnLimits(at_once=1, of_one_owner=1, waiting=1, longest_wait_seconds=0.01)


class Questions:
    """Questions that are answered when they are told to."""

    def __init__(self, turns: QuestionTurns) -> None:
        self._turns = turns
        self.running: list[str] = []
        self.ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def ask(self, name: str, audience: Audience) -> None:
        """Begin a question, and let it come as far as it can."""
        self.ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._run(name, audience))
        await asyncio.sleep(0)

    async def end(self, name: str) -> None:
        """Answer a question."""
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
    """However many one owner asks, another's question is answered at once."""
    questions = Questions(QuestionTurns(LIMITS))
    for name in ("a1", "a2", "a3", "a4"):
        await questions.ask(name, ADA)
    await questions.ask("b1", BEN)
    assert questions.running == ["a1", "a2", "b1"]
    await questions.end("a1")
    assert questions.running == ["a2", "b1", "a3"]


async def test_fewest_come_first() -> None:
    """A turn goes to whom the fewest questions of are being answered, however long others have waited."""
    questions = Questions(QuestionTurns(LIMITS))
    for name, audience in (("a1", ADA), ("a2", ADA), ("b1", BEN), ("b2", BEN), ("a3", ADA), ("c1", CLEO)):
        await questions.ask(name, audience)
    assert questions.running == ["a1", "a2", "b1", "b2"]
    await questions.end("a1")
    assert questions.running == ["a2", "b1", "b2", "c1"]
    await questions.end("a2")
    assert questions.running == ["b1", "b2", "c1", "a3"]


async def test_too_many_are_refused() -> None:
    """Beyond those that may wait: RESOURCE_EXHAUSTED with a hint when to come back; another owner may wait still."""
    turns = QuestionTurns(LIMITS)
    questions = Questions(turns)
    for number in range(5):
        await questions.ask(f"a{number}", ADA)
    with pytest.raises(ResourceExhausted) as refused:
        await turns.turn(ADA).__aenter__()
    assert refused.value.retry_after_seconds == 1
    await questions.ask("b1", BEN)
    assert questions.running == ["a0", "a1", "b1"]


async def test_nobody_waits_for_long() -> None:
    """Who has no turn in time is refused, and takes nobody's place."""
    turns = QuestionTurns(IMPATIENT)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(turns.turn(ADA))
        for audience in (ADA, BEN, Audience(link_id=7)):
            with pytest.raises(ResourceExhausted):
                await turns.turn(audience).__aenter__()
    async with turns.turn(BEN):
        pass


async def test_who_gives_up_leaves_the_place() -> None:
    """While waiting, while running, and at the moment when the turn comes."""
    questions = Questions(QuestionTurns(TurnLimits(at_once=1, of_one_owner=1, longest_wait_seconds=30)))
    await questions.ask("a1", ADA)
    await questions.ask("b1", BEN)
    await questions.ask("c1", CLEO)
    await questions.give_up("b1")
    await questions.give_up("a1")
    assert questions.running[-1] == "c1"
    await questions.ask("a2", ADA)
    # Ended, but a2 has not run since: its turn is handed out in the same step.
    questions.ends["c1"].set()
    await questions.tasks["c1"]
    await questions.give_up("a2")
    await questions.ask("b2", BEN)
    assert questions.running[-1] == "b2"
