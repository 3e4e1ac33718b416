"""The redirect decision for internal callers."""

from typing import Final, Protocol

from linkmeter.redirect.v1 import redirect_service_pb2, redirect_service_pb2_grpc
from services.common import errors
from services.common.clock import Clock
from services.common.hosts import OwnHosts
from services.redirect import metrics
from services.redirect.domain import decision
from services.redirect.domain.hosts import plain_host
from services.redirect.domain.paths import Follow, read_path
from services.redirect.following import ELSEWHERE_STATUS
from services.redirect.resolving.resolver import Resolver
from services.runtime.interceptors import Context

_NOT_FOUND: Final = redirect_service_pb2.ResolveResponse(
    verdict=redirect_service_pb2.VERDICT_NOT_FOUND, http_status=404
)


class Links(Protocol):
    """What counts the follows of links that can be followed a limited number of times."""

    async def is_exhausted(self, host: str, code: str) -> bool:
        """Return whether no follow is left; raise LinkmeterError when nobody can say."""
        ...


class RedirectServicer(redirect_service_pb2_grpc.RedirectServiceServicer):
    """Returns what following a link would lead to."""

    def __init__(self, *, resolver: Resolver, links: Links, hosts: OwnHosts, clock: Clock) -> None:
        self._resolver = resolver
        self._links = links
        self._hosts = hosts
        self._clock = clock

    async def Resolve(
        self, request: redirect_service_pb2.ResolveRequest, context: Context
    ) -> redirect_service_pb2.ResolveResponse:
        """Return the decision for a visitor without ticket, and count nothing."""
        del context
        host = self._hosts.canonical(plain_host(request.host)) if request.host else self._hosts.name
        if not host:
            raise errors.InvalidArgument("host", "is no host name")
        if not isinstance(read_path(f"/{request.code}"), Follow):
            return _NOT_FOUND
        entry = self._resolver.at_hand(host, request.code)
        if entry:
            metrics.LOOKUPS.count("memory")
        finding = entry.finding if entry else await self._resolver.resolve(host, request.code)
        decided = decision.decide(finding, self._clock.now(), is_opened=False, is_looking=False)
        if isinstance(decided, decision.Consume) and await self._links.is_exhausted(host, request.code):
            decided = decision.Gone(decided.resolution)
        return _response(decided)


def _response(decided: decision.Decision) -> redirect_service_pb2.ResolveResponse:
    match decided:
        case decision.NotFound():
            return _NOT_FOUND
        case decision.Gone(resolution):
            return redirect_service_pb2.ResolveResponse(
                verdict=redirect_service_pb2.VERDICT_GONE,
                destination=resolution.expired_destination,
                http_status=ELSEWHERE_STATUS if resolution.expired_destination else 410,
            )
        case decision.PasswordRequired(resolution):
            return redirect_service_pb2.ResolveResponse(
                verdict=redirect_service_pb2.VERDICT_PASSWORD_REQUIRED, http_status=401, link_id=resolution.link_id
            )
        case decision.Found(resolution) | decision.Consume(resolution) | decision.BrowserOnly(resolution):
            return redirect_service_pb2.ResolveResponse(
                verdict=redirect_service_pb2.VERDICT_FOUND,
                destination=resolution.destination,
                http_status=resolution.redirect_status,
                link_id=resolution.link_id,
            )
