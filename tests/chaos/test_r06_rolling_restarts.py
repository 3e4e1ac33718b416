"""R6: restarting each service in order, under load: no redirect fails and no click is lost."""

import os
import signal

import pytest

from tests.support import inside
from tests.support.chaos import assert_exact, more_answers, processes_of
from tests.support.system import System
from tests.support.traffic import Traffic, create_links, visitors
from tests.support.wait import eventually

pytestmark = pytest.mark.chaos_long
# What the gateway says of a worker that nothing is known against.
_WELL = {"eds_health_status": "HEALTHY"}


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
    await _all_stand_in(own_system)
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
    await _all_stand_in(system)
    await more_answers(traffic, 600)


async def _all_stand_in(system: System) -> None:
    """Wait until the gateway knows of each worker that it can stand in for the other."""
    async with inside.http_client(system.stack.addresses.envoy_admin) as client:

        async def are_well() -> bool:
            known = (await client.get("/clusters?format=json")).raise_for_status().json()
            (redirect,) = [cluster for cluster in known["cluster_statuses"] if cluster["name"] == "redirect"]
            return all(host["health_status"] == _WELL for host in redirect["host_statuses"])

        await eventually(are_well, what="the gateway sends visitors to all workers")
