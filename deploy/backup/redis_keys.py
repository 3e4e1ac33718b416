"""What Redis knows of links and a restored database does not: gone, so that it is learnt anew.

Nothing in Redis needs a backup: copies of links, the revisions of these copies, and counts of the last hour's requests
and guesses. The counts stay, because they are of visitors and not of the database.
"""

from typing import Final

import redis

from deploy.backup.errors import BackupError
from services.common.redis_keys import LINK_PATTERNS

_BATCH: Final = 1000
_PATIENCE_SECONDS: Final = 10


def forget_links(url: str) -> int:
    """Remove copies of links, whose revisions may be ahead of the database; return how many keys there were."""
    try:
        with redis.Redis.from_url(url, socket_timeout=_PATIENCE_SECONDS) as client:
            if not client.info("cluster").get("cluster_enabled"):
                return _forget(client)
        with redis.RedisCluster.from_url(url, socket_timeout=_PATIENCE_SECONDS) as cluster:
            return _forget(cluster)
    except (OSError, redis.RedisError) as problem:
        raise BackupError(
            f"the database is restored, but Redis does not answer ({type(problem).__name__}): empty it before you go on"
        ) from problem


def _forget(client: "redis.Redis | redis.RedisCluster") -> int:
    removed = 0
    for pattern in LINK_PATTERNS:
        keys: list[bytes] = []
        for key in client.scan_iter(match=pattern, count=_BATCH):
            keys.append(key)
            if len(keys) == _BATCH:
                removed += _unlink(client, keys)
        removed += _unlink(client, keys)
    return removed


def _unlink(client: "redis.Redis | redis.RedisCluster", keys: list[bytes]) -> int:
    """Remove keys one by one, as a cluster wants it, in one go."""
    pipeline = client.pipeline(transaction=False)
    for key in keys:
        pipeline.unlink(key)
    removed = sum(pipeline.execute()) if keys else 0
    keys.clear()
    return int(removed)
