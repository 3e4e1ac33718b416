"""Put the service together, and run it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Final

import grpc

from linkmeter.gateway.authz.v3 import ext_authz_pb2_grpc
from linkmeter.links.v1 import (
    access_service_pb2_grpc,
    account_service_pb2_grpc,
    api_key_service_pb2_grpc,
    domain_service_pb2_grpc,
    import_service_pb2_grpc,
    link_graph_service_pb2_grpc,
    link_service_pb2_grpc,
    oauth_service_pb2_grpc,
    resolution_service_pb2_grpc,
    session_service_pb2_grpc,
    share_service_pb2_grpc,
    tag_service_pb2_grpc,
)
from services.common.clock import Clock, SystemClock
from services.links import components as links_parts
from services.links.bootstrap import Bootstrap
from services.links.components import Parts
from services.links.domain import codes
from services.links.domain.page_tokens import PageTokens
from services.links.servicers.access import AccessServicer
from services.links.servicers.account import AccountServicer
from services.links.servicers.api_key import ApiKeyServicer
from services.links.servicers.authorization import AuthorizationServicer
from services.links.servicers.domain import DomainServicer
from services.links.servicers.link import LinkServicer
from services.links.servicers.link_graph import LinkGraphServicer
from services.links.servicers.link_import import ImportServicer
from services.links.servicers.link_reading import Reading
from services.links.servicers.oauth import OAuthServicer
from services.links.servicers.resolution import ResolutionServicer
from services.links.servicers.session import SessionServicer
from services.links.servicers.share import ShareServicer
from services.links.servicers.tag import TagServicer
from services.links.settings import SCHEMA, Settings
from services.runtime import postgres
from services.runtime.health import HealthPoller
from services.runtime.rpc_server import Limits, RpcServer

SERVICES: Final = (
    "linkmeter.links.v1.LinkService",
    "linkmeter.links.v1.ApiKeyService",
    "linkmeter.links.v1.DomainService",
    "linkmeter.links.v1.TagService",
    "linkmeter.links.v1.ImportService",
    "linkmeter.links.v1.AccessService",
    "linkmeter.links.v1.AccountService",
    "linkmeter.links.v1.SessionService",
    "linkmeter.links.v1.ShareService",
    "linkmeter.links.v1.OAuthService",
    "linkmeter.links.v1.LinkGraphService",
    "linkmeter.links.v1.ResolutionService",
    "envoy.service.auth.v3.Authorization",
)
# Far above the largest link; batches of imports are cut to it.
_MESSAGE_BYTES: Final = 256 * 1024
_CLEANING_SECONDS: Final = 600


class LinksServer:
    """A running links service."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        next_code: Callable[[int], str] = codes.generate,
        limits: Limits | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock or SystemClock()
        self._next_code = next_code
        self._limits = limits or Limits(message_bytes=_MESSAGE_BYTES, drain_seconds=settings.server.drain_seconds)

    @property
    def port(self) -> int:
        """The port that was taken."""
        return self._rpc.port

    async def start(self) -> None:
        """Listen, and write what must be there; PostgreSQL and Redis need not be up."""
        self._parts = parts = await links_parts.connect(self._settings, clock=self._clock, next_code=self._next_code)
        bootstrap = Bootstrap(
            settings=self._settings, domains=parts.domains, credentials=parts.credentials, clock=self._clock
        )
        if not await bootstrap.attempt():
            parts.background.start(bootstrap.run())
        parts.publisher.start()
        _start_cleaning(parts)
        # Apart, so that a busy pool is no outage.
        self._probe = await postgres.open_pool(self._settings.postgres_url, SCHEMA, max_size=1)
        self._rpc = RpcServer(
            address=self._settings.server.listen,
            # Not Redis: without it links goes on, but for the check of passwords.
            health=HealthPoller({"postgres": lambda: self._probe.execute("SELECT 1"), "start": bootstrap.check}),
            translate=postgres.outage_of,
            limits=self._limits,
            tls=self._settings.server.tls,
        )
        _add_link_servicers(self._rpc.server, parts)
        _add_account_servicers(self._rpc.server, parts)
        await self._rpc.start(SERVICES)

    async def stop(self) -> None:
        """Finish the calls in flight, then close."""
        await self._rpc.stop()
        await self._probe.close()
        await self._parts.close()


def _start_cleaning(parts: Parts) -> None:
    """Forget again and again what is too old to be asked for."""
    for name, forget in (
        ("forget_old_requests", parts.creations.forget_old_requests),
        ("forget_old_codes", parts.oauth.forget_old_codes),
        ("forget_old_grants", parts.credentials.forget_old_grants),
        ("forget_old_sessions", parts.session_store.forget_old),
        ("forget_old_attempts", parts.identities.forget_old_attempts),
        ("forget_old_shares", parts.share_store.forget_old),
    ):
        parts.background.every(
            name, _CLEANING_SECONDS, partial(_at_present, forget, parts.clock), first_after_seconds=_CLEANING_SECONDS
        )


async def _at_present(forget: Callable[[datetime], Awaitable[object]], clock: Clock) -> None:
    await forget(clock.now())


def _add_link_servicers(server: grpc.aio.Server, parts: Parts) -> None:
    link_service_pb2_grpc.add_LinkServiceServicer_to_server(
        LinkServicer(
            Reading(
                authenticator=parts.authenticator,
                links=parts.links,
                link_batches=parts.link_batches,
                code_check=parts.code_check,
                lists=parts.link_lists,
                hosts=parts.settings.hosts,
                page_tokens=PageTokens(parts.settings.secret),
                clock=parts.clock,
            ),
            writer=parts.writer,
            batch_writer=parts.batch_writer,
        ),
        server,
    )
    resolution_service_pb2_grpc.add_ResolutionServiceServicer_to_server(
        ResolutionServicer(
            links=parts.links,
            domains=parts.domains,
            hosts=parts.settings.hosts,
            publisher=parts.publisher,
            guess_limits=parts.guess_limits,
            password_worker=parts.password_worker,
            background=parts.background,
            clock=parts.clock,
            secret=parts.settings.secret,
        ),
        server,
    )
    tag_service_pb2_grpc.add_TagServiceServicer_to_server(
        TagServicer(authenticator=parts.authenticator, store=parts.tags, clock=parts.clock), server
    )
    import_service_pb2_grpc.add_ImportServiceServicer_to_server(
        ImportServicer(
            authenticator=parts.authenticator,
            importer=parts.importer,
            writer=parts.writer,
            store=parts.imports,
            links=parts.imported_links,
            clicks=parts.import_clicks,
            hosts=parts.settings.hosts,
            page_tokens=PageTokens(parts.settings.secret),
            clock=parts.clock,
        ),
        server,
    )
    share_service_pb2_grpc.add_ShareServiceServicer_to_server(
        ShareServicer(authenticator=parts.authenticator, shares=parts.shares, links=parts.links), server
    )
    link_graph_service_pb2_grpc.add_LinkGraphServiceServicer_to_server(
        LinkGraphServicer(store=parts.link_graph), server
    )


def _add_account_servicers(server: grpc.aio.Server, parts: Parts) -> None:
    account_service_pb2_grpc.add_AccountServiceServicer_to_server(
        AccountServicer(accounts=parts.accounts, store=parts.owners, passwords=parts.passwords), server
    )
    session_service_pb2_grpc.add_SessionServiceServicer_to_server(
        SessionServicer(
            authenticator=parts.authenticator,
            sessions=parts.sessions,
            sign_in=parts.sign_in,
            passwords=parts.passwords,
            accounts=parts.accounts,
            owners=parts.owners,
            lifetimes=parts.settings.session_lifetimes,
            public_url=parts.settings.public_url.url,
        ),
        server,
    )
    oauth_service_pb2_grpc.add_OAuthServiceServicer_to_server(
        OAuthServicer(applications=parts.applications, owners=parts.owners, issuer=parts.issuer), server
    )
    api_key_service_pb2_grpc.add_ApiKeyServiceServicer_to_server(
        ApiKeyServicer(
            authenticator=parts.authenticator,
            store=parts.credentials,
            issuer=parts.issuer,
            page_tokens=PageTokens(parts.settings.secret),
            clock=parts.clock,
        ),
        server,
    )
    domain_service_pb2_grpc.add_DomainServiceServicer_to_server(
        DomainServicer(
            authenticator=parts.authenticator,
            registry=parts.registry,
            store=parts.domains,
            claims=parts.domain_claims,
            proofs=parts.proofs,
        ),
        server,
    )
    access_service_pb2_grpc.add_AccessServiceServicer_to_server(
        AccessServicer(authenticator=parts.authenticator, owners=parts.owners), server
    )
    ext_authz_pb2_grpc.add_AuthorizationServicer_to_server(
        AuthorizationServicer(authenticator=parts.authenticator, translate=postgres.outage_of), server
    )
