"""R1: SIGKILL of any one process under load: every redirect that was answered is counted exactly once."""

import pytest

from tests.support.chaos import assert_exact, more_answers
from tests.support.system import System
from tests.support.traffic import create_links, visitors

_LINKS = 5
_ROUNDS = 3
_LONG = pytest.mark.chaos_long


@pytest.mark.parametrize("name", ["redirect", pytest.param("envoy", marks=_LONG)])
async def test_r01_killing_what_answers_visitors_loses_and_doubles_nothing(own_system: System, name: str) -> None:
    """Clicks are durable before their redirect is answered, so the next process ships what a killed one left."""
    links = await create_links(own_system, _LINKS)
    async with visitors(own_system, list(links)) as traffic:
        for _ in range(_ROUNDS):
            await more_answers(traffic)
            own_system.kill(name)
            own_system.start(name)
        await more_answers(traffic)
    await assert_exact(own_system, traffic, list(links.values()))


@pytest.mark.parametrize("name", ["analytics", "links", pytest.param("compat", marks=_LONG)])
async def test_r01_killing_a_service_fails_no_redirect(own_system: System, name: str) -> None:
    """Redirects of known links go on without it, and every click is counted once."""
    links = await create_links(own_system, _LINKS)
    async with visitors(own_system, list(links)) as traffic:
        for _ in range(_ROUNDS):
            await more_answers(traffic)
            own_system.kill(name)
            await more_answers(traffic)
            own_system.start(name)
        await more_answers(traffic)
    assert not traffic.failed
    await own_system.ready(name)
    await assert_exact(own_system, traffic, list(links.values()))


@pytest.mark.parametrize("store", [pytest.param("valkey", marks=_LONG), "postgres"])
async def test_r01_killing_a_store_fails_no_redirect(own_system: System, store: str) -> None:
    """Redirects of known links go on without Valkey and without PostgreSQL, and every click is counted once."""
    links = await create_links(own_system, _LINKS)
    async with visitors(own_system, list(links)) as traffic:
        for _ in range(2):
            await more_answers(traffic)
            own_system.kill(store)
            await more_answers(traffic)
            own_system.start(store)
            await own_system.ready(store)
    assert not traffic.failed
    await own_system.ready("links", "analytics")
    await assert_exact(own_system, traffic, list(links.values()))


@_LONG
@pytest.mark.settings(LINKMETER_WORKERS="2")
async def test_r01_killing_parallel_workers_loses_and_doubles_nothing(own_system: System) -> None:
    """Both workers and their supervisor at once: each outbox is adopted, none twice."""
    links = await create_links(own_system, _LINKS)
    async with visitors(own_system, list(links)) as traffic:
        for _ in range(_ROUNDS):
            await more_answers(traffic)
            own_system.kill("redirect")
            own_system.start("redirect")
        await more_answers(traffic)
    await assert_exact(own_system, traffic, list(links.values()))
