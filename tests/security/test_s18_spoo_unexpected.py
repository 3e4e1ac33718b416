"""S18 on spoo.me's API: a bug of ours says nothing but a request id, through the real gateway."""

import asyncio
from pathlib import Path

import httpx

from linkmeter.links.v1 import access_service_pb2, links_pb2, resolution_service_pb2
from tests.support.compat import running_compat
from tests.support.edge import running_edge


async def test_an_unexpected_exception_is_500_in_its_shape(tmp_path: Path) -> None:
    """Analytics answers what it never should: the exception, its words and its stack stay inside."""
    async with running_compat() as compat:
        caller = links_pb2.Caller(owner_id=7, scopes=["admin"], credential="key:7")
        access = access_service_pb2.AuthenticateResponse(caller=caller)
        resolution = resolution_service_pb2.ResolveLinkResponse(
            resolution=resolution_service_pb2.Resolution(link_id=7, code="abc1")
        )
        compat.behind.answer("linkmeter.links.v1.AccessService/Authenticate", access)
        compat.behind.answer("linkmeter.links.v1.ResolutionService/ResolveLink", resolution)
        compat.behind.answer(
            "linkmeter.links.v1.LinkService/GetLink", links_pb2.Link(link_id=7, code="abc1", public_stats=True)
        )
        gateway = running_edge(tmp_path, compat=(compat.address,))
        edge = await asyncio.to_thread(gateway.__enter__)
        try:
            key = {"authorization": "Bearer spoo_key"}
            async with httpx.AsyncClient(base_url=edge.url, trust_env=False, headers=key) as client:
                stats = await client.get("/api/v1/stats")
                file = await client.get("/api/v1/export?format=csv")
                form = await client.post("/stats/abc1")
        finally:
            await asyncio.to_thread(gateway.__exit__, None, None, None)
    for answer in (stats, file):
        assert answer.status_code == 500
        assert answer.json() == {
            "error": "An internal server error occurred.",
            "code": "internal_error",
            "error_code": "internal_error",
            "request_id": answer.headers["x-request-id"],
        }
    assert form.status_code == 500
    assert form.json()["error"] == "ServerError"
    assert form.json()["message"].endswith(f"Request id: {form.headers['x-request-id']}")
    for answer in (stats, file, form):
        assert not [name for name in answer.headers if name.startswith(("x-error", "x-http", "grpc-"))]
