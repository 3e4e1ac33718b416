"""Looks at servers of the operator's own before anything is started."""

import asyncpg
import redis

from deploy.local import databases
from deploy.local.errors import CannotStartError
from deploy.local.settings import LocalSettings

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
            with redis.Redis.from_url(settings.redis_url, socket_timeout=_PATIENCE_SECONDS) as client:
                client.ping()
        except (OSError, redis.RedisError) as error:
            raise UnreachableError(f"LINKMETER_REDIS_URL: no connection: {_words(error)}") from error


async def _connect(url: str) -> None:
    connection = await asyncpg.connect(url, timeout=_PATIENCE_SECONDS)
    await connection.close()


def _words(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
