"""R1 for processes that hang rather than die: connections stay open, and nobody answers on them."""

import pytest

from tests.support.chaos import assert_exact, more_answers, passing, paused
from tests.support.system import System
from tests.support.traffic import create_links, visitors

pytestmark = pytest.mark.chaos_long

_LINKS = 3
_PAUSE_SECONDS = 3.0


@pytest.mark.parametrize("name", ["analytics", "links", "compat", "valkey", "postgres"])
async def test_r01_a_hanging_program_fails_no_redirect(own_system: System, name: str) -> None:
    """Stopped by SIGSTOP under load and let go on: known links redirect meanwhile, every click counts once."""
    links = await create_links(own_system, _LINKS)
    async with visitors(own_system, list(links)) as traffic:
        await more_answers(traffic)
        for _ in range(2):
            with paused(own_system, name):
                await passing(_PAUSE_SECONDS)
                await more_answers(traffic)
            await more_answers(traffic)
    assert not traffic.failed
    await assert_exact(own_system, traffic, list(links.values()))


@pytest.mark.parametrize("name", ["redirect", "envoy"])
async def test_r01_what_answers_visitors_may_hang_and_go_on(own_system: System, name: str) -> None:
    """Visitors wait or are told to come back; nothing that was answered is lost or doubled."""
    links = await create_links(own_system, _LINKS)
    async with visitors(own_system, list(links)) as traffic:
        await more_answers(traffic)
        for _ in range(2):
            with paused(own_system, name):
                await passing(_PAUSE_SECONDS)
            await more_answers(traffic)
    await assert_exact(own_system, traffic, list(links.values()))
