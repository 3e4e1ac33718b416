"""A real Valkey Cluster on this machine: three masters, a replica each, made without a command-line client."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import redis

from deploy.local.process import Process
from deploy.local.readiness import answers_redis, wait_ready
from deploy.local.valkey import ValkeyServer
from tests.support.ports import free_port
from tests.support.wait import eventually

MASTERS = 3
_SLOTS = 16384
# How long a server is silent until the others call it dead; the failover follows within about as long again.
# Long enough for a busy machine not to take a living server for dead.
_NODE_TIMEOUT_MS = 3000


@dataclass(slots=True)
class Node:
    """A server of the cluster."""

    server: ValkeyServer
    bus_port: int
    folder: Path
    process: Process

    @property
    def port(self) -> int:
        """Where clients reach it."""
        return self.server.port

    def ask(self, *command: str | int) -> Any:
        """Send a command to this server itself."""
        with redis.Redis(port=self.port, socket_timeout=60, decode_responses=True) as client:
            return client.execute_command(*command)

    def facts(self, section: str, *command: str) -> dict[str, str]:
        """Read what INFO or CLUSTER INFO says."""
        answer = self.ask(*command) if command else self.ask("INFO", section)
        if isinstance(answer, dict):
            return {str(name): str(value) for name, value in answer.items()}
        return dict(line.split(":", 1) for line in answer.splitlines() if ":" in line)

    @property
    def is_master(self) -> bool:
        """Return whether it is in charge of slots."""
        return self.facts("replication")["role"] == "master"


@dataclass(slots=True)
class ValkeyCluster:
    """Running servers; the first half began as masters."""

    nodes: list[Node]

    @property
    def url(self) -> str:
        """The address as services are told it; not all servers are named, the others are found out."""
        return "redis-cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes[:MASTERS])

    def master_of(self, key: str) -> Node:
        """Return which server is in charge of a key."""
        alive = [node for node in self.nodes if node.process.is_running]
        slot = alive[0].ask("CLUSTER", "KEYSLOT", key)
        for node in alive:
            if node.is_master and any(first <= slot <= last for first, last in _own_slots(node)):
                return node
        raise AssertionError(f"nobody is in charge of slot {slot}")

    def kill(self, node: Node) -> None:
        """Kill a server."""
        node.process.kill()

    def start(self, node: Node) -> None:
        """Start a killed server again."""
        node.process = Process(node.process.command, node.folder)

    async def failed_over(self, dead: Node) -> None:
        """Wait until there are as many masters again without a dead one, and all slots are served."""
        alive = [node for node in self.nodes if node is not dead]

        def has_failed_over() -> bool:
            return sum(node.is_master for node in alive) == MASTERS and all(_is_whole(node) for node in alive)

        await eventually(has_failed_over, every=0.1, what="the cluster fails over")


@contextmanager
def running_valkey_cluster(folder: Path) -> Iterator[ValkeyCluster]:
    """Run a cluster that keeps nothing on disk but who is who."""
    with ExitStack() as stack:
        nodes = [_start(folder / str(number)) for number in range(2 * MASTERS)]
        for node in nodes:
            stack.callback(node.process.stop)
        for node in nodes:
            wait_ready(node.process, lambda address=node.server.address: answers_redis(address))  # type: ignore[misc] # bound now
        _join(nodes)
        yield ValkeyCluster(nodes)
        for node in nodes:
            node.process.kill()


def _start(folder: Path) -> Node:
    server = ValkeyServer(folder=folder / "data", port=free_port(), durable=False)
    server.prepare()
    # By default the bus takes the port 10,000 above, which may be somebody's.
    bus_port = free_port()
    flags = {
        "cluster-enabled": "yes",
        "cluster-config-file": str(server.folder / "nodes.conf"),
        "cluster-port": str(bus_port),
        "cluster-node-timeout": str(_NODE_TIMEOUT_MS),
        "cluster-require-full-coverage": "no",
        "repl-diskless-sync-delay": "0",
        "repl-ping-replica-period": "1",
    }
    command = server.command()
    arguments = [*command.arguments, *(flag for name, value in flags.items() for flag in (f"--{name}", value))]
    command = replace(command, name=f"valkey-{folder.name}", arguments=arguments)
    return Node(server, bus_port, folder, Process(command, folder))


def _join(nodes: list[Node]) -> None:
    """Share out the slots, introduce everybody to the first, and give each master a replica."""
    masters, replicas = nodes[:MASTERS], nodes[MASTERS:]
    for number, master in enumerate(masters):
        first, beyond = number * _SLOTS // MASTERS, (number + 1) * _SLOTS // MASTERS
        master.ask("CLUSTER", "ADDSLOTSRANGE", first, beyond - 1)
        # Different epochs, or the masters would have to agree on them first.
        master.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
    for node in nodes[1:]:
        nodes[0].ask("CLUSTER", "MEET", "127.0.0.1", node.port, node.bus_port)
    _wait(lambda: all(node.facts("", "CLUSTER", "INFO")["cluster_known_nodes"] == str(len(nodes)) for node in nodes))
    _wait(lambda: all(_is_whole(node) for node in nodes))
    for master, replica in zip(masters, replicas, strict=True):
        replica.ask("CLUSTER", "REPLICATE", master.ask("CLUSTER", "MYID"))
    _wait(lambda: all(replica.facts("replication").get("master_link_status") == "up" for replica in replicas))
    _wait(lambda: all(master.facts("replication")["connected_slaves"] == "1" for master in masters))


def _wait(condition: Any) -> None:
    from deploy.local.databases import run  # noqa: PLC0415

    run(eventually(condition, every=0.05))


def _is_whole(node: Node) -> bool:
    facts = node.facts("", "CLUSTER", "INFO")
    return facts["cluster_state"] == "ok" and facts["cluster_slots_ok"] == str(_SLOTS)


def _own_slots(node: Node) -> list[tuple[int, int]]:
    mine = node.ask("CLUSTER", "MYID")
    answer = node.ask("CLUSTER", "SHARDS")
    ranges = []
    for shard in answer:
        facts = shard if isinstance(shard, dict) else dict(zip(shard[::2], shard[1::2], strict=True))
        members = [m if isinstance(m, dict) else dict(zip(m[::2], m[1::2], strict=True)) for m in facts["nodes"]]
        if any(member["id"] == mine for member in members):
            slots = facts["slots"]
            ranges += [(int(first), int(last)) for first, last in zip(slots[::2], slots[1::2], strict=True)]
    return ranges
