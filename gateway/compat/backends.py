"""The services that the dialects speak for."""

import asyncio
from dataclasses import dataclass
from typing import Final, Self

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from linkmeter.analytics.v1 import click_service_pb2_grpc, stats_service_pb2_grpc
from linkmeter.links.v1 import (
    access_service_pb2_grpc,
    account_service_pb2_grpc,
    api_key_service_pb2_grpc,
    domain_service_pb2_grpc,
    link_graph_service_pb2_grpc,
    link_service_pb2_grpc,
    oauth_service_pb2_grpc,
    resolution_service_pb2_grpc,
    tag_service_pb2_grpc,
)
from services.common import errors
from services.runtime import rpc_client
from services.runtime.tls import TlsFiles

# Reading twice does no harm; creating or deleting twice gives another result the second time.
_LINKS_IDEMPOTENT: Final = (
    "linkmeter.links.v1.LinkService/GetLink",
    "linkmeter.links.v1.LinkService/LookupLink",
    "linkmeter.links.v1.LinkService/ListLinks",
    "linkmeter.links.v1.AccessService/Authenticate",
    "linkmeter.links.v1.ApiKeyService/ListApiKeys",
    "linkmeter.links.v1.AccountService/GetOwner",
    "linkmeter.links.v1.DomainService/GetDomain",
    "linkmeter.links.v1.DomainService/ListDomains",
    "linkmeter.links.v1.LinkGraphService/ListEncoders",
    "linkmeter.links.v1.TagService/ListTags",
    "linkmeter.links.v1.ResolutionService/ResolveLink",
)
_ANALYTICS_IDEMPOTENT: Final = (
    "linkmeter.analytics.v1.StatsService/QueryStats",
    "linkmeter.analytics.v1.ClickService/ListClicks",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backends:
    """Stubs of links and analytics; calls raise the errors of services.common."""

    # In quotes, because the types of async stubs exist for the type checker only.
    links: "link_service_pb2_grpc.LinkServiceAsyncStub"
    access: "access_service_pb2_grpc.AccessServiceAsyncStub"
    keys: "api_key_service_pb2_grpc.ApiKeyServiceAsyncStub"
    accounts: "account_service_pb2_grpc.AccountServiceAsyncStub"
    oauth: "oauth_service_pb2_grpc.OAuthServiceAsyncStub"
    graph: "link_graph_service_pb2_grpc.LinkGraphServiceAsyncStub"
    domains: "domain_service_pb2_grpc.DomainServiceAsyncStub"
    tags: "tag_service_pb2_grpc.TagServiceAsyncStub"
    resolution: "resolution_service_pb2_grpc.ResolutionServiceAsyncStub"
    stats: "stats_service_pb2_grpc.StatsServiceAsyncStub"
    clicks: "click_service_pb2_grpc.ClickServiceAsyncStub"
    _channels: tuple[grpc.aio.Channel, ...]

    @classmethod
    def open(
        cls,
        links_address: str,
        analytics_address: str,
        *,
        tls: TlsFiles | None = None,
        links_tls_name: str = "links",
        analytics_tls_name: str = "analytics",
    ) -> Self:
        """Open the channels; neither service need be up yet."""
        links = rpc_client.open_channel(links_address, idempotent=_LINKS_IDEMPOTENT, tls=tls, peer_name=links_tls_name)
        analytics = rpc_client.open_channel(
            analytics_address, idempotent=_ANALYTICS_IDEMPOTENT, tls=tls, peer_name=analytics_tls_name
        )
        return cls(
            links=link_service_pb2_grpc.LinkServiceStub(links),
            access=access_service_pb2_grpc.AccessServiceStub(links),
            keys=api_key_service_pb2_grpc.ApiKeyServiceStub(links),
            accounts=account_service_pb2_grpc.AccountServiceStub(links),
            oauth=oauth_service_pb2_grpc.OAuthServiceStub(links),
            graph=link_graph_service_pb2_grpc.LinkGraphServiceStub(links),
            domains=domain_service_pb2_grpc.DomainServiceStub(links),
            tags=tag_service_pb2_grpc.TagServiceStub(links),
            resolution=resolution_service_pb2_grpc.ResolutionServiceStub(links),
            stats=stats_service_pb2_grpc.StatsServiceStub(analytics),
            clicks=click_service_pb2_grpc.ClickServiceStub(analytics),
            _channels=(links, analytics),
        )

    async def check_links(self) -> None:
        """Raise when links does not serve: without it no dialect can do anything."""
        stub = health_pb2_grpc.HealthStub(self._channels[0])
        # The published types do not know the stub's methods.
        response = await stub.Check(health_pb2.HealthCheckRequest())  # type: ignore[attr-defined]
        if response.status != health_pb2.HealthCheckResponse.SERVING:
            raise errors.Unavailable("links is not serving")

    async def close(self) -> None:
        """Close the channels."""
        await asyncio.gather(*(channel.close(None) for channel in self._channels))
