"""R6: restarting each service in order, under load: no redirect fails and no click is lost."""

import os
import signal

import pytest

from services.runtime import addresses
from tests.support.chaos import assert_exact, more_answers, processes_of
from tests.support.system import System
from tests.support.traffic import Traffic, create_links, visitors
from tests.support.wait import eventually

pytestmark = pytest.mark.chaos_long


@pytest.mark.parametrize("name", ["analytics", "links", "compat"])
async def test_r06_restarting_a_service_fails_no_redirect(own_system: System, name: str) -> None:
    """A single process of each runs here; that its own callers notice nothing needs the replicas of a cluster."""
    links = await create_links(own_system, 3)
    async with visitors(own_system, list(links)) as traffic:
        for _ in range(2):
            await more_answers(traffic)
            own_system.stop(name)
            await more_answers(traffic)
            own_system.start(name)
            await own_system.ready(name)
        await more_answers(traffic)
    assert not traffic.failed
    await assert_exact(own_system, traffic, list(links.values()))


@pytest.mark.settings(LINKMETER_WORKERS="2")
async def test_r06_restarting_the_workers_of_redirect_one_by_one_fails_no_redirect(own_system: System) -> None:
    """A worker that is told to end answers what it has; the other takes the port alone until it is back."""
    links = await create_links(own_system, 3)
    await _all_listen(own_system)
    async with visitors(own_system, list(links), 12) as traffic:
        await more_answers(traffic)
        for _ in range(2):
            for pid in _workers(own_system):
                await _restart(own_system, pid, traffic)
    assert not traffic.failed
    await assert_exact(own_system, traffic, list(links.values()))


def _workers(system: System) -> list[int]:
    return processes_of(system, "redirect")[1:]


async def _restart(system: System, pid: int, traffic: Traffic) -> None:
    os.kill(pid, signal.SIGTERM)
    await more_answers(traffic)
    await eventually(lambda: pid not in _workers(system) and len(_workers(system)) == 2)
    await _all_listen(system)
    await more_answers(traffic, 600)


async def _all_listen(system: System) -> None:
    """Wait until each worker can stand in for the other."""
    await eventually(lambda: all(map(_listens, system.stack.addresses.data_planes(2))))


def _listens(address: str) -> bool:
    try:
        addresses.connect(address, 60).close()
    except OSError:
        return False
    return True
