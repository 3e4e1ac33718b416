"""The decision over gRPC, and the process's health."""

from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from grpc_health.v1 import health_pb2, health_pb2_grpc

from linkmeter.redirect.v1 import redirect_service_pb2, redirect_service_pb2_grpc
from tests.support.redirect import open_channel, running_redirect
from tests.support.redirect_doubles import HOST

PAST = Timestamp(seconds=1)


async def test_resolve_says_what_a_visitor_would_meet_and_counts_nothing(tmp_path: Path) -> None:
    """The same verdicts as over HTTP; a limited link is not consumed."""
    async with running_redirect(tmp_path) as system, open_channel(system.rpc_address) as channel:
        link = system.links.add("abc", redirect_status=308)
        system.links.add("once", max_clicks=1)
        system.links.add("gone", expire_time=PAST)
        system.links.add("elsewhere", expire_time=PAST, expired_destination="https://example.com/too-late")
        system.links.add("guarded", password_version="1")
        system.links.add("off", disabled=True)
        stub = redirect_service_pb2_grpc.RedirectServiceStub(channel)
        verdicts = {}
        for code in ("abc", "once", "gone", "elsewhere", "guarded", "off", "nope", "a/b", ""):
            answer = await stub.Resolve(redirect_service_pb2.ResolveRequest(code=code))
            verdicts[code] = (redirect_service_pb2.Verdict.Name(answer.verdict)[8:], answer.http_status)
        assert verdicts == {
            "abc": ("FOUND", 308),
            "once": ("FOUND", 302),
            "gone": ("GONE", 410),
            "elsewhere": ("GONE", 302),
            "guarded": ("PASSWORD_REQUIRED", 401),
            **dict.fromkeys(("off", "nope", "a/b", ""), ("NOT_FOUND", 404)),
        }
        named = await stub.Resolve(redirect_service_pb2.ResolveRequest(host=HOST.upper(), code="abc"))
        assert (named.destination, named.link_id) == (link.destination, link.link_id)
        assert not system.links.consumed
        assert not system.analytics.clicks


async def test_resolve_refuses_what_is_no_host(tmp_path: Path) -> None:
    """INVALID_ARGUMENT, not a look-up."""
    async with running_redirect(tmp_path) as system, open_channel(system.rpc_address) as channel:
        stub = redirect_service_pb2_grpc.RedirectServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await stub.Resolve(redirect_service_pb2.ResolveRequest(host="a b", code="abc"))
        assert failure.value.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_redirect_is_healthy_without_its_dependencies(tmp_path: Path) -> None:
    """It can answer, so it serves; an unknown link is UNAVAILABLE then."""
    async with running_redirect(tmp_path) as system, open_channel(system.rpc_address) as channel:
        await system.links_server.server.stop(0)
        await system.analytics_server.server.stop(0)
        health: Any = health_pb2_grpc.HealthStub(channel)
        service = health_pb2.HealthCheckRequest(service="linkmeter.redirect.v1.RedirectService")
        assert (await health.Check(service)).status == health_pb2.HealthCheckResponse.SERVING
        stub = redirect_service_pb2_grpc.RedirectServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await stub.Resolve(redirect_service_pb2.ResolveRequest(code="abc"))
        assert failure.value.code() == grpc.StatusCode.UNAVAILABLE
