"""The ledger once nothing is on its way: what every outbox says after the last visitor has gone."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from tests.support.system import System
from tests.support.traffic import ledger
from tests.support.wait import eventually

# The first report from now on may have been written just before; the second was written after the first had arrived.
_REPORTS = 2


async def quiet_ledger(system: System) -> dict[str, int]:
    """Wait until each outbox reported twice from now on and nothing waits; answer the sum of all ledgers."""
    seen = {source: [report] for source, report in (await _reports(system)).items()}

    async def is_quiet() -> bool:
        for source, report in (await _reports(system)).items():
            known = seen.setdefault(source, [report])
            if known[-1] != report:
                known.append(report)
        return all(len(reports) > _REPORTS for reports in seen.values())

    await eventually(is_quiet, timeout=60, every=0.1, what="every outbox reported twice")

    async def nothing_waits() -> bool:
        return (await ledger(system))["pending"] == 0

    await eventually(nothing_waits, timeout=60, every=0.1, what="all clicks are stored")
    return await ledger(system)


async def _reports(system: System) -> Mapping[str, str]:
    """Return when each outbox last reported."""
    async with system.client() as client:
        answer = await client.get("/v1/ledger")
        assert answer.status_code == HTTPStatus.OK, answer.text
        entries: list[dict[str, Any]] = answer.json().get("entries", [])
        return {entry["source"]: entry["lastReportTime"] for entry in entries}
