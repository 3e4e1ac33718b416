"""Looks at servers of the operator's own before anything is started."""

from collections.abc import Sequence

import asyncpg
import redis

from deploy.local import databases
from deploy.local.errors import CannotStartError
from deploy.local.settings import LocalSettings
from services.runtime.redis_client import server_urls

_PATIENCE_SECONDS = 5


class UnreachableError(CannotStartError):
    """A server that a setting names cannot be used."""


def check(settings: LocalSettings) -> None:
    """Raise when a named server does not let us in, without repeating its address, which may hold a password."""
    if settings.postgres_url:
        try:
            databases.run(_connect(settings.postgres_url))
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise UnreachableError(f"LINKMETER_POSTGRES_URL: no connection: {_words(error)}") from error
    if settings.redis_url:
        try:
            _ping_any(server_urls(settings.redis_url))
        except (OSError, redis.RedisError) as error:
            raise UnreachableError(f"LINKMETER_REDIS_URL: no connection: {_words(error)}") from error


def _ping_any(servers: Sequence[str]) -> None:
    """Raise when none of a cluster's servers answers: as long as one does, it knows of the others."""
    problems = []
    for server in servers:
        try:
            with redis.Redis.from_url(server, socket_timeout=_PATIENCE_SECONDS) as client:
                client.ping()
        except (OSError, redis.RedisError) as problem:
            problems.append(problem)
        else:
            return
    raise problems[0]


async def _connect(url: str) -> None:
    connection = await asyncpg.connect(url, timeout=_PATIENCE_SECONDS)
    await connection.close()


def _words(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
