"""S18 on shtr's API: a bug of ours says nothing but a request id, through the real gateway."""

import asyncio
from pathlib import Path

import httpx

from linkmeter.analytics.v1 import stats_service_pb2
from linkmeter.links.v1 import links_pb2
from tests.support.compat import running_compat
from tests.support.edge import running_edge


async def test_an_unexpected_exception_is_500_in_shtrs_shape(tmp_path: Path) -> None:
    """Analytics answers what it never should: the exception, its text and its stack stay inside."""
    async with running_compat() as compat:
        compat.behind.answer("linkmeter.links.v1.LinkService/LookupLink", links_pb2.Link(link_id=7, code="abc1"))
        nonsense = stats_service_pb2.QueryStatsResponse()
        compat.behind.answer("linkmeter.analytics.v1.StatsService/QueryStats", nonsense)
        gateway = running_edge(tmp_path, compat=(compat.address,))
        edge = await asyncio.to_thread(gateway.__enter__)
        try:
            async with httpx.AsyncClient(base_url=edge.url, trust_env=False) as client:
                answer = await client.get("/api/links/abc1")
        finally:
            await asyncio.to_thread(gateway.__exit__, None, None, None)
    assert answer.status_code == 500
    request_id = answer.headers["x-request-id"]
    assert answer.json() == {"error": f"Something went wrong on our side. Request id: {request_id}"}
    assert not [name for name in answer.headers if name.startswith(("x-error", "x-http", "grpc-"))]
