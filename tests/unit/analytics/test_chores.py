"""What the service does again and again."""

from collections import Counter

import pytest

from services.analytics.background_jobs import Chores
from tests.support.wait import eventually


async def test_a_chore_that_fails_is_tried_again_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """Nor does it stop the others, and a failure after a success is said anew."""
    done: Counter[str] = Counter()

    async def works() -> None:
        done["works"] += 1

    async def fails() -> None:
        done["fails"] += 1
        if done["fails"] != 3:
            raise ConnectionError("PostgreSQL is away")

    chores = Chores()
    chores.add("works", works, every_seconds=0.001)
    chores.add("fails", fails, every_seconds=0.001)
    await eventually(lambda: done["fails"] >= 6 and done["works"] >= 6)
    await chores.stop()
    after = done.copy()
    assert [record.getMessage() for record in caplog.records] == ["chore_failed"] * 2
    assert done == after
