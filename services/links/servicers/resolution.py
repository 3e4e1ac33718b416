"""ResolutionService: what the redirect path asks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from linkmeter.links.v1 import resolution_service_pb2, resolution_service_pb2_grpc
from services.common import access_ticket, emoji_codes
from services.common.clock import Clock
from services.common.errors import InvalidArgument, PermissionDenied, ResourceExhausted
from services.common.hosts import OwnHosts
from services.links import metrics
from services.links.authentication import Context
from services.links.convert.links import resolution_message
from services.links.convert.times import timestamp
from services.links.domain import codes, passwords
from services.links.domain.domains import Domain
from services.links.domain.link import Link
from services.links.guess_limits import GuessLimits
from services.links.link_writer import publication
from services.links.password_worker import PasswordWorker
from services.links.publisher import Publisher
from services.links.store.domains import DomainStore
from services.links.store.links import LinkStore
from services.runtime.background import Background

TICKET_LIFETIME: Final = timedelta(hours=1)
MOST_RESOLVED: Final = 100


class ResolutionServicer(resolution_service_pb2_grpc.ResolutionServiceServicer):
    """Implements ResolutionService."""

    def __init__(
        self,
        *,
        links: LinkStore,
        domains: DomainStore,
        hosts: OwnHosts,
        publisher: Publisher,
        guess_limits: GuessLimits,
        password_worker: PasswordWorker,
        background: Background,
        clock: Clock,
        secret: str,
    ) -> None:
        self._links = links
        self._domains = domains
        self._hosts = hosts
        self._publisher = publisher
        self._guess_limits = guess_limits
        self._password_worker = password_worker
        self._background = background
        self._clock = clock
        self._secret = secret

    async def ResolveLink(
        self, request: resolution_service_pb2.ResolveLinkRequest, context: Context
    ) -> resolution_service_pb2.ResolveLinkResponse:
        """Return the link or tombstone that a host and a code name."""
        del context
        return (await self._resolve([request]))[0]

    async def ResolveLinks(
        self, request: resolution_service_pb2.ResolveLinksRequest, context: Context
    ) -> resolution_service_pb2.ResolveLinksResponse:
        """Return the links or tombstones that hosts and codes name, in their order."""
        del context
        if len(request.links) > MOST_RESOLVED:
            raise InvalidArgument("links", f"at most {MOST_RESOLVED} are resolved at once")
        return resolution_service_pb2.ResolveLinksResponse(links=await self._resolve(request.links))

    async def _resolve(
        self, requests: Sequence[resolution_service_pb2.ResolveLinkRequest]
    ) -> list[resolution_service_pb2.ResolveLinkResponse]:
        names = [
            (self._hosts.domain_host(request.host) if request.host else "", emoji_codes.canonical(request.code))
            for request in requests
        ]
        known_domains = await self._domains.find_all({host for host, _ in names if host})
        known_links = await self._links.find_by_codes(
            {(host, code) for host, code in names if host in known_domains and codes.is_code(code)}
        )
        if known_links:
            self._background.start(self._publisher.fill([publication(link) for link in known_links.values()]))
        return [_response(known_domains.get(host), known_links.get((host, code))) for host, code in names]

    async def ConsumeClick(
        self, request: resolution_service_pb2.ConsumeClickRequest, context: Context
    ) -> resolution_service_pb2.ConsumeClickResponse:
        """Take one of a link's follows."""
        del context
        granted = await self._links.consume(request.link_id, self._clock.now())
        metrics.CONSUMED.labels("granted" if granted else "refused").inc()
        return resolution_service_pb2.ConsumeClickResponse(granted=granted)

    async def VerifyPassword(
        self, request: resolution_service_pb2.VerifyPasswordRequest, context: Context
    ) -> resolution_service_pb2.VerifyPasswordResponse:
        """Return a ticket for a right guess; PermissionDenied for a wrong one, ResourceExhausted after too many."""
        del context
        if len(request.password) > passwords.MAX_LENGTH:
            raise InvalidArgument("password", f"must have at most {passwords.MAX_LENGTH} characters")
        host = self._hosts.domain_host(request.host)
        # Links that are not there are counted and take time like others.
        name = f"{host}/{request.code[: codes.MAX_LENGTH]}"
        await self._take_guess(name, request.client_ip)
        link = await self._find(host, request.code)
        stored = link.password if link else None
        is_right = await self._password_worker.is_right(request.password, stored)
        if link is None or stored is None or not is_right:
            metrics.PASSWORD_GUESSES.labels("wrong").inc()
            raise PermissionDenied("the password is wrong")
        metrics.PASSWORD_GUESSES.labels("right").inc()
        self._background.start(self._guess_limits.give_back(name, request.client_ip))
        expiry = (self._clock.now() + TICKET_LIFETIME).replace(microsecond=0)
        return resolution_service_pb2.VerifyPasswordResponse(
            access_ticket=access_ticket.issue(self._secret, link.link_id, stored.version, expiry),
            expire_time=timestamp(expiry),
            link_id=link.link_id,
        )

    async def _find(self, host: str, text: str) -> Link | None:
        code = emoji_codes.canonical(text)
        return await self._links.find_by_code(host, code) if codes.is_code(code) else None

    async def _take_guess(self, name: str, client_ip: str) -> None:
        try:
            await self._guess_limits.take(name, client_ip)
        except ResourceExhausted:
            metrics.PASSWORD_GUESSES.labels("refused").inc()
            raise


def _response(domain: Domain | None, link: Link | None) -> resolution_service_pb2.ResolveLinkResponse:
    if domain is None:
        return resolution_service_pb2.ResolveLinkResponse()
    return resolution_service_pb2.ResolveLinkResponse(
        resolution=resolution_message(link) if link else None,
        domain_id=domain.domain_id,
        domain=domain.host,
        domain_owner_id=domain.owner_id,
    )
