"""What the data plane asks over the network: Redis, and the links service."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

import grpc
import redis.asyncio
from google.protobuf.message import DecodeError

from linkmeter.links.v1 import resolution_service_pb2, resolution_service_pb2_grpc
from services.common import errors
from services.common.redis_keys import resolution_key
from services.redirect import convert
from services.redirect.domain.resolution import Absent, Finding, Resolution
from services.runtime import log
from services.runtime.redis_client import Breaker, Client, RedisDown

VERIFY_SECONDS: Final = 5.0
LOOK_SECONDS: Final = 1.0
# Reading twice changes nothing; consuming twice would.
IDEMPOTENT: Final = (
    "linkmeter.links.v1.ResolutionService/ResolveLink",
    "linkmeter.links.v1.ResolutionService/ResolveLinks",
)

_logger = log.get(__name__)


class RedisLinks:
    """Resolutions that links keeps in Redis for all replicas."""

    def __init__(self, client: Client | None) -> None:
        self._client = client
        self._breaker = Breaker()

    async def get_many(self, keys: Sequence[str]) -> Sequence[Resolution | None]:
        """Return a link for each host/code; None where it is not there or what is there makes no sense.

        None for all of them when Redis is down.
        """
        client = self._client
        if client is None:
            return [None] * len(keys)
        names = [resolution_key(key) for key in keys]
        try:
            values = await self._breaker.run(lambda: _values(client, names))
        except RedisDown:
            return [None] * len(keys)
        return [_resolution_in(value) for value in values]


async def _values(client: Client, names: Sequence[str]) -> Sequence[object]:
    if len(names) > 1 and isinstance(client, redis.asyncio.Redis):
        return await client.mget(names)
    # In a cluster, one command serves the keys of one slot only.
    return await asyncio.gather(*(client.get(name) for name in names))


def _resolution_in(value: object) -> Resolution | None:
    # The client decodes nothing, which its types do not know.
    if not isinstance(value, bytes):
        return None
    try:
        return convert.resolution_from(resolution_service_pb2.Resolution.FromString(value))
    except (DecodeError, ValueError) as problem:
        _logger.warning("redis_resolution_refused", error=str(problem))
        return None


class AccessGrant(NamedTuple):
    """What a right password gets."""

    ticket: str
    expire_time: datetime


class LinksClient:
    """Client of the links service, with domain objects in place of messages."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub: resolution_service_pb2_grpc.ResolutionServiceAsyncStub = (
            resolution_service_pb2_grpc.ResolutionServiceStub(channel)
        )

    async def resolve(self, host: str, code: str, seconds: float) -> Finding:
        """Find a link, or the domain that has none; raise LinkmeterError when links does not answer in seconds."""
        try:
            return _finding(await self._stub.ResolveLink(_request(host, code), timeout=seconds))
        except errors.InvalidArgument:
            return Absent()

    async def resolve_many(self, names: Sequence[tuple[str, str]], seconds: float) -> Sequence[Finding]:
        """Find the link of each host and code, or the domain that has none.

        Raise LinkmeterError when links does not answer in so many seconds.
        """
        request = resolution_service_pb2.ResolveLinksRequest(links=[_request(host, code) for host, code in names])
        try:
            response = await self._stub.ResolveLinks(request, timeout=seconds)
        except errors.LinkmeterError as problem:
            # One that is refused must not spoil the others.
            if not isinstance(problem, errors.InvalidArgument) and not _is_of_older_version(problem):
                raise
            return await asyncio.gather(*(self.resolve(host, code, seconds) for host, code in names))
        return [_finding(answer) for answer in response.links]

    async def is_exhausted(self, host: str, code: str) -> bool:
        """Return whether all follows of a limited link are used up; raise LinkmeterError when links does not answer."""
        found = await self.resolve(host, code, LOOK_SECONDS)
        return isinstance(found, Resolution) and found.exhausted

    async def consume(self, link_id: int) -> bool:
        """Take one of a link's follows, and return whether one was left; raise LinkmeterError when links is down."""
        request = resolution_service_pb2.ConsumeClickRequest(link_id=link_id)
        try:
            return (await self._stub.ConsumeClick(request)).granted
        except errors.NotFound:
            return False

    async def verify_password(self, *, host: str, code: str, password: str, client_ip: str) -> AccessGrant:
        """Check a guess; raise PermissionDenied when it is wrong, and ResourceExhausted after too many."""
        request = resolution_service_pb2.VerifyPasswordRequest(
            host=host, code=code, password=password, client_ip=client_ip
        )
        response = await self._stub.VerifyPassword(request, timeout=VERIFY_SECONDS)
        return AccessGrant(response.access_ticket, convert.moment(response.expire_time))


def _request(host: str, code: str) -> resolution_service_pb2.ResolveLinkRequest:
    return resolution_service_pb2.ResolveLinkRequest(host=host, code=code)


def _finding(response: resolution_service_pb2.ResolveLinkResponse) -> Finding:
    if response.HasField("resolution"):
        try:
            return convert.resolution_from(response.resolution)
        except ValueError as problem:
            _logger.failure("resolution_refused", problem, link_id=response.resolution.link_id)
    return Absent(response.domain_id, response.domain, response.domain_owner_id)


def _is_of_older_version(problem: errors.LinkmeterError) -> bool:
    """Return whether links knows only how to resolve one link at a time: while both are being replaced."""
    cause = problem.__cause__
    return isinstance(cause, grpc.aio.AioRpcError) and cause.code() is grpc.StatusCode.UNIMPLEMENTED
