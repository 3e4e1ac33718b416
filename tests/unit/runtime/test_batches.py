"""Gathering what is asked for in the same moment."""

import asyncio

from services.runtime.batches import MOST_ITEMS, PATIENCE_SECONDS, Batches
from tests.support.wait import eventually


class Trips:
    """Batches as they were sent; each ends when it is let."""

    def __init__(self) -> None:
        self.sent: list[list[int]] = []
        self.ended = asyncio.Event()
        self.batches = Batches[int](self._send)

    async def _send(self, batch: list[int]) -> None:
        self.sent.append(batch)
        await self.ended.wait()

    async def have_sent(self, *batches: list[int]) -> None:
        """Wait until just these were sent."""
        await eventually(lambda: self.sent == list(batches), every=0)


async def test_what_comes_in_one_turn_of_the_loop_goes_together() -> None:
    """And in order."""
    trips = Trips()
    for number in range(5):
        trips.batches.add(number)
    assert trips.sent == []
    await trips.have_sent([0, 1, 2, 3, 4])
    trips.ended.set()


async def test_what_comes_meanwhile_goes_with_the_next_batch_as_soon_as_one_is_back() -> None:
    """So that batches grow with the load."""
    trips = Trips()
    trips.batches.add(1)
    await trips.have_sent([1])
    trips.batches.add(2)
    trips.batches.add(3)
    trips.ended.set()
    await trips.have_sent([1], [2, 3])


async def test_nobody_waits_for_a_batch_that_hangs() -> None:
    """What came after it goes a moment later; the moment counts from the first of them."""
    trips = Trips()
    trips.batches.add(1)
    await trips.have_sent([1])
    began = asyncio.get_running_loop().time()
    trips.batches.add(2)
    trips.batches.add(3)
    await trips.have_sent([1], [2, 3])
    assert asyncio.get_running_loop().time() - began >= PATIENCE_SECONDS * 0.9
    assert not trips.ended.is_set()
    trips.ended.set()


async def test_a_batch_is_bounded_and_a_full_one_waits_for_nothing() -> None:
    """However many come at once."""
    trips = Trips()
    everything = list(range(2 * MOST_ITEMS + 1))
    for number in everything:
        trips.batches.add(number)
    await eventually(lambda: len(trips.sent) == 3, every=0)
    assert [len(batch) for batch in trips.sent] == [MOST_ITEMS, MOST_ITEMS, 1]
    assert [number for batch in trips.sent for number in batch] == everything
    trips.ended.set()
