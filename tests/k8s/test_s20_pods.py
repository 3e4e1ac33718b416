"""S20: containers run as non-root with a read-only root, no capabilities and seccomp RuntimeDefault, within limits."""

import re
from pathlib import Path

import pytest

from tests.k8s.rendering import ROOT, Installation, Json

# What Pod Security "restricted" leaves.
VOLUMES = {"configMap", "emptyDir", "persistentVolumeClaim", "secret"}
SHARING = ("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace")
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


def containers(installation: Installation) -> list[tuple[str, Json]]:
    return [
        (f"{workload.name}/{container['name']}", container)
        for workload in installation.workloads
        for container in workload.containers
    ]


def test_pods_run_as_nobody_in_particular(full: Installation) -> None:
    """No root, no seccomp exception, nothing of the host, no credential of the cluster."""
    for workload in full.workloads:
        context = workload.pod["securityContext"]
        assert context["runAsNonRoot"] is True, workload.name
        assert context["runAsUser"] >= 999, workload.name
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, workload.name
        assert not any(workload.pod.get(share) for share in SHARING), workload.name
        assert workload.pod["automountServiceAccountToken"] is False, workload.name
        assert workload.pod["enableServiceLinks"] is False, workload.name
        for volume in workload.pod.get("volumes", []):
            assert set(volume) - {"name"} <= VOLUMES, workload.name


def test_containers_can_change_nothing(full: Installation) -> None:
    """A read-only root, no capability, no way to more rights."""
    for name, container in containers(full):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert "hostPort" not in str(container.get("ports", "")), name


def test_containers_have_requests_and_limits(full: Installation) -> None:
    """The scheduler knows what each needs, and none takes the node's memory."""
    for name, container in containers(full):
        for kind in ("requests", "limits"):
            assert set(container["resources"][kind]) >= {"cpu", "memory"}, name


def test_writable_folders_are_limited(full: Installation) -> None:
    """A folder on the node's disk or memory has a size."""
    for workload in full.workloads:
        for volume in workload.pod.get("volumes", []):
            assert "emptyDir" not in volume or volume["emptyDir"]["sizeLimit"], workload.name


def test_servers_have_three_probes_that_differ(full: Installation) -> None:
    """Started, ready and alive are different questions."""
    for workload in full.servers:
        for probe in PROBES:
            assert probe in workload.main, f"{workload.name}: {probe}"
        assert workload.main["readinessProbe"] != workload.main["livenessProbe"], workload.name


@pytest.mark.parametrize("service", ["links", "redirect", "analytics", "compat"])
def test_no_dependency_restarts_a_service(plain: Installation, service: str) -> None:
    """Liveness asks for the process alone: PostgreSQL being down is no reason to start it anew."""
    assert plain.workload(service).main["livenessProbe"]["grpc"]["service"] == "live"


def test_the_gateway_is_ready_without_its_services(plain: Installation) -> None:
    """Redirects go on while others are down, so /readyz, which asks for all, decides nothing here."""
    assert "/readyz" not in str(plain.workload("gateway").pod)


def test_the_namespace_enforces_restricted(full: Installation) -> None:
    """What these tests look for is enforced by Kubernetes, too."""
    labels = full.find("Namespace", "linkmeter")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_images_are_those_that_are_made_here(plain: Installation) -> None:
    """Our images have the Makefile's names and the project's version; no image floats."""
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    made = re.search(r"^IMAGES := (.+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert version
    assert made
    ours = set()
    for name, container in containers(plain):
        image, _, tag = container["image"].rpartition(":")
        assert tag, name
        assert "latest" not in tag, name
        if "linkmeter/" in image:
            assert tag == version[1], name
            ours.add(image.rpartition("/")[2])
    assert ours == set(made[1].split())


def test_images_have_a_target_each() -> None:
    """What the Makefile builds is in the Dockerfile."""
    made = re.search(r"^IMAGES := (.+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert made
    text = Path(ROOT / "deploy" / "images" / "Dockerfile").read_text()
    targets = set(re.findall(r"^FROM .+ AS ([a-z]+)$", text, re.MULTILINE))
    assert set(made[1].split()) <= targets
