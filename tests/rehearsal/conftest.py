"""The rendered dev overlay as running containers. Needs root and podman, so it is collected by its own targets only."""

import os
from collections.abc import Iterator

import pytest

from tests.k8s.rendering import render
from tests.rehearsal.cluster import Cluster
from tests.rehearsal.installed import Installed
from tests.rehearsal.service import Balancer
from tests.support.ports import free_port

# make images-test and make rehearsal set it, after looking for what is needed.
collect_ignore_glob = [] if os.environ.get("LINKMETER_REHEARSAL") == "on" else ["test_*.py"]


@pytest.fixture(scope="session", params=[(1,), (2,), (2, "mtls")], ids=["one of each", "two of each", "mtls"])
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """Run the installation with so many replicas of each service, and a balancer before the gateway."""
    replicas, *components = request.param
    # A port that only these tests know: who else visits would be counted as well.
    port = free_port()
    installation = render(
        tmp_path_factory.mktemp("render"), "dev", ("backups", *components), publicUrl=f"http://localhost:{port}"
    )
    cluster = Cluster(installation, tmp_path_factory.mktemp("cluster"), replicas)
    try:
        cluster.start()
        balancer = Balancer(port, lambda: [(address, 8080) for address in cluster.addresses("gateway") or ()])
        yield Installed(cluster)
        balancer.stop()
    finally:
        cluster.stop()


@pytest.fixture
def system(installed: Installed) -> Iterator[Installed]:
    """Stand in for the system of the same name that other tests run on."""
    yield installed
    assert not installed.cluster.problems
