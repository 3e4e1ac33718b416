"""A real Valkey server for the session."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis

from deploy.local.process import Process
from deploy.local.readiness import answers_redis, wait_ready
from deploy.local.valkey import ValkeyServer
from tests.support.ports import free_port


@dataclass(frozen=True, slots=True)
class TestValkey:
    """A running server."""

    __test__ = False

    server: ValkeyServer
    process: Process

    def emptied_url(self) -> str:
        """Remove everything and return the server's URL."""
        with redis.Redis.from_url(self.server.url()) as client:
            client.flushall()
        return self.server.url()


@contextmanager
def running_valkey(folder: Path) -> Iterator[TestValkey]:
    """Run a server that keeps nothing on disk."""
    server = ValkeyServer(folder=folder / "valkey", port=free_port(), durable=False)
    server.prepare()
    process = Process(server.command(), folder)
    try:
        wait_ready(process, lambda: answers_redis(server.address))
        yield TestValkey(server, process)
    finally:
        process.stop()
