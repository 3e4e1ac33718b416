"""Parts of an installation fit each other: names, ports, labels, times."""

from collections.abc import Callable
from pathlib import Path

import pytest

from services.analytics.domain.retention import Retention
from services.analytics.settings import read_settle_settings
from tests.k8s.network import Party, arrows, matches, pods
from tests.k8s.rendering import Installation, render
from tests.k8s.test_settings import SECRETS

SERVICES = ("links", "redirect", "analytics", "compat", "gateway")
# Requests in hand, after the drain: services/runtime/rpc_server.py and services/redirect/server.py.
GRACE_SECONDS = {"links": 10, "analytics": 10, "compat": 10, "redirect": 22}


def _port_of(installation: Installation, service: str, port: int) -> int:
    (found,) = [p for p in installation.find("Service", service)["spec"]["ports"] if p["port"] == port]
    containers = installation.workload(service).containers
    named = {p["name"]: p["containerPort"] for c in containers for p in c.get("ports", [])}
    return int(named[found["targetPort"]])


def test_every_address_leads_to_a_service_and_is_an_arrow(plain: Installation) -> None:
    """A program is told only of services that there are, that it may reach, at ports that they open."""
    allowed = arrows(plain, list(pods(plain)))
    checked = 0
    for name in SERVICES:
        for container in plain.workload(name).containers:
            for variable, value in plain.environment(container, SECRETS).items():
                if variable.endswith("_ADDRESS"):
                    host, _, port = value.rpartition(":")
                    assert (name, host, _port_of(plain, host, int(port))) in allowed, f"{name}: {variable}"
                    checked += 1
    assert checked == 9


def test_services_listen_where_their_ports_say(plain: Installation) -> None:
    """Each listening address is a declared port."""
    for name in SERVICES:
        containers = plain.workload(name).containers
        declared = {p["containerPort"] for c in containers for p in c.get("ports", [])}
        listening = {
            int(value.rpartition(":")[2])
            for container in containers
            for variable, value in plain.environment(container, SECRETS).items()
            if variable.endswith("_LISTEN")
        }
        assert listening == declared, name


def test_grpc_services_are_headless(plain: Installation) -> None:
    """Clients see all pods and balance calls themselves: one connection through a virtual address is one pod."""
    for name in SERVICES:
        is_headless = plain.find("Service", name)["spec"].get("clusterIP") == "None"
        assert is_headless == (name != "gateway"), name


def test_selectors_select_their_own_pods(full: Installation) -> None:
    """Services, budgets, spreads and workloads select the pods that they are for, and no others."""
    for kind in ("Service", "PodDisruptionBudget"):
        for document in full.of(kind):
            spec = document["spec"]["selector"]
            selector = spec if "matchLabels" in spec else {"matchLabels": spec}
            selected = {party.name for party in pods(full) if matches(selector, party.labels)}
            assert selected == {document["metadata"]["name"].removesuffix("-public")}, document["metadata"]
    for workload in full.servers:
        assert matches(workload.document["spec"]["selector"], workload.labels)
        for spread in workload.pod.get("topologySpreadConstraints", []):
            assert matches(spread["labelSelector"], workload.labels)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_scales_spreads_and_survives_a_drain(plain: Installation, service: str) -> None:
    """Each has an autoscaler, a budget, a spread over zones and nodes, and an account of its own."""
    workload = plain.workload(service)
    scaler = plain.find("HorizontalPodAutoscaler", service)["spec"]
    assert scaler["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": workload.kind, "name": service}
    assert scaler["maxReplicas"] > scaler["minReplicas"]
    assert "replicas" not in workload.document["spec"], "it would overrule the autoscaler"
    assert plain.find("PodDisruptionBudget", service)["spec"]["maxUnavailable"] == 1
    spread = {constraint["topologyKey"] for constraint in workload.pod["topologySpreadConstraints"]}
    assert spread == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
    assert plain.find("ServiceAccount", workload.pod["serviceAccountName"])


def test_production_has_at_least_two_of_each(rendered: Callable[..., Installation]) -> None:
    """One may always be missing."""
    for scaler in rendered("prod").of("HorizontalPodAutoscaler"):
        assert scaler["spec"]["minReplicas"] >= 2


@pytest.mark.parametrize("service", sorted(GRACE_SECONDS))
def test_pods_get_the_time_that_they_need_to_leave(plain: Installation, service: str) -> None:
    """R6: SIGKILL comes after drain and grace, and draining takes longer than others need to notice."""
    drain = int(plain.find("ConfigMap", service)["data"]["LINKMETER_DRAIN_SECONDS"])
    # Envoy asks every 2 s and wants two answers; DNS is asked every 5 s.
    assert drain >= 9
    assert plain.workload(service).pod["terminationGracePeriodSeconds"] >= drain + GRACE_SECONDS[service] + 5


def test_a_new_pod_comes_before_an_old_one_goes(plain: Installation) -> None:
    """R6: a roll never leaves fewer pods than there were, where no volume forbids it; nobody waits for settle."""
    for workload in plain.servers:
        if workload.kind == "Deployment" and workload.name != "settle":
            strategy = workload.document["spec"]["strategy"]["rollingUpdate"]
            assert strategy == {"maxUnavailable": 0, "maxSurge": 1}, workload.name


def test_one_program_settles(plain: Installation) -> None:
    """A second one would only wait: there is one, its successor comes when it has gone, and no Service leads to it."""
    spec = plain.workload("settle").document["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    assert "settle" not in {document["metadata"]["name"] for document in plain.of("Service", "HorizontalPodAutoscaler")}


@pytest.mark.parametrize("name", ["analytics", "settle", "convert-analytics"])
def test_what_works_on_segments_finds_them_and_has_room(full: Installation, plain: Installation, name: str) -> None:
    """Each is told the same place, mounted where it is a volume, and a folder that holds twice its cache."""
    for installation in (plain, full):
        workload = installation.workload(name)
        variables = installation.environment(workload.main, SECRETS)
        location = variables["LINKMETER_SEGMENTS"]
        assert location == installation.find("ConfigMap", "segments")["data"]["LINKMETER_SEGMENTS"]
        mounts = {mount["mountPath"]: mount["name"] for mount in workload.main["volumeMounts"]}
        claimed = {v["name"] for v in workload.pod["volumes"] if "persistentVolumeClaim" in v}
        held = {path for path, volume in mounts.items() if volume in claimed}
        assert location.startswith("s3://") if not held else location.startswith(f"{held.pop()}/")
        assert ("linkmeter/uses-object-store" in workload.labels) == location.startswith("s3://")
        (cache,) = [v for v in workload.pod["volumes"] if v["name"] == mounts[variables["LINKMETER_SEGMENT_CACHE_DIR"]]]
        room = int(cache["emptyDir"]["sizeLimit"].removesuffix("Gi")) * 1024
        # As much again for what spills and for files in the making.
        assert room >= 2 * int(variables["LINKMETER_SEGMENT_CACHE_MIB"])


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("analytics", "LINKMETER_QUESTION_MEMORY_MIB"),
        ("settle", "LINKMETER_SETTLE_MEMORY_MIB"),
        ("convert-analytics", "LINKMETER_SETTLE_MEMORY_MIB"),
    ],
)
def test_memory_for_counting_fits_into_the_pod(plain: Installation, name: str, setting: str) -> None:
    """Beside it there are the program itself and what it has in hand: half a gibibyte at least."""
    main = plain.workload(name).main
    limit = int(main["resources"]["limits"]["memory"].removesuffix("Mi"))
    assert limit - int(plain.environment(main, SECRETS)[setting]) >= 512


def test_the_store_of_segments_is_where_the_installation_says(tmp_path: Path) -> None:
    """One value for all who use it, and one network that they may reach."""
    values = {"segments": "s3://clicks/of/ours", "objectStoreNetwork": "10.3.0.0/24"}
    installation = render(tmp_path, "prod", (), **values)
    assert installation.find("ConfigMap", "segments")["data"] == {"LINKMETER_SEGMENTS": values["segments"]}
    (rule,) = installation.find("NetworkPolicy", "to-object-store")["spec"]["egress"]
    assert rule["to"] == [{"ipBlock": {"cidr": values["objectStoreNetwork"]}}]


def test_an_earlier_versions_clicks_are_moved_after_the_tables_are_there(plain: Installation) -> None:
    """By whichever of the two Jobs comes first: the second one migrates before it moves anything."""
    moving, migrating = plain.workload("convert-analytics"), plain.workload("migrate-analytics")
    (first,) = moving.pod["initContainers"]
    assert first == migrating.main
    assert moving.document["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"] == "1"
    assert moving.labels["app.kubernetes.io/component"] == migrating.labels["app.kubernetes.io/component"]


def test_retention_is_told_to_the_program_that_settles(rendered: Callable[..., Installation]) -> None:
    """With the component; without it raw clicks are kept for ever."""
    told = rendered("prod", "retention").find("ConfigMap", "settle")["data"]
    assert read_settle_settings(told | SECRETS | {"LINKMETER_SEGMENTS": "s3://bucket"}).retention == Retention(
        click_months=25, set_aside_days=90
    )
    assert "LINKMETER_CLICK_RETENTION_MONTHS" not in rendered("prod").find("ConfigMap", "settle")["data"]


def test_an_outbox_outlives_its_pod(plain: Installation) -> None:
    """Clicks wait on a volume of their own, with room for twice the outbox, whatever happens to the pod."""
    redirect = plain.workload("redirect")
    assert redirect.kind == "StatefulSet"
    policy = redirect.document["spec"]["persistentVolumeClaimRetentionPolicy"]
    assert policy == {"whenDeleted": "Retain", "whenScaled": "Retain"}
    (claim,) = redirect.document["spec"]["volumeClaimTemplates"]
    (mount,) = [mount for mount in redirect.main["volumeMounts"] if mount["name"] == claim["metadata"]["name"]]
    settings = plain.find("ConfigMap", "redirect")["data"]
    assert settings["LINKMETER_OUTBOX_DIR"].startswith(mount["mountPath"] + "/")
    assert claim["spec"]["resources"]["requests"]["storage"] == "2Gi"
    assert int(settings["LINKMETER_OUTBOX_MAX_BYTES"]) * 2 <= 2 * 1024**3
    assert settings["LINKMETER_WORKERS"] == "1"


def test_mounts_have_volumes(full: Installation) -> None:
    """Each mount names a volume of its pod, and each volume is mounted."""
    for workload in full.workloads:
        claims = workload.document["spec"].get("volumeClaimTemplates", [])
        volumes = [v["name"] for v in workload.pod.get("volumes", [])] + [c["metadata"]["name"] for c in claims]
        mounted = {mount["name"] for container in workload.containers for mount in container["volumeMounts"]}
        assert mounted == set(volumes), workload.name


def test_values_of_an_installation_reach_everybody(tmp_path: Path) -> None:
    """Who changes installation.yaml has said it once for all."""
    values = {
        "publicUrl": "https://go.example.org",
        "host": "go.example.org",
        "extraHosts": "go.example.net",
        "trustedHops": "2",
        "postgresNetwork": "10.1.0.0/24",
        "redisNetwork": "10.2.0.0/24",
    }
    installation = render(tmp_path, "prod", ("ingress", "gateway-api"), **values)
    for name in ("links", "redirect", "compat"):
        assert installation.find("ConfigMap", name)["data"]["LINKMETER_PUBLIC_URL"] == values["publicUrl"]
    for name in ("links", "redirect"):
        assert installation.find("ConfigMap", name)["data"]["LINKMETER_EXTRA_HOSTS"] == values["extraHosts"]
    assert installation.find("ConfigMap", "gateway")["data"]["LINKMETER_TRUSTED_HOPS"] == "2"
    assert installation.find("Ingress", "linkmeter")["spec"]["rules"][0]["host"] == values["host"]
    assert installation.find("HTTPRoute", "linkmeter")["spec"]["hostnames"] == [values["host"]]
    for store in ("postgres", "redis"):
        (rule,) = installation.find("NetworkPolicy", f"to-{store}")["spec"]["egress"]
        assert rule["to"] == [{"ipBlock": {"cidr": values[f"{store}Network"]}}]
    assert "sho.rt.example" not in str(installation.documents)


def test_parties_without_policies_are_strangers() -> None:
    """The evaluation of policies itself: without any, everything passes; outside, nothing is refused."""
    free = Installation([])
    a, b = Party("a", "linkmeter", {}, (1,)), Party("b", "elsewhere", {}, (2,))
    assert arrows(free, [a, b]) == {("a", "b", 2), ("b", "a", 1)}


def test_the_stores_authority_is_wherever_a_store_is_used(full: Installation) -> None:
    """Who has an address of PostgreSQL or Redis has what its certificate is checked with."""
    for workload in full.workloads:
        uses = {label for label in workload.labels if label.startswith("linkmeter/uses-")}
        mounted = {mount["mountPath"] for mount in workload.main["volumeMounts"]}
        assert bool(uses) == ("/etc/linkmeter/stores" in mounted) or workload.name in ("postgres", "valkey"), (
            workload.name
        )
