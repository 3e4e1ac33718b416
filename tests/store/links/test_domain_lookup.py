"""Finding domains for many callers at once."""

import asyncio
from collections.abc import Collection

import pytest

from services.common.hosts import PublicUrl
from services.links.domain.domains import Domain
from services.links.domain_lookup import DomainLookup
from services.links.store.domains import DomainStore
from services.runtime.postgres import Pool
from tests.support.clock import FakeClock


class CountedStore(DomainStore):
    """Remembers what it was asked for; raises a problem while there is one."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self.asked: list[Collection[str]] = []
        self.problem: Exception | None = None

    async def find_all(self, hosts: Collection[str]) -> dict[str, Domain]:
        """Find them in PostgreSQL."""
        self.asked.append(hosts)
        if self.problem:
            raise self.problem
        return await super().find_all(hosts)


async def test_questions_of_one_moment_share_a_statement_and_each_gets_its_own_answer(
    pool: Pool, clock: FakeClock
) -> None:
    """As if it had asked alone."""
    store = CountedStore(pool)
    for number in range(5):
        await store.add(PublicUrl(f"https://go{number}.example", f"go{number}.example"), 0, clock.now())
    lookup = DomainLookup(store)
    questions = [{"sho.rt", f"go{number % 7}.example", "elsewhere.example"} for number in range(50)]
    together = await asyncio.gather(*(lookup.find_all(hosts) for hosts in questions))
    assert len(store.asked) == 1
    assert together == [await store.find_all(hosts) for hosts in questions]
    assert [len(found) for found in together[:7]] == [2, 2, 2, 2, 2, 1, 1]


async def test_nothing_is_kept_for_later_questions(pool: Pool, clock: FakeClock) -> None:
    """A domain that has come is seen by who asks after that."""
    store = DomainStore(pool)
    lookup = DomainLookup(store)
    assert await lookup.find_all({"new.example"}) == {}
    added = await store.add(PublicUrl("https://new.example", "new.example"), 0, clock.now())
    assert await lookup.find_all({"new.example"}) == {"new.example": added}


async def test_a_failure_reaches_all_who_asked_and_nobody_else(pool: Pool) -> None:
    """Nor does one who went away keep the others from their answers."""
    store = CountedStore(pool)
    lookup = DomainLookup(store)
    store.problem = ConnectionError("down")
    found = await asyncio.gather(*(lookup.find_all({"sho.rt"}) for _ in range(3)), return_exceptions=True)
    assert found == [store.problem] * 3
    store.problem = None
    gone, stays = asyncio.create_task(lookup.find_all({"sho.rt"})), asyncio.create_task(lookup.find_all({"sho.rt"}))
    await asyncio.sleep(0)
    gone.cancel()
    assert list(await stays) == ["sho.rt"]
    with pytest.raises(asyncio.CancelledError):
        await gone
