"""Work in the background."""

import asyncio
from collections import Counter

import pytest
from prometheus_client import REGISTRY

from services.runtime.background import Background
from tests.support.wait import eventually


async def test_a_job_that_fails_is_tried_again_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """Nor does it stop the others, and a failure after a success is logged anew."""
    done: Counter[str] = Counter()

    async def works() -> None:
        done["works"] += 1

    async def fails() -> None:
        done["fails"] += 1
        if done["fails"] != 3:
            raise ConnectionError("PostgreSQL is away")

    failures = "linkmeter_background_failures_total"
    before = REGISTRY.get_sample_value(failures, {"job": "fails"}) or 0.0
    background = Background(first_pause_seconds=0.001)
    background.every("works", 0.001, works)
    background.every("fails", 0.001, fails)
    await eventually(lambda: done["fails"] >= 6 and done["works"] >= 6)
    await background.stop()
    after = done.copy()
    await asyncio.sleep(0)
    assert [record.getMessage() for record in caplog.records] == ["background_job_failed"] * 2
    assert REGISTRY.get_sample_value(failures, {"job": "fails"}) == before + done["fails"] - 1
    assert done == after


async def test_what_no_outage_explains_is_logged_with_its_stack(caplog: pytest.LogCaptureFixture) -> None:
    """A fault of ours is looked for in the log."""

    async def outage() -> None:
        raise ConnectionError

    async def fault() -> None:
        raise KeyError("ours")

    async def known() -> None:
        raise LookupError

    background = Background(lambda problem: type(problem) is LookupError)
    for work in (outage, fault, known):
        background.start(work())
    await background.stop()
    assert sorted((record.levelname, bool(record.exc_info)) for record in caplog.records) == [
        ("ERROR", True),
        ("WARNING", False),
        ("WARNING", False),
    ]


async def test_what_is_settled_goes_on_without_who_asked() -> None:
    """The client hung up: what was begun ends all the same, and stopping waits for it."""
    background, may_end, ended = Background(), asyncio.Event(), []

    async def work() -> None:
        await may_end.wait()
        ended.append(True)

    caller = asyncio.create_task(background.settle(work()))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    may_end.set()
    await background.stop()
    assert ended == [True]


async def test_a_job_may_begin_later() -> None:
    """Not at once, then again and again."""
    background, done = Background(), []

    async def work() -> None:
        done.append(True)

    background.every("later", 0.001, work, first_after_seconds=0.001)
    assert not done
    await eventually(lambda: len(done) >= 2)
    await background.stop()
