"""R6: rolling restart of each service at 500 requests a second: 0 failed requests, 0 lost clicks."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.k8s.rendering import ROOT
from tests.rehearsal.installed import PORT, Installed
from tests.rehearsal.load import Load
from tests.support.traffic import counted, create_links, ledger, recorded
from tests.support.wait import eventually

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
    links = await create_links(installed, _LINKS)  # type: ignore[arg-type] # It is like a System where it matters.
    before = await ledger(installed)  # type: ignore[arg-type]
    load = Load("localhost", PORT, list(links), _PER_SECOND)
    leaving = asyncio.Event()
    running = asyncio.create_task(load.run(leaving))
    try:
        await asyncio.to_thread(installed.cluster.roll, service)
    finally:
        leaving.set()
        await running
    assert has_gap or not load.failures, (
        f"{dict(load.failures)}, {load.answered} answered, the slowest after {load.slowest:.1f} s, "
        f"load of this machine {os.getloadavg()}, logs in {_keep_logs(installed, service)}"
    )
    assert load.answered > _PER_SECOND

    async def is_settled() -> bool:
        now = await ledger(installed)  # type: ignore[arg-type]
        return now["pending"] == 0 and now["stored"] - before["stored"] >= load.answered

    await eventually(is_settled, timeout=60, what="all clicks are stored")
    now = await ledger(installed)  # type: ignore[arg-type]
    assert now["dropped"] == 0
    assert now["accepted"] == now["stored"]
    # By their marks: visits of others, to codes that do not exist, are in the ledger as well.
    marks = await recorded(installed, list(links.values()))  # type: ignore[arg-type]
    assert not [mark for mark, count in marks.items() if count > 1], "clicks are counted twice"
    # An answer may be lost on its way after its click was recorded, but only where answers were lost.
    assert load.answered <= len(marks) <= load.answered + sum(load.failures.values())
    assert await counted(installed, list(links.values())) == len(marks)  # type: ignore[arg-type]
    assert not installed.cluster.problems


def _keep_logs(installed: Installed, service: str) -> Path:
    _LOGS.mkdir(parents=True, exist_ok=True)
    file = _LOGS / f"rolled-{service}"
    file.write_text(installed.cluster.logs())
    return file
