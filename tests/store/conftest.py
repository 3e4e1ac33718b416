"""The engine that tests of clicks and segments share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.engine import Engine, running_engine


@pytest.fixture
async def engine(analytics_database: str, tmp_path: Path) -> AsyncIterator[Engine]:
    """Run an engine on a database of its own; its files are below the test's folder. Modules may put clicks into it."""
    async with running_engine(analytics_database, tmp_path) as running:
        yield running
