"""Promise R1 for our own services: SIGKILL under traffic loses no answered click and counts none twice."""

import pytest

from tests.support.system import System
from tests.support.traffic import Traffic, counted, create_links, ledger, recorded, visitors
from tests.support.wait import eventually

_LINKS = 5
_STEP = 150


async def test_killed_redirect_loses_and_doubles_nothing(own_system: System) -> None:
    """Clicks are durable before their redirect is answered, so the next process ships what a killed one left."""
    links = await create_links(own_system, _LINKS)
    async with visitors(own_system, list(links)) as traffic:
        for _ in range(3):
            await _more_answers(traffic)
            own_system.kill("redirect")
            own_system.start("redirect")
        await _more_answers(traffic)
    await _assert_exact(own_system, traffic, list(links.values()))


@pytest.mark.parametrize("service", ["analytics", "links"])
async def test_killed_service_stops_no_redirect(own_system: System, service: str) -> None:
    """Redirects of known links go on without analytics and without links, and every click is counted once."""
    links = await create_links(own_system, _LINKS)
    async with visitors(own_system, list(links)) as traffic:
        for _ in range(3):
            await _more_answers(traffic)
            own_system.kill(service)
            await _more_answers(traffic)
            own_system.start(service)
        await _more_answers(traffic)
    assert not traffic.failed
    await own_system.ready(service)
    await _assert_exact(own_system, traffic, list(links.values()))


@pytest.mark.parametrize("store", ["valkey", "postgres"])
async def test_killed_store_stops_no_redirect(own_system: System, store: str) -> None:
    """Redirects of known links go on without Valkey and without PostgreSQL, and every click is counted once."""
    links = await create_links(own_system, _LINKS)
    async with visitors(own_system, list(links)) as traffic:
        for _ in range(2):
            await _more_answers(traffic)
            own_system.kill(store)
            await _more_answers(traffic)
            own_system.start(store)
            await own_system.ready(store)
    assert not traffic.failed
    await own_system.ready("links", "analytics")
    await _assert_exact(own_system, traffic, list(links.values()))


async def _more_answers(traffic: Traffic) -> None:
    enough = len(traffic.answered) + _STEP
    await eventually(lambda: len(traffic.answered) >= enough, timeout=30, what="redirects are answered")


async def _assert_exact(system: System, traffic: Traffic, link_ids: list[int]) -> None:
    await eventually(lambda: _is_settled(system, len(traffic.answered)), timeout=30, what="all clicks arrive")
    marks = await recorded(system, link_ids)
    assert not traffic.answered - set(marks), "answered clicks are lost"
    assert not [mark for mark, count in marks.items() if count > 1], "clicks are counted twice"
    # A redirect that was recorded and whose answer the kill cut off may count, another may not.
    assert set(marks) <= traffic.answered | traffic.failed
    assert await counted(system, link_ids) == len(marks)
    total = await ledger(system)
    assert total == {"accepted": len(marks), "stored": len(marks), "setAside": 0, "pending": 0, "dropped": 0}


async def _is_settled(system: System, answered: int) -> bool:
    total = await ledger(system)
    return total["stored"] >= answered and total["pending"] == 0 and total["accepted"] == total["stored"]
