"""S19 on running containers: without a certificate of the authority nobody speaks with a service."""

from typing import Any

import grpc
import httpx
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tests.rehearsal.installed import Installed


@pytest.mark.parametrize("service", ["links", "analytics", "compat", "redirect"])
async def test_plaintext_is_refused_where_certificates_are_set(installed: Installed, service: str) -> None:
    """A neighbour in the cluster that got past the NetworkPolicies gets no answer."""
    address = installed.cluster.pods(service)[0].container.address
    async with grpc.aio.insecure_channel(f"{address}:9000", options=[("grpc.enable_http_proxy", 0)]) as channel:
        health: Any = health_pb2_grpc.HealthStub(channel)
        call = health.Check(health_pb2.HealthCheckRequest(), timeout=5)
        if installed.cluster.certificates:
            with pytest.raises(grpc.aio.AioRpcError):
                await call
        else:
            assert (await call).status == health_pb2.HealthCheckResponse.SERVING


async def test_the_data_plane_wants_a_certificate_too(installed: Installed) -> None:
    """Redirect's HTTP port is for the gateway only."""
    address = installed.cluster.pods("redirect")[0].container.address
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        if installed.cluster.certificates:
            with pytest.raises(httpx.TransportError):
                await client.get(f"http://{address}:8080/healthz")
        else:
            assert (await client.get(f"http://{address}:8080/healthz")).status_code == 200
