"""R15 from the outside: a full disk costs counted clicks, never a redirect or a restart."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from tests.support.chaos import assert_exact, full_disk, more_answers, processes_of, small_disk
from tests.support.system import System
from tests.support.traffic import create_links, ledger, visitors
from tests.support.wait import eventually


async def test_r15_a_full_disk_drops_with_a_count_and_comes_back(
    start_system: Callable[..., AbstractContextManager[System]], tmp_path: Path
) -> None:
    """While analytics is away too, so that nothing empties the outbox. Accepted = stored + dropped at the end."""
    with small_disk(tmp_path / "data" / "outbox") as is_small, start_system() as system:
        links = await create_links(system, 3)
        async with visitors(system, list(links)) as traffic:
            await more_answers(traffic)
            system.kill("analytics")
            before = processes_of(system, "redirect")
            with full_disk(system, is_small=is_small):
                await more_answers(traffic, 1000)
            await more_answers(traffic)
            assert not traffic.failed
            assert processes_of(system, "redirect") == before
            system.start("analytics")
            await system.ready("analytics")
            await more_answers(traffic)
        assert not traffic.failed
        dropped = await eventually(lambda: _dropped(system))
        await assert_exact(system, traffic, list(links.values()), dropped=dropped)


async def _dropped(system: System) -> int:
    return (await ledger(system))["dropped"]
