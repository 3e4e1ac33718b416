"""What the manifests ask for is what programs use."""

import pytest

from tests.rehearsal.installed import Installed

_SERVICES = ("links", "analytics", "settle", "compat", "redirect", "gateway")


@pytest.mark.parametrize("service", _SERVICES)
def test_requests_of_memory_are_near_the_truth(installed: Installed, service: str) -> None:
    """A pod that was just used lies below its request, and far below its limit."""
    (pod, *_) = installed.cluster.pods(service)
    used = pod.container.memory()
    requested = int(pod.container.container["resources"]["requests"]["memory"].removesuffix("Mi"))
    print(f"{service}: {used:.0f} MiB of {requested} requested")  # noqa: T201 - For who reads the rehearsal.
    assert used < requested
