"""As much of Kubernetes as it takes to run our manifests on one machine: pods, probes, names, rolling updates."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import trustme

from tests.k8s.rendering import Installation, Json, Workload
from tests.rehearsal.containers import DOMAIN, GATEWAY, Container, Volumes, clean, make_network, remove_network
from tests.rehearsal.names import NameServer
from tests.rehearsal.probes import Watch, wait_started

_LOOK_SECONDS: Final = 0.25
_READY_SECONDS: Final = 90.0


def _issue(installation: Installation) -> dict[str, dict[str, bytes]]:
    """Do what cert-manager does: make a Secret for each Certificate, by one authority."""
    authority = trustme.CA()
    secrets = {}
    for document in installation.of("Certificate"):
        wanted = document["spec"]
        if not wanted.get("isCA"):
            issued = authority.issue_cert(*wanted["dnsNames"], common_name=wanted["commonName"])
            secrets[wanted["secretName"]] = {
                "tls.crt": b"".join(pem.bytes() for pem in issued.cert_chain_pems),
                "tls.key": issued.private_key_pem.bytes(),
                "ca.crt": authority.cert_pem.bytes(),
            }
    return secrets


class Pod:
    """One pod of a workload: what prepares it has run, its container runs."""

    def __init__(self, container: Container, folder: Path) -> None:
        self.container = container
        self.folder = folder
        self.is_leaving = False
        self._ready = Watch(container.container["readinessProbe"], container, is_passing=False)
        self._alive = Watch(container.container["livenessProbe"], container, is_passing=True)

    @property
    def name(self) -> str:
        """Its name."""
        return self.container.name

    @property
    def ordinal(self) -> int:
        """The number that its name ends with."""
        return int(self.name.rpartition("-")[2])

    @property
    def is_ready(self) -> bool:
        """Return whether it gets traffic."""
        return self._ready.is_passing and not self.is_leaving

    def look(self) -> None:
        """Ask what is due; a pod that would be restarted is a failure of the rehearsal."""
        if not self.is_leaving:
            self._ready.look()
            self._alive.look()
            assert self._alive.is_passing, f"{self.name} would be restarted: {self.container.log()}"

    def leave(self) -> None:
        """End as Kubernetes ends a pod: what comes before stopping, SIGTERM, and SIGKILL when the time is up."""
        self.is_leaving = True
        pod, main = self.container.pod, self.container.container
        began = time.monotonic()
        before = main.get("lifecycle", {}).get("preStop", {})
        if "exec" in before:
            assert self.container.execute(before["exec"]["command"]), f"{self.name}: preStop failed"
        left = pod["terminationGracePeriodSeconds"] - (time.monotonic() - began)
        status = self.container.stop(left)
        # 143: ended by SIGTERM itself, as Envoy does; 137 would be SIGKILL.
        assert status in (0, 143), f"{self.name} ended with {status}"
        clean(self.folder)


class Cluster:
    """An installation that runs."""

    def __init__(self, installation: Installation, folder: Path, replicas: int) -> None:
        self.installation = installation
        self._folder = folder
        self._replicas = replicas
        self._pods: dict[str, list[Pod]] = {}
        self._secrets = {s["metadata"]["name"]: s["stringData"] for s in installation.of("Secret")}
        self.certificates = _issue(installation)
        self._numbers = 0
        self.problems: list[str] = []
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Bring everything up: stores, tables, services."""
        make_network()
        self._names = NameServer(GATEWAY, DOMAIN, self.addresses)
        self._watcher.start()
        stores = [w for w in self.installation.servers if w.name in ("postgres", "valkey")]
        for workload in stores:
            self._add(workload, 0)
        self._wait_ready([workload.name for workload in stores])
        for workload in self.installation.workloads:
            if workload.kind == "Job":
                claims = self._claims(workload, workload.name)
                job = self._container(workload, workload.main, workload.name, self._folder / workload.name, claims)
                self._prepare(workload, workload.name, job)
                job.run()
        others = [workload for workload in self.installation.servers if workload not in stores]
        # The gateway last: it waits for the others.
        for workload in sorted(others, key=lambda workload: workload.name == "gateway"):
            for ordinal in range(workload.document["spec"].get("replicas", self._replicas)):
                self._add(workload, ordinal)
        self._wait_ready([workload.name for workload in others])

    def stop(self) -> None:
        """End everything at once."""
        self._stopping.set()
        self._watcher.join()
        for pod in [pod for pods in self._pods.values() for pod in pods]:
            pod.container.kill()
        self._names.stop()
        remove_network()

    def pods(self, name: str) -> list[Pod]:
        """Return the pods of a workload."""
        return list(self._pods.get(name, ()))

    def addresses(self, name: str) -> Sequence[str] | None:
        """Return the addresses behind a Service; None when there is no such Service."""
        if name not in {service["metadata"]["name"] for service in self.installation.of("Service")}:
            return None
        return [pod.container.address for pod in self.pods(name) if pod.is_ready]

    def roll(self, name: str) -> None:
        """Replace all pods of a workload one by one, in the way that its kind does it."""
        workload = self.installation.workload(name)
        old = self.pods(name)
        if workload.kind == "StatefulSet":
            # The highest number first; a pod's successor has its name.
            for pod in sorted(old, key=lambda pod: pod.ordinal, reverse=True):
                self._end(name, pod)
                self._add(workload, pod.ordinal)
                self._wait_available(workload)
        else:
            for pod in old:
                self._add(workload, self._number())
                self._wait_available(workload)
                self._end(name, pod)

    def run_job(self, name: str) -> tuple[str, dict[str, Path]]:
        """Run what a CronJob runs; answer what its container printed, and its claims by their names."""
        workload = self.installation.workload(name)
        job = f"{name}-{self._number()}"
        claims = self._claims(workload, job)
        container = self._container(workload, workload.main, job, self._folder / job, claims)
        self._prepare(workload, job, container)
        said = container.run()
        return said, {path.name: path for path in claims.values()}

    def logs(self) -> str:
        """Return the end of every log."""
        return "\n\n".join(f"{p.name}:\n{p.container.log()}" for pods in self._pods.values() for p in pods)

    def _end(self, name: str, pod: Pod) -> None:
        pod.leave()
        self._pods[name] = [other for other in self._pods[name] if other is not pod]

    def _number(self) -> int:
        self._numbers += 1
        return 100 + self._numbers

    def _add(self, workload: Workload, ordinal: int) -> None:
        name = f"{workload.name}-{ordinal}"
        folder = self._folder / name
        container = self._container(workload, workload.main, name, folder, self._claims(workload, name))
        self._prepare(workload, name, container)
        container.start()
        wait_started(workload.main["startupProbe"], container, container.log)
        self._pods.setdefault(workload.name, []).append(Pod(container, folder))

    def _claims(self, workload: Workload, name: str) -> dict[str, Path]:
        """Make the folders of a pod's claims, by the name of the volume: its own ones, and those that it shares."""
        own = [claim["metadata"]["name"] for claim in workload.document["spec"].get("volumeClaimTemplates", [])]
        claims = {volume: f"{volume}-{name}" for volume in own} | {
            volume["name"]: volume["persistentVolumeClaim"]["claimName"]
            for volume in workload.pod.get("volumes", [])
            if "persistentVolumeClaim" in volume
        }
        folders = {volume: self._folder / "claims" / claim for volume, claim in claims.items()}
        for path in folders.values():
            path.mkdir(parents=True, exist_ok=True)
        return folders

    def _prepare(self, workload: Workload, name: str, container: Container) -> None:
        """Run what a pod runs before its container."""
        for first in workload.pod.get("initContainers", []):
            prepare = Container(
                name=f"{name}-{first['name']}",
                pod=workload.pod,
                container=first,
                environment=self._environment(first),
                volumes=container.volumes,
            )
            prepare.run()

    def _container(
        self, workload: Workload, container: Json, name: str, folder: Path, claims: dict[str, Path]
    ) -> Container:
        return Container(
            name=name,
            pod={"securityContext": {}, **workload.pod},
            container=container,
            environment=self._environment(container),
            volumes=Volumes.make(workload.pod, folder, claims, self._contents()),
        )

    def _contents(self) -> dict[str, dict[str, bytes]]:
        configs = self.installation.of("ConfigMap")
        files = {config["metadata"]["name"]: config["data"] for config in configs}
        encoded = {name: {key: value.encode() for key, value in data.items()} for name, data in files.items()}
        return encoded | self.certificates

    def _environment(self, container: Json) -> dict[str, str]:
        given = {}
        for entry in container.get("env", []):
            if "valueFrom" in entry:
                source = entry["valueFrom"]["secretKeyRef"]
                given[entry["name"]] = self._secrets[source["name"]][source["key"]]
        return self.installation.environment(container, given)

    def _wait_ready(self, names: Sequence[str]) -> None:
        self._wait(lambda: all(pod.is_ready for name in names for pod in self.pods(name)), f"{names} are ready")

    def _wait_available(self, workload: Workload) -> None:
        """Wait until all pods are ready, and have been for as long as the workload asks."""
        self._wait_ready([workload.name])
        time.sleep(workload.document["spec"].get("minReadySeconds", 0))
        self._wait_ready([workload.name])

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while not condition():
            assert not self.problems, self.problems
            assert time.monotonic() < deadline, f"not within {_READY_SECONDS:.0f} s: {what}\n{self.logs()}"
            time.sleep(_LOOK_SECONDS)

    def _watch(self) -> None:
        while not self._stopping.wait(_LOOK_SECONDS):
            for pod in [pod for pods in list(self._pods.values()) for pod in list(pods)]:
                try:
                    pod.look()
                except Exception as problem:  # noqa: BLE001 - Told by the test, which runs in another thread.
                    if not pod.is_leaving:
                        self.problems.append(str(problem))
