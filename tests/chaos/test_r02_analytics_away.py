"""R2: analytics away for as long as it likes: no redirect fails, no click is lost, and it catches up."""

import pytest

from tests.support.chaos import assert_exact, more_answers
from tests.support.system import System
from tests.support.traffic import create_links, visitors

pytestmark = pytest.mark.chaos_long

# What an outbox gathers in ten quiet minutes, in as many seconds as that takes here: several full batches.
_MEANWHILE = 4000


async def test_r02_analytics_catches_up_after_a_long_absence(own_system: System) -> None:
    """Clicks gather in the outbox, which a redirect that is killed meanwhile hands on, and arrive in order."""
    links = await create_links(own_system, 5)
    async with visitors(own_system, list(links), 12) as traffic:
        await more_answers(traffic)
        own_system.kill("analytics")
        await more_answers(traffic, _MEANWHILE)
        assert not traffic.failed
        own_system.kill("redirect")
        own_system.start("redirect")
        await more_answers(traffic)
        own_system.start("analytics")
        await own_system.ready("analytics")
    await assert_exact(own_system, traffic, list(links.values()))
