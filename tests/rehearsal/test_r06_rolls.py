"""R6: rolling restart of each service at 500 requests a second: 0 failed requests, 0 lost clicks."""

import asyncio
import os
from pathlib import Path
from typing import cast

import pytest

from tests.k8s.rendering import ROOT
from tests.rehearsal.installed import Installed
from tests.rehearsal.load import Load
from tests.rehearsal.quiet import quiet_ledger
from tests.support.system import System
from tests.support.traffic import counted, create_links, recorded

_PER_SECOND = 500
_LINKS = 20
# Kept after the run, as containers are not.
_LOGS = ROOT / ".state" / "rehearsal-logs"
_SERVICES = ("links", "analytics", "compat", "redirect", "gateway")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("service", _SERVICES)
async def test_rolling_a_service_fails_no_redirect_and_loses_no_click(installed: Installed, service: str) -> None:
    """Every pod of the service is replaced by another while visitors come; with one pod of redirect there is a gap."""
    # A volume has one writer, so an old pod ends before the new one begins. Nothing is lost all the same.
    has_gap = service == "redirect" and len(installed.cluster.pods("redirect")) == 1
    # It is like a System where it matters.
    system = cast("System", installed)
    links = await create_links(system, _LINKS)
    before = await quiet_ledger(system)
    load = Load("localhost", installed.port, list(links), _PER_SECOND)
    leaving = asyncio.Event()
    running = asyncio.create_task(load.run(leaving))
    try:
        await asyncio.to_thread(installed.cluster.roll, service)
    finally:
        leaving.set()
        await running
    assert has_gap or not load.failures, (
        f"{dict(load.failures)}, {load.answers} answered, the slowest after {load.slowest:.1f} s, "
        f"load of this machine {os.getloadavg()}, logs in {_keep_logs(installed, service)}"
    )
    assert load.answers > _PER_SECOND
    after = await quiet_ledger(system)
    clicks = await _assert_counted_once(system, load, links)
    # The ledger knows of these clicks and no others: nobody else visits this installation.
    added = {name: after[name] - before[name] for name in after}
    assert added == {"accepted": clicks, "stored": clicks, "setAside": 0, "pending": 0, "dropped": 0}
    assert not installed.cluster.problems


async def _assert_counted_once(system: System, load: Load, links: dict[str, int]) -> int:
    """Require of each link that its clicks are its answers, one each; answer how many there are."""
    clicks = 0
    for code, link_id in links.items():
        marks = await recorded(system, [link_id])
        assert not [mark for mark, count in marks.items() if count > 1], f"{code}: clicks are counted twice"
        assert not load.answered[code] - set(marks), f"{code}: answered clicks are lost"
        # Recorded and not answered: the answer was lost on its way, so its visitor must have seen that.
        assert set(marks) - load.answered[code] <= set(load.failed), f"{code}: clicks of nobody"
        assert await counted(system, [link_id]) == len(marks), f"{code}: sums and clicks differ"
        clicks += len(marks)
    return clicks


def _keep_logs(installed: Installed, service: str) -> Path:
    _LOGS.mkdir(parents=True, exist_ok=True)
    file = _LOGS / f"rolled-{service}"
    file.write_text(installed.cluster.logs())
    return file
