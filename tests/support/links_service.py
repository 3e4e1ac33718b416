"""A running links service in the test's own process, over real PostgreSQL and Valkey."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import asyncpg
import grpc

from linkmeter.gateway.authz.v3 import ext_authz_pb2_grpc
from linkmeter.links.v1 import (
    access_service_pb2,
    access_service_pb2_grpc,
    account_service_pb2,
    account_service_pb2_grpc,
    api_key_service_pb2,
    api_key_service_pb2_grpc,
    domain_service_pb2_grpc,
    import_service_pb2_grpc,
    link_graph_service_pb2_grpc,
    link_service_pb2,
    link_service_pb2_grpc,
    links_pb2,
    oauth_service_pb2_grpc,
    resolution_service_pb2,
    resolution_service_pb2_grpc,
    session_service_pb2_grpc,
    share_service_pb2_grpc,
    tag_service_pb2_grpc,
)
from services.common.clock import Clock
from services.common.hosts import OwnHosts, PublicUrl
from services.links.domain import codes
from services.links.server import LinksServer
from services.links.settings import Settings
from services.runtime import rpc_client
from services.runtime.shared_settings import ServerSettings
from tests.support.domains import add_domain

if TYPE_CHECKING:
    from linkmeter.gateway.authz.v3.ext_authz_pb2_grpc import AuthorizationAsyncStub
    from linkmeter.links.v1.access_service_pb2_grpc import AccessServiceAsyncStub
    from linkmeter.links.v1.account_service_pb2_grpc import AccountServiceAsyncStub
    from linkmeter.links.v1.api_key_service_pb2_grpc import ApiKeyServiceAsyncStub
    from linkmeter.links.v1.domain_service_pb2_grpc import DomainServiceAsyncStub
    from linkmeter.links.v1.import_service_pb2_grpc import ImportServiceAsyncStub
    from linkmeter.links.v1.link_graph_service_pb2_grpc import LinkGraphServiceAsyncStub
    from linkmeter.links.v1.link_service_pb2_grpc import LinkServiceAsyncStub
    from linkmeter.links.v1.oauth_service_pb2_grpc import OAuthServiceAsyncStub
    from linkmeter.links.v1.resolution_service_pb2_grpc import ResolutionServiceAsyncStub
    from linkmeter.links.v1.session_service_pb2_grpc import SessionServiceAsyncStub
    from linkmeter.links.v1.share_service_pb2_grpc import ShareServiceAsyncStub
    from linkmeter.links.v1.tag_service_pb2_grpc import TagServiceAsyncStub

API_KEY = "lm_" + "k" * 43
SECRET = "a test installation's one and only secret"
OWNER_ID = 2
Metadata = tuple[tuple[str, str | bytes], ...]


def bearer(credential: str) -> Metadata:
    """Build the metadata of a call with a credential."""
    return (("authorization", f"Bearer {credential}"),)


OWNER = bearer(API_KEY)


@dataclass(slots=True)
class Links:
    """The service, seen by a client."""

    server: LinksServer
    postgres_url: str
    links: "LinkServiceAsyncStub"
    api_keys: "ApiKeyServiceAsyncStub"
    domains: "DomainServiceAsyncStub"
    access: "AccessServiceAsyncStub"
    accounts: "AccountServiceAsyncStub"
    oauth: "OAuthServiceAsyncStub"
    graph: "LinkGraphServiceAsyncStub"
    resolution: "ResolutionServiceAsyncStub"
    tags: "TagServiceAsyncStub"
    imports: "ImportServiceAsyncStub"
    sessions: "SessionServiceAsyncStub"
    shares: "ShareServiceAsyncStub"
    authorization: "AuthorizationAsyncStub"

    async def create(self, destination: str = "https://example.com/", **fields: object) -> links_pb2.Link:
        """Create a link as the first owner."""
        link = links_pb2.Link(destination=destination, **fields)  # type: ignore[arg-type]
        return await self.links.CreateLink(link_service_pb2.CreateLinkRequest(link=link), metadata=OWNER)

    async def create_with_token(self, destination: str = "https://example.com/") -> links_pb2.Link:
        """Create a link as the first owner, and an edit token for it."""
        request = link_service_pb2.CreateLinkRequest(
            link=links_pb2.Link(destination=destination), issue_edit_token=True
        )
        return await self.links.CreateLink(request, metadata=OWNER)

    async def get(self, link_id: int, metadata: Metadata = OWNER) -> links_pb2.Link:
        """Get a link."""
        return await self.links.GetLink(link_service_pb2.GetLinkRequest(link_id=link_id), metadata=metadata)

    async def delete(self, link_id: int, metadata: Metadata = OWNER) -> None:
        """Delete a link."""
        await self.links.DeleteLink(link_service_pb2.DeleteLinkRequest(link_id=link_id), metadata=metadata)

    async def update(self, link: links_pb2.Link, *paths: str, metadata: Metadata = OWNER) -> links_pb2.Link:
        """Update a link, with a mask when there are paths."""
        request = link_service_pb2.UpdateLinkRequest(link=link)
        if paths:
            request.update_mask.paths.extend(paths)
        return await self.links.UpdateLink(request, metadata=metadata)

    async def key(self, *scopes: str, **fields: object) -> links_pb2.ApiKey:
        """Create an API key of the first owner."""
        key = links_pb2.ApiKey(scopes=scopes, **fields)  # type: ignore[arg-type]
        return await self.api_keys.CreateApiKey(api_key_service_pb2.CreateApiKeyRequest(api_key=key), metadata=OWNER)

    async def foreign_key(self, *scopes: str) -> str:
        """Create another owner and answer a key of theirs."""
        key = await self.key(*scopes)
        connection = await asyncpg.connect(self.postgres_url)
        try:
            await connection.execute(
                """
                WITH other AS (
                    INSERT INTO links.owners (login, display_name) VALUES ('other-' || $1::bigint, 'Other')
                    RETURNING owner_id)
                UPDATE links.api_keys SET owner_id = other.owner_id FROM other WHERE api_key_id = $1
                """,
                key.api_key_id,
            )
        finally:
            await connection.close()
        return key.secret

    async def domain(self, host: str, owner_id: int = OWNER_ID, public_url: str = "") -> int:
        """Let a host serve codes for an account, by the operator's word; return its id."""
        return (await add_domain(self.postgres_url, host, owner_id, public_url)).domain_id

    async def owner(self, login: str, password: str = "", **fields: object) -> links_pb2.Owner:
        """Create an account."""
        owner = links_pb2.Owner(login=login, **fields)  # type: ignore[arg-type]
        return await self.accounts.CreateOwner(account_service_pb2.CreateOwnerRequest(owner=owner, password=password))

    async def resolve(self, code: str, host: str = "sho.rt") -> resolution_service_pb2.ResolveLinkResponse:
        """Resolve a code."""
        return await self.resolution.ResolveLink(resolution_service_pb2.ResolveLinkRequest(host=host, code=code))

    async def authenticate(self, credential: str) -> links_pb2.Caller:
        """Ask who holds a credential."""
        request = access_service_pb2.AuthenticateRequest(credential=credential)
        return (await self.access.Authenticate(request)).caller


def settings_for(postgres_url: str, redis_url: str, api_key: str = API_KEY, **more: Any) -> Settings:
    """Make the settings of a service whose own domain is sho.rt."""
    public_url = PublicUrl.parse("https://sho.rt")
    settings = Settings(
        server=ServerSettings(listen="127.0.0.1:0"),
        postgres_url=postgres_url,
        redis_url=redis_url,
        secret=SECRET,
        public_url=public_url,
        hosts=OwnHosts.of(public_url, ["www.sho.rt"]),
        api_key=api_key,
        analytics_address="127.0.0.1:1",
    )
    return replace(settings, **more)


@asynccontextmanager
async def running_links(
    postgres_url: str,
    redis_url: str,
    *,
    clock: Clock | None = None,
    next_code: Callable[[int], str] = codes.generate,
    **settings: Any,
) -> AsyncIterator[Links]:
    """Run the service and connect to it."""
    server = LinksServer(settings_for(postgres_url, redis_url, **settings), clock=clock, next_code=next_code)
    await server.start()
    try:
        async with rpc_client.open_channel(f"127.0.0.1:{server.port}", deadline_seconds=60) as channel:
            yield _connected(server, postgres_url, channel)
    finally:
        await server.stop()


def _connected(server: LinksServer, postgres_url: str, channel: grpc.aio.Channel) -> Links:
    return Links(
        server=server,
        postgres_url=postgres_url,
        links=link_service_pb2_grpc.LinkServiceStub(channel),
        api_keys=api_key_service_pb2_grpc.ApiKeyServiceStub(channel),
        domains=domain_service_pb2_grpc.DomainServiceStub(channel),
        access=access_service_pb2_grpc.AccessServiceStub(channel),
        accounts=account_service_pb2_grpc.AccountServiceStub(channel),
        oauth=oauth_service_pb2_grpc.OAuthServiceStub(channel),
        graph=link_graph_service_pb2_grpc.LinkGraphServiceStub(channel),
        resolution=resolution_service_pb2_grpc.ResolutionServiceStub(channel),
        tags=tag_service_pb2_grpc.TagServiceStub(channel),
        imports=import_service_pb2_grpc.ImportServiceStub(channel),
        sessions=session_service_pb2_grpc.SessionServiceStub(channel),
        shares=share_service_pb2_grpc.ShareServiceStub(channel),
        authorization=ext_authz_pb2_grpc.AuthorizationStub(channel),
    )
