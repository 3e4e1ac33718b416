"""S18 on Bitly's API: a bug of ours says nothing of itself, in the format that was asked, through the real gateway."""

import asyncio
from pathlib import Path

import httpx
import pytest

from linkmeter.analytics.v1 import stats_service_pb2
from linkmeter.links.v1 import access_service_pb2, links_pb2
from tests.support.compat import running_compat
from tests.support.edge import running_edge


@pytest.mark.parametrize(
    ("style", "status", "body"),
    [
        ("json", 200, '{"data": null, "status_code": 500, "status_txt": "UNKNOWN_ERROR"}'),
        ("xml", 200, "<status_txt>UNKNOWN_ERROR</status_txt>"),
        ("txt", 500, "UNKNOWN_ERROR"),
    ],
)
async def test_an_unexpected_exception_is_unknown_error(tmp_path: Path, style: str, status: int, body: str) -> None:
    """Analytics answers what it never should: the exception, its text and its stack stay inside."""
    caller = links_pb2.Caller(owner_id=7, scopes=["admin"], credential="key:1")
    known = access_service_pb2.AuthenticateResponse(caller=caller, owner=links_pb2.Owner(owner_id=7, login="ada"))
    async with running_compat() as compat:
        compat.behind.answer("linkmeter.links.v1.AccessService/Authenticate", known)
        compat.behind.answer("linkmeter.links.v1.LinkService/LookupLink", links_pb2.Link(link_id=7, code="abc1"))
        nonsense = stats_service_pb2.QueryStatsResponse()
        compat.behind.answer("linkmeter.analytics.v1.StatsService/QueryStats", nonsense)
        gateway = running_edge(tmp_path, compat=(compat.address,))
        edge = await asyncio.to_thread(gateway.__enter__)
        try:
            async with httpx.AsyncClient(base_url=edge.url, trust_env=False) as client:
                asked = {"access_token": "lm_1", "link": "http://sho.rt/abc1", "format": style}
                answer = await client.get("/v3/link/clicks", params=asked)
        finally:
            await asyncio.to_thread(gateway.__exit__, None, None, None)
    assert answer.status_code == status
    assert body in answer.text
    assert "IndexError" not in answer.text
    assert answer.headers["x-request-id"]
    assert not [name for name in answer.headers if name.startswith(("x-error", "x-http", "grpc-"))]
