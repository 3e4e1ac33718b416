"""Addresses of Redis: one server, or several of a cluster."""

import pytest
import redis.asyncio
from redis.asyncio.cluster import RedisCluster

from services.runtime import redis_client
from services.runtime.redis_client import cluster_nodes, cluster_options, open_redis, server_urls


def test_one_server_stays_as_it_is() -> None:
    """The address of a single server goes to the library unchanged."""
    url = "rediss://user:pass@redis.example:6380/1?ssl_ca_certs=/ca.pem"
    assert server_urls(url) == (url,)
    assert isinstance(open_redis(url), redis.asyncio.Redis)


def test_a_cluster_names_several_servers() -> None:
    """Each server gets the credentials and options of all."""
    url = "rediss-cluster://user:p%40ss@a.example:7001,b.example:7002?ssl_ca_certs=/ca.pem"
    assert server_urls(url) == (
        "rediss://user:p%40ss@a.example:7001?ssl_ca_certs=/ca.pem",
        "rediss://user:p%40ss@b.example:7002?ssl_ca_certs=/ca.pem",
    )
    assert cluster_nodes(url) == [("a.example", 7001), ("b.example", 7002)]
    options = cluster_options(url)
    assert (options["username"], options["password"]) == ("user", "p@ss")
    assert (options["ssl"], options["ssl_ca_certs"]) == (True, "/ca.pem")


def test_a_cluster_without_tls_and_ports() -> None:
    """Plaintext is plaintext, and the port is the usual one."""
    url = "redis-cluster://a.example,b.example"
    assert cluster_nodes(url) == [("a.example", 6379), ("b.example", 6379)]
    assert "ssl" not in cluster_options(url)


@pytest.mark.parametrize(("url", "expected"), [("redis-cluster://a:1", True), ("redis://a:1", False)])
def test_clusters_are_known_by_their_scheme(url: str, expected: bool) -> None:
    """Only the scheme says that an address is a cluster's."""
    assert redis_client.is_cluster(url) is expected


async def test_a_cluster_is_opened_without_asking_it() -> None:
    """A service starts while its cluster is down."""
    client = open_redis("redis-cluster://127.0.0.1:1")
    assert isinstance(client, RedisCluster)
    with pytest.raises(redis_client.OUTAGES):
        await client.get("key")
    await client.aclose()
