"""What the data plane asks over the network: Redis, and the links service."""

from datetime import datetime
from typing import Final, NamedTuple

import grpc
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
IDEMPOTENT: Final = ("linkmeter.links.v1.ResolutionService/ResolveLink",)

_logger = log.get(__name__)


class RedisLinks:
    """Resolutions that links keeps in Redis for all replicas."""

    def __init__(self, client: Client | None) -> None:
        self._client = client
        self._breaker = Breaker()

    async def get(self, key: str) -> Resolution | None:
        """Return a link by host/code; None when it is not there, Redis is down, or what is there makes no sense."""
        client = self._client
        if client is None:
            return None
        try:
            value = await self._breaker.run(lambda: client.get(resolution_key(key)))
            # The client decodes nothing, which its types do not know.
            if not isinstance(value, bytes):
                return None
            return convert.resolution_from(resolution_service_pb2.Resolution.FromString(value))
        except RedisDown:
            return None
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
        request = resolution_service_pb2.ResolveLinkRequest(host=host, code=code)
        try:
            response = await self._stub.ResolveLink(request, timeout=seconds)
        except errors.InvalidArgument:
            return Absent()
        absent = Absent(response.domain_id, response.domain, response.domain_owner_id)
        if not response.HasField("resolution"):
            return absent
        try:
            return convert.resolution_from(response.resolution)
        except ValueError as problem:
            _logger.failure("resolution_refused", problem, link_id=response.resolution.link_id)
            return absent

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
