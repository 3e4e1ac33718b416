"""Run containers as their manifests say, with podman: image, command, environment, mounts, user, limits."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]

PODMAN: Final = shutil.which("podman") or "podman"
NETWORK: Final = "linkmeter-rehearsal"
SUBNET: Final = "10.253.77.0/24"
GATEWAY: Final = "10.253.77.1"
DOMAIN: Final = "linkmeter.svc.cluster.local"
_SIZES: Final = {"Ki": "k", "Mi": "m", "Gi": "g"}


def podman(*arguments: str, check: bool = True) -> str:
    """Run podman; answer what it prints."""
    done = subprocess.run([PODMAN, *arguments], capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise RuntimeError(f"podman {' '.join(arguments)}: {done.stderr or done.stdout}")
    return done.stdout.strip()


def make_network() -> None:
    """Make the network of the pods, whose first address is this machine."""
    podman("network", "rm", "--force", NETWORK, check=False)
    podman("network", "create", "--subnet", SUBNET, "--gateway", GATEWAY, "--disable-dns", NETWORK)


def remove_network() -> None:
    """Remove the network."""
    podman("network", "rm", "--force", NETWORK, check=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volumes:
    """The folders behind a pod's volumes, made as Kubernetes makes them: for the pod's group."""

    folders: Mapping[str, Path]

    @classmethod
    def make(
        cls, pod: Json, base: Path, claims: Mapping[str, Path], contents: Mapping[str, Mapping[str, bytes]]
    ) -> "Volumes":
        """Make a folder for each volume; claims have theirs already, contents are by name of ConfigMap or Secret."""
        group = pod["securityContext"]["fsGroup"]
        folders = dict(claims)
        for volume in [volume for volume in pod.get("volumes", []) if volume["name"] not in claims]:
            folder = base / volume["name"]
            folder.mkdir(parents=True)
            source = volume.get("configMap", {}).get("name") or volume.get("secret", {}).get("secretName")
            for name, content in contents[source].items() if source else ():
                file = folder / name
                file.write_bytes(content)
                os.chown(file, 0, group)
                file.chmod(0o440)
            folders[volume["name"]] = folder
        for folder in folders.values():
            folder.mkdir(parents=True, exist_ok=True)
            os.chown(folder, 0, group)
            folder.chmod(0o2775)
        return cls(folders=folders)


@dataclass(slots=True, kw_only=True)
class Container:
    """One container of a pod."""

    name: str
    pod: Json
    container: Json
    environment: Mapping[str, str]
    volumes: Volumes
    address: str = field(default="", init=False)

    def run(self) -> str:
        """Run to its end; answer what it printed. For containers that prepare, and for jobs."""
        return podman("run", "--rm", *self._options(), *self._command())

    def start(self) -> None:
        """Start in the background."""
        podman("run", "--detach", *self._options(), *self._command())
        found = json.loads(podman("inspect", self.name))[0]
        self.address = found["NetworkSettings"]["Networks"][NETWORK]["IPAddress"]

    def execute(self, command: Sequence[str]) -> bool:
        """Run a command inside; say whether it went well."""
        done = subprocess.run([PODMAN, "exec", self.name, *command], capture_output=True, check=False)
        return done.returncode == 0

    def stop(self, seconds: float) -> int:
        """Send SIGTERM, after a while SIGKILL; answer the exit status."""
        podman("stop", "--time", str(int(seconds)), self.name)
        status = int(podman("inspect", "--format", "{{.State.ExitCode}}", self.name))
        podman("rm", "--force", self.name)
        return status

    def kill(self) -> None:
        """End at once and forget."""
        podman("rm", "--force", "--time", "0", self.name, check=False)

    @property
    def is_running(self) -> bool:
        """Return whether it runs."""
        return podman("inspect", "--format", "{{.State.Running}}", self.name, check=False) == "true"

    def log(self, lines: int = 200) -> str:
        """Return the end of its log."""
        done = subprocess.run(
            [PODMAN, "logs", "--tail", str(lines), self.name], capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr

    def memory(self) -> float:
        """Return the MiB of memory that its process has, without files that the kernel keeps in memory for it."""
        process = podman("inspect", "--format", "{{.State.Pid}}", self.name)
        status = Path(f"/proc/{process}/status").read_text()
        return sum(int(status.partition(f"{kind}:")[2].split()[0]) for kind in ("RssAnon", "RssShmem")) / 1024

    def _command(self) -> list[str]:
        command = self.container.get("command", [])
        return [self.container["image"], *command[1:], *self.container.get("args", [])]

    def _options(self) -> list[str]:
        security = self.pod["securityContext"]
        own = self.container["securityContext"]
        limits = self.container["resources"]["limits"]
        options = [
            *("--name", self.name, "--hostname", self.name, "--network", NETWORK, "--pull", "never"),
            *("--dns", GATEWAY, "--dns-search", DOMAIN, "--dns-option", "ndots:5"),
            *("--user", f"{security['runAsUser']}:{security['runAsGroup']}"),
            *("--group-add", str(security["fsGroup"])),
            *("--memory", _size(limits["memory"]), "--cpus", _cpus(limits["cpu"])),
            # Kubernetes' "RuntimeDefault" is what podman does unless told otherwise.
            *("--read-only-tmpfs=false", "--stop-signal", "SIGTERM"),
        ]
        if own["readOnlyRootFilesystem"]:
            options.append("--read-only")
        if not own["allowPrivilegeEscalation"]:
            options += ["--security-opt", "no-new-privileges"]
        options += [f"--cap-drop={capability.lower()}" for capability in own["capabilities"]["drop"]]
        for variable, value in self.environment.items():
            options += ["--env", f"{variable}={value}"]
        for mount in self.container["volumeMounts"]:
            mode = "ro" if mount.get("readOnly") else "rw"
            options += ["--volume", f"{self.volumes.folders[mount['name']]}:{mount['mountPath']}:{mode}"]
        if command := self.container.get("command"):
            options += ["--entrypoint", command[0]]
        return options


def clean(folder: Path) -> None:
    """Remove what pods left behind in a folder."""
    shutil.rmtree(folder, ignore_errors=True)


def _size(quantity: str) -> str:
    return quantity[:-2] + _SIZES[quantity[-2:]]


def _cpus(quantity: str | int) -> str:
    # More than the machine has is refused.
    wanted = int(str(quantity)[:-1]) / 1000 if str(quantity).endswith("m") else float(quantity)
    return str(min(wanted, float(os.cpu_count() or 1)))
