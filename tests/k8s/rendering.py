"""Render the manifests as an operator would, and find one's way in what comes out."""

import itertools
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
K8S: Final = ROOT / "deploy" / "k8s"
KUBECTL: Final = shutil.which("kubectl")
OVERLAYS: Final = ("dev", "prod")
# Every overlay has the first one, and dev all it needs to run without anything outside; the others are chosen.
INSTALLATION: Final = "installation"
ALWAYS: Final = {"dev": (INSTALLATION, "segments-volume"), "prod": (INSTALLATION,)}
COMPONENTS: Final = tuple(sorted(path.name for path in (K8S / "components").iterdir() if path.name != INSTALLATION))
WORKLOADS: Final = ("Deployment", "StatefulSet", "Job", "CronJob")
SERVERS: Final = ("Deployment", "StatefulSet")

Json = dict[str, Any]


def combinations() -> Iterator[tuple[str, ...]]:
    """Return no component, each alone, every two, and all: what two do to each other is seen in pairs."""
    for count in (0, 1, 2):
        yield from itertools.combinations(COMPONENTS, count)
    yield COMPONENTS


@dataclass(frozen=True)
class Workload:
    """Something that runs pods."""

    document: Json

    @property
    def kind(self) -> str:
        """Deployment, StatefulSet, Job or CronJob."""
        return str(self.document["kind"])

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.document["metadata"]["name"])

    @property
    def template(self) -> Json:
        """The template of its pods."""
        spec: Json = self.document["spec"]
        if self.kind == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        template: Json = spec["template"]
        return template

    @property
    def pod(self) -> Json:
        """What its pods are made of."""
        spec: Json = self.template["spec"]
        return spec

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of its pods."""
        labels: Mapping[str, str] = self.template["metadata"]["labels"]
        return labels

    @property
    def containers(self) -> list[Json]:
        """All containers, those that prepare included."""
        return [*self.pod.get("initContainers", []), *self.pod["containers"]]

    @property
    def main(self) -> Json:
        """The container that all is about."""
        (container,) = self.pod["containers"]
        found: Json = container
        return found


@dataclass(frozen=True)
class Installation:
    """All manifests of a rendered overlay."""

    documents: Sequence[Json]

    def of(self, *kinds: str) -> list[Json]:
        """Return the documents of some kinds."""
        return [document for document in self.documents if document["kind"] in kinds]

    def find(self, kind: str, name: str) -> Json:
        """Return the one document of that kind and name."""
        (found,) = [document for document in self.of(kind) if document["metadata"]["name"] == name]
        return found

    @cached_property
    def workloads(self) -> list[Workload]:
        """Return everything that runs pods."""
        return [Workload(document) for document in self.of(*WORKLOADS)]

    @property
    def servers(self) -> list[Workload]:
        """Return what runs for ever."""
        return [workload for workload in self.workloads if workload.kind in SERVERS]

    def workload(self, name: str) -> Workload:
        """Return the workload of that name."""
        (found,) = [workload for workload in self.workloads if workload.name == name]
        return found

    def environment(self, container: Json, secrets: Mapping[str, str]) -> dict[str, str]:
        """Work out a container's variables; secrets gives values by name of the variable.

        Secrets that are taken whole are left out: what is in them is for libraries.
        """
        variables: dict[str, str] = {}
        for source in container.get("envFrom", []):
            if "configMapRef" in source:
                variables |= self.find("ConfigMap", source["configMapRef"]["name"])["data"]
        for entry in container.get("env", []):
            variables[entry["name"]] = entry["value"] if "value" in entry else secrets[entry["name"]]
        return variables


def render(folder: Path, overlay: str, components: Sequence[str] = (), **installation: str) -> Installation:
    """Render an overlay as if just these components were listed in it, with values of installation.yaml changed."""
    copy = folder / f"{overlay}-{'-'.join(components)}"
    tree = copy / "k8s"
    shutil.copytree(K8S, tree)
    place = tree / "overlays" / overlay
    kustomization = yaml.safe_load((place / "kustomization.yaml").read_text())
    # Those that look at what others brought come last.
    chosen = dict.fromkeys((INSTALLATION, *components, *ALWAYS[overlay]))
    kustomization["components"] = [f"../../components/{name}" for name in chosen]
    (place / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
    values = yaml.safe_load((place / "installation.yaml").read_text())
    values["data"] |= installation
    (place / "installation.yaml").write_text(yaml.safe_dump(values))
    rendered = kustomize(place)
    shutil.rmtree(copy)
    return rendered


def kustomize(place: Path) -> Installation:
    """Render a folder."""
    command = [str(KUBECTL), "kustomize", str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    documents = yaml.load_all(done.stdout, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return Installation([document for document in documents if document])


def identity(document: Json) -> str:
    """Tell equal documents from different ones."""
    return json.dumps(document, sort_keys=True)
