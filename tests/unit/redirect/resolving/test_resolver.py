"""Finding links: layers, single flight, freshness, staleness, invalidation."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from services.common import errors
from services.redirect.domain.resolution import Absent, Finding, Resolution
from services.redirect.resolving.cache import Cache
from services.redirect.resolving.resolver import Resolver
from tests.support.wait import eventually

HOST, CODE, KEY = "sho.rt", "abc", "sho.rt/abc"
DAY = 24 * 3600.0
NOTHING = Absent(domain_id=3, domain=HOST, owner_id=4)


def resolution(revision: int = 1, **changes: Any) -> Resolution:
    destination = f"https://example.com/{revision}"
    return Resolution(
        link_id=1,
        owner_id=2,
        domain_id=3,
        domain=HOST,
        code=CODE,
        destination=destination,
        revision=revision,
        **changes,
    )


class World:
    """Redis, links and time as a test wants them."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.redis: dict[str, Resolution] = {}
        self.links: dict[str, Resolution] = {}
        self.links_is_down = False
        self.gate: asyncio.Event | None = None
        self.asked_redis = 0
        self.asked_links = 0
        # The codes of each call of links.
        self.calls: list[list[str]] = []
        self.bug: Exception | None = None
        self.resolver = Resolver(cache=Cache(links=3, missing=2), shared=self, links=self, monotonic=lambda: self.now)

    async def get_many(self, keys: Sequence[str]) -> list[Resolution | None]:
        """Find links as Redis does."""
        self.asked_redis += len(keys)
        return [self.redis.get(key) for key in keys]

    async def resolve_many(self, names: Sequence[tuple[str, str]], seconds: float) -> list[Finding]:
        """Find links as links does."""
        assert seconds <= 2.0
        self.asked_links += len(names)
        self.calls.append([code for _, code in names])
        response = [self.links.get(f"{host}/{code}", NOTHING) for host, code in names]
        if self.gate:
            await self.gate.wait()
        if self.links_is_down:
            raise errors.Unavailable("down")
        if self.bug:
            raise self.bug
        return response

    async def find(self, code: str = CODE) -> Finding:
        """Ask as a visitor's request does."""
        entry = self.resolver.at_hand(HOST, code)
        return entry.finding if entry else await self.resolver.resolve(HOST, code)


@pytest.fixture
def world() -> World:
    world = World()
    world.links[KEY] = resolution()
    world.resolver.begin_watch()
    return world


async def test_a_known_link_is_answered_from_memory(world: World) -> None:
    """Neither Redis nor links is asked again while the entry is fresh."""
    await world.find()
    world.now += 59.9
    assert await world.find() == resolution()
    assert (world.asked_redis, world.asked_links) == (1, 1)


async def test_redis_spares_links(world: World) -> None:
    """What another replica learnt is enough."""
    world.redis[KEY] = resolution()
    assert await world.find() == resolution()
    assert world.asked_links == 0


async def test_a_thousand_requests_for_an_uncached_code_make_one_lookup(world: World) -> None:
    """R7: whoever comes while one asks, waits for its answer."""
    world.gate = asyncio.Event()
    waiting = [asyncio.create_task(world.find()) for _ in range(1000)]
    await asyncio.sleep(0)
    world.gate.set()
    assert set(await asyncio.gather(*waiting)) == {resolution()}
    assert world.asked_links == 1


async def test_a_visitor_who_goes_away_does_not_end_the_lookup(world: World) -> None:
    """The others get their answer."""
    world.gate = asyncio.Event()
    first, second = asyncio.create_task(world.find()), asyncio.create_task(world.find())
    await asyncio.sleep(0)
    first.cancel()
    world.gate.set()
    assert await second == resolution()


async def test_a_missing_code_is_remembered_briefly(world: World) -> None:
    """With whose domain it is missing on; two seconds, then links is asked again."""
    assert await world.find("nope") == NOTHING
    assert await world.find("nope") == NOTHING
    assert world.asked_links == 1
    world.now += 2.0
    await world.find("nope")
    assert world.asked_links == 2


async def test_an_old_entry_is_asked_for_again(world: World) -> None:
    """After a minute a change shows even if nobody announced it."""
    await world.find()
    world.links[KEY] = resolution(2)
    world.now += 60.0
    assert await world.find() == resolution(2)


async def test_without_announcements_entries_are_fresh_for_a_second(world: World) -> None:
    """While Redis is down, changes are seen all the same."""
    await world.find()
    world.resolver.end_watch()
    world.links[KEY] = resolution(2)
    world.now += 1.0
    assert await world.find() == resolution(2)


async def test_after_a_gap_in_the_announcements_everything_is_asked_for_again(world: World) -> None:
    """What changed in the gap was not heard of."""
    await world.find()
    world.links[KEY] = resolution(2)
    world.resolver.end_watch()
    world.resolver.begin_watch()
    assert await world.find() == resolution(2)


async def test_an_announced_change_is_seen_at_once(world: World) -> None:
    """R13: the entry is dropped, also that of a missing code."""
    await world.find()
    await world.find("new")
    world.links = {KEY: resolution(2), "sho.rt/new": resolution(3)}
    world.resolver.invalidate(KEY)
    world.resolver.invalidate("sho.rt/new")
    assert (await world.find(), await world.find("new")) == (resolution(2), resolution(3))


async def test_a_lookup_that_a_change_overtakes_is_not_kept(world: World) -> None:
    """Its answer may be the old one, so who comes next asks anew."""
    world.gate = asyncio.Event()
    overtaken = asyncio.create_task(world.find())
    await asyncio.sleep(0)
    world.links[KEY] = resolution(2)
    world.resolver.invalidate(KEY)
    world.gate.set()
    await overtaken
    assert await world.find() == resolution(2)


async def test_a_lookup_from_before_a_new_watch_is_not_kept(world: World) -> None:
    """A change in the gap could be missing from it."""
    world.gate = asyncio.Event()
    early = asyncio.create_task(world.find())
    await asyncio.sleep(0)
    world.links[KEY] = resolution(2)
    world.resolver.begin_watch()
    world.gate.set()
    await early
    assert await world.find() == resolution(2)


async def test_an_older_revision_in_redis_is_passed_over(world: World) -> None:
    """Redis may have missed a change that memory knows of."""
    world.links[KEY] = resolution(2)
    await world.find()
    world.redis[KEY] = resolution(1)
    world.now += 60.0
    assert await world.find() == resolution(2)


async def test_a_known_link_outlives_links_by_a_day(world: World) -> None:
    """R4: stale up to 24 hours, then honest about not knowing."""
    await world.find()
    world.links_is_down = True
    world.now += DAY - 1
    assert await world.find() == resolution()
    world.now += 2
    with pytest.raises(errors.Unavailable):
        await world.find()


async def test_while_links_is_down_it_is_not_asked_for_every_request(world: World) -> None:
    """Once a second is enough to notice that it is back."""
    await world.find()
    world.links_is_down = True
    world.now += 61
    for _ in range(100):
        await world.find()
    assert world.asked_links == 2
    world.links_is_down = False
    world.links[KEY] = resolution(2)
    world.now += 1.0
    assert await world.find() == resolution(2)


async def test_an_unknown_code_is_not_called_missing_while_links_is_down(world: World) -> None:
    """503, not 404."""
    world.links_is_down = True
    with pytest.raises(errors.Unavailable):
        await world.find("nope")


async def test_memory_is_bounded_and_keeps_what_is_used(world: World) -> None:
    """A scan for codes pushes no link out; the links used least go first."""
    codes = ["one", "two", "three", "four"]
    world.links = {f"{HOST}/{code}": resolution() for code in codes}
    for code in codes[:3]:
        await world.find(code)
    for number in range(50):
        await world.find(f"scan{number}")
    await world.find("one")
    await world.find("four")
    asked = world.asked_links
    await world.find("one")
    assert world.asked_links == asked
    await world.find("two")
    assert world.asked_links == asked + 1


async def test_what_misses_in_the_same_moment_is_one_call(world: World) -> None:
    """Each gets its own answer; what Redis knows is not asked of links, and two who ask for one code are one."""
    world.redis[KEY] = resolution()
    world.links = {f"{HOST}/{code}": resolution(place) for place, code in enumerate(("one", "two"), start=2)}
    found = await asyncio.gather(*(world.find(code) for code in (CODE, "one", "two", "none", "two")))
    assert found == [resolution(), resolution(2), resolution(3), NOTHING, resolution(3)]
    assert world.calls == [["one", "two", "none"]]


async def test_what_redis_knows_does_not_wait_for_links(world: World) -> None:
    """Though both were looked up together."""
    world.redis[KEY] = resolution()
    world.gate = asyncio.Event()
    shared, own = asyncio.create_task(world.find()), asyncio.create_task(world.find("other"))
    assert await shared == resolution()
    assert not own.done()
    world.gate.set()
    assert await own == NOTHING


async def test_while_links_is_down_each_of_a_batch_gets_what_memory_has(world: World) -> None:
    """Known ones go on, the others are told to come again."""
    world.links = {f"{HOST}/{code}": resolution() for code in ("one", "two")}
    await asyncio.gather(world.find("one"), world.find("two"))
    world.now += 61
    world.links_is_down = True
    found = await asyncio.gather(*(world.find(code) for code in ("one", "new", "two")), return_exceptions=True)
    assert (found[0], found[2]) == (resolution(), resolution())
    assert isinstance(found[1], errors.Unavailable)


async def test_a_fault_of_ours_keeps_nobody_waiting(world: World) -> None:
    """Whatever a lookup raises, visitors get an answer, and the next one may go well."""
    world.bug = KeyError("unforeseen")
    found = await asyncio.gather(world.find("one"), world.find("two"), return_exceptions=True)
    assert [type(problem) for problem in found] == [errors.Unavailable, errors.Unavailable]
    world.bug = None
    assert await world.find() == resolution()


async def test_a_change_during_a_batch_concerns_its_link_alone(world: World) -> None:
    """The others of the batch are kept."""
    world.links = {f"{HOST}/{code}": resolution() for code in ("changed", "other")}
    world.gate = asyncio.Event()
    both = asyncio.gather(world.find("changed"), world.find("other"))
    await eventually(lambda: world.calls == [["changed", "other"]], every=0)
    world.links[f"{HOST}/changed"] = resolution(2)
    world.resolver.invalidate(f"{HOST}/changed")
    world.gate.set()
    await both
    assert (await world.find("changed"), await world.find("other")) == (resolution(2), resolution())
    assert world.calls == [["changed", "other"], ["changed"]]
