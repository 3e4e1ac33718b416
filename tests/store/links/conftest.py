"""A pool on a migrated database for each test."""

from collections.abc import AsyncIterator

import pytest

from services.common.hosts import PublicUrl
from services.links.settings import SCHEMA
from services.links.store.domains import DomainStore
from services.runtime import postgres
from tests.support.clock import FakeClock


@pytest.fixture
async def pool(links_database: str, clock: FakeClock) -> AsyncIterator[postgres.Pool]:
    """Open a pool; the installation's own domain is there."""
    pool = await postgres.open_pool(links_database, SCHEMA, max_size=20)
    await DomainStore(pool).put_own(PublicUrl("https://sho.rt", "sho.rt"), clock.now())
    yield pool
    await pool.close()
