"""R3: Redis down: known links go on with less than 0.1 % errors, and so do create and statistics."""

import pytest

from tests.support.chaos import assert_exact, more_answers
from tests.support.system import System
from tests.support.traffic import create_links, visitors

pytestmark = pytest.mark.chaos_long


async def test_r03_without_redis_links_are_followed_created_and_counted(own_system: System) -> None:
    """Killed under load for thousands of redirects; a link made meanwhile works at once."""
    links = await create_links(own_system, 5)
    async with visitors(own_system, list(links), 12) as traffic:
        await more_answers(traffic)
        own_system.kill("valkey")
        await more_answers(traffic, 1000)
        async with own_system.client() as owner, own_system.client(api_key="") as visitor:
            created = await create_links(own_system, 1)
            (code,) = created
            assert (await visitor.head(f"/{code}")).status_code == 302
            for link_id in links.values():
                assert (await owner.get(f"/v1/links/{link_id}/stats")).status_code == 200
        await more_answers(traffic, 1000)
        own_system.start("valkey")
        await own_system.ready("valkey")
        await more_answers(traffic)
    assert len(traffic.failed) < len(traffic.answered) / 1000
    await assert_exact(own_system, traffic, list(links.values()))
