"""R15 at redirect: a full outbox degrades by counted drops, and space comes back without a restart."""

import asyncio
from pathlib import Path

from tests.support.redirect import running_redirect, statuses
from tests.support.redirect_doubles import serve_analytics
from tests.support.wait import eventually

SMALLEST = 64 * 1024


async def test_a_full_outbox_drops_with_a_count_and_never_fails_a_redirect(tmp_path: Path) -> None:
    """Accepted = stored + dropped, the ledger is told both, and new clicks are taken once analytics is back."""
    async with running_redirect(tmp_path, OUTBOX_MAX_BYTES=str(SMALLEST)) as system:
        system.links.add("abc")
        await system.analytics_server.server.stop(0)
        query = "x" * 1000
        answers = await asyncio.gather(*(system.get(f"/abc?{query}{number}") for number in range(150)))
        assert statuses(answers) == {302: 150}
        dropped = int(await system.metric("linkmeter_redirect_clicks_dropped_total"))
        assert 0 < dropped < 150
        assert await system.metric("linkmeter_redirect_outbox_bytes") <= SMALLEST
        system.analytics_server = await serve_analytics(system.analytics, system.analytics_server.port)
        await eventually(lambda: len(system.analytics.clicks) == 150 - dropped)
        assert [dict(report.dropped) for report in system.analytics.reports.values()] == [{"outbox_full": dropped}]
        assert (await system.get("/abc?again")).status_code == 302
        await eventually(lambda: system.analytics.followed()["again"] == 1)
        assert system.analytics.gaps == []
