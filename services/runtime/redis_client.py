"""Connections to Redis or Valkey, and how to live while it is down."""

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias, TypeVar
from urllib.parse import urlsplit

import redis.asyncio
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.connection import SSLConnection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException, RedisError

from services.runtime import log

T = TypeVar("T")

_logger = log.get(__name__)

# What single commands have in common between one server and a cluster is all that services use.
Client: TypeAlias = redis.asyncio.Redis | RedisCluster

CLUSTER_SCHEMES: Final = ("redis-cluster", "rediss-cluster")
TIMEOUT_SECONDS: Final = 0.1
# For an operation as a whole: a cluster's client may have to look for the server that is in charge now.
OPERATION_SECONDS: Final = 0.5
PAUSE_SECONDS: Final = 1.0
# What a dead, hung or refusing Redis raises.
OUTAGES: Final = (RedisError, RedisClusterException, OSError, TimeoutError)


class RedisDown(Exception):
    """Redis did not answer, or did not a moment ago."""


def open_redis(url: str) -> Client:
    """Open a client that gives up early, because Redis is never needed to go on; nothing has to answer yet."""
    if is_cluster(url):
        return RedisCluster(startup_nodes=[ClusterNode(*node) for node in cluster_nodes(url)], **cluster_options(url))
    return redis.asyncio.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 1),
        health_check_interval=0,
    )


def is_cluster(url: str) -> bool:
    """Return whether an address names a cluster: redis-cluster://[user:password@]host:port,host:port[?options]."""
    return url.partition("://")[0] in CLUSTER_SCHEMES


def server_urls(url: str) -> tuple[str, ...]:
    """Return the address of each server that is named: several for a cluster, else one."""
    if not is_cluster(url):
        return (url,)
    parts = urlsplit(url)
    user, at, hosts = parts.netloc.rpartition("@")
    scheme, query = parts.scheme.removesuffix("-cluster"), f"?{parts.query}" if parts.query else ""
    return tuple(f"{scheme}://{user}{at}{host.strip()}{query}" for host in hosts.split(",") if host.strip())


def cluster_options(url: str) -> dict[str, Any]:
    """Return what a cluster's client is told beside its servers: credentials, TLS, and our patience."""
    options: dict[str, Any] = dict(parse_url(server_urls(url)[0]))
    is_secured = options.pop("connection_class", None) is SSLConnection
    for name in ("host", "port", "db"):
        options.pop(name, None)
    return {
        **options,
        **({"ssl": True} if is_secured else {}),
        "socket_timeout": TIMEOUT_SECONDS,
        "socket_connect_timeout": TIMEOUT_SECONDS,
        "retry": Retry(NoBackoff(), 1),
        # Slots without a server are an outage of their keys only.
        "require_full_coverage": False,
    }


def cluster_nodes(url: str) -> list[tuple[str, int]]:
    """Return host and port of each server that is named."""
    servers = [parse_url(server) for server in server_urls(url)]
    return [(server["host"], int(server.get("port", 6379))) for server in servers]


class Breaker:
    """Spares callers the wait for a dead Redis: after a failure it is not asked for a second."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._paused_until = 0.0

    @property
    def is_open(self) -> bool:
        """Return whether Redis is left alone at present."""
        return self._monotonic() < self._paused_until

    async def run(self, operation: Callable[[], Awaitable[T]]) -> T:
        """Run an operation on Redis; raise RedisDown when it fails or is not tried."""
        if self.is_open:
            raise RedisDown
        try:
            async with asyncio.timeout(OPERATION_SECONDS):
                return await operation()
        except (*OUTAGES, AttributeError, RuntimeError) as problem:
            if not isinstance(problem, OUTAGES) and not _is_of_lost_connection(problem):
                raise
            self._paused_until = self._monotonic() + PAUSE_SECONDS
            _logger.warning("redis_down", error=type(problem).__name__)
            raise RedisDown from problem


def _is_of_lost_connection(problem: Exception) -> bool:
    """Recognise what redis-py raises when one task ends a cluster's connection on which another is about to write.

    It finds no writer any more (AttributeError), or uvloop refuses to write on what is closed (RuntimeError).
    """
    modules = (frame.f_globals.get("__name__") for frame, _ in traceback.walk_tb(problem.__traceback__))
    return "redis.asyncio.connection" in modules
