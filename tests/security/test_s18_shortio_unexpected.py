"""S18 on Short.io's API: a bug of ours says nothing but a request id, through the real gateway."""

import asyncio
from pathlib import Path

import httpx

from linkmeter.links.v1 import access_service_pb2, links_pb2
from tests.support.compat import running_compat
from tests.support.edge import running_edge


async def test_an_unexpected_exception_is_500_in_short_ios_shape(tmp_path: Path) -> None:
    """Analytics answers what it never should: the exception, its words and its stack stay inside. Streams, too."""
    async with running_compat() as compat:
        caller = links_pb2.Caller(owner_id=7, scopes=["admin"], credential="key:7")
        access = access_service_pb2.AuthenticateResponse(caller=caller)
        compat.behind.answer("linkmeter.links.v1.AccessService/Authenticate", access)
        compat.behind.answer("linkmeter.links.v1.LinkService/GetLink", links_pb2.Link(link_id=7, code="abc1"))
        gateway = running_edge(tmp_path, compat=(compat.address,))
        edge = await asyncio.to_thread(gateway.__enter__)
        try:
            async with httpx.AsyncClient(base_url=edge.url, trust_env=False, headers={"authorization": "k"}) as client:
                plain = await client.get("/statistics/link/lnk_lm_7")
                stream = await client.post("/statistics/link/lnk_lm_7/top", json={"column": "os"})
        finally:
            await asyncio.to_thread(gateway.__exit__, None, None, None)
    for answer in (plain, stream):
        assert answer.status_code == 500
        request_id = answer.headers["x-request-id"]
        assert answer.json() == {"error": f"Something went wrong on our side. Request id: {request_id}"}
        assert not [name for name in answer.headers if name.startswith(("x-error", "x-http", "grpc-"))]
