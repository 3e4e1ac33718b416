"""What the limits library counts in: one Redis server or a cluster, whichever the address names."""

import redis.asyncio
from limits.aio.storage import RedisClusterStorage, RedisStorage

from services.runtime import redis_client


def open_storage(url: str, key_prefix: str, client: redis_client.Client | None = None) -> RedisStorage:
    """Open the storage, over the connections of a client where it has some; nothing has to answer yet.

    Each counter is one key, so that a cluster needs nothing in particular.
    """
    if redis_client.is_cluster(url):
        hosts = ",".join(f"{host}:{port}" for host, port in redis_client.cluster_nodes(url))
        return RedisClusterStorage(
            f"async+redis+cluster://{hosts}",
            implementation="redispy",
            key_prefix=key_prefix,
            **redis_client.cluster_options(url),
        )
    options = (
        {"connection_pool": client.connection_pool}
        if isinstance(client, redis.asyncio.Redis)
        else {
            "socket_timeout": redis_client.TIMEOUT_SECONDS,
            "socket_connect_timeout": redis_client.TIMEOUT_SECONDS,
        }
    )
    # The library takes a socket's bare URL for Valkey's, and its client for that one breaks on connections of ours.
    known = f"redis+{url}" if url.startswith("unix:") else url
    return RedisStorage(f"async+{known}", implementation="redispy", key_prefix=key_prefix, **options)
