"""What is in the images, and what is not."""

import json
import re
import subprocess
from typing import Any

import pytest

from tests.k8s.rendering import ROOT
from tests.rehearsal.containers import PODMAN

MAKEFILE = (ROOT / "Makefile").read_text()
IMAGES = re.findall(r"^IMAGES := (.+)", MAKEFILE, re.MULTILINE)[0].split()
PYTHON_IMAGES = [image for image in IMAGES if image != "gateway"]
VERSION = re.findall(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[0]
_MOST_MIB = {"links": 450, "redirect": 450, "compat": 450, "analytics": 560, "gateway": 600}
FORBIDDEN = ("gcc", "cc", "c++", "make", "pip", "pip3", "apt", "apt-get", "curl", "wget")


def name(image: str) -> str:
    return f"localhost/linkmeter/{image}:{VERSION}"


def inspect(image: str) -> Any:
    text = subprocess.run([PODMAN, "image", "inspect", name(image)], capture_output=True, check=True).stdout
    return json.loads(text)[0]


def run(image: str, *command: str, environment: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run a command in a container that may change nothing and reach nobody."""
    options = ["--rm", "--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--network=none", "--pull=never"]
    told = [f"--env={variable}" for variable in environment]
    entry = ["--entrypoint", command[0]] if command else []
    arguments = [PODMAN, "run", *options, *told, *entry, name(image), *command[1:]]
    return subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("image", IMAGES)
def test_image_says_what_it_is_and_runs_as_nobody(image: str) -> None:
    """A number as user, so that Kubernetes can see that it is not root; labels; a health check."""
    found = inspect(image)
    assert found["User"] == "10001:10001"
    labels = found["Labels"]
    assert labels["org.opencontainers.image.title"] == f"linkmeter-{image}"
    assert labels["org.opencontainers.image.version"] == VERSION
    assert re.fullmatch(r"[0-9a-f]{40}", labels["org.opencontainers.image.revision"])
    assert found["Healthcheck"]["Test"][0] == "CMD"


@pytest.mark.parametrize("image", IMAGES)
def test_image_is_no_larger_than_it_has_to_be(image: str) -> None:
    """Growth is noticed. The bases that are made here are larger than the real ones."""
    assert inspect(image)["Size"] / 1024 / 1024 < _MOST_MIB[image]


@pytest.mark.parametrize("image", PYTHON_IMAGES)
def test_image_cannot_install_or_compile(image: str) -> None:
    """No compiler, no package manager, no index of packages, nothing to fetch with."""
    script = f"for p in {' '.join(FORBIDDEN)}; do command -v $p; done; ls -d /var/lib/apt /var/cache/apt; exit 0"
    assert run(image, "sh", "-c", script).stdout == ""
    assert run(image, "python3", "-c", "import pip").returncode != 0


@pytest.mark.parametrize("image", PYTHON_IMAGES)
def test_image_holds_its_own_service_alone(image: str) -> None:
    """A service's image has no code of the others, and no tests and tools."""
    listed = run(image, "sh", "-c", "ls /app /app/services").stdout.split()
    others = {"links", "redirect", "analytics"} - {image}
    assert not others & set(listed)
    assert not {"tests", "deploy", "protos", "locks"} & set(listed)


@pytest.mark.parametrize("image", PYTHON_IMAGES)
def test_program_starts_on_a_read_only_root_and_names_missing_settings(image: str) -> None:
    """Everything is importable; without settings it ends at once with a line for each that is missing."""
    done = run(image)
    assert done.returncode == 2, done.stderr
    assert "LINKMETER_LISTEN is required" in done.stderr
    assert "Traceback" not in done.stderr


def test_gateway_accepts_its_configuration() -> None:
    """Envoy takes the configuration that was made for the base's addresses."""
    done = run(
        "gateway", "/usr/local/bin/envoy", "--mode", "validate", "-c", "/etc/envoy/envoy.yaml", "--disable-hot-restart"
    )
    assert done.returncode == 0, done.stderr


def test_analytics_brings_a_city_database() -> None:
    """Places are known from the start."""
    code = (
        "import maxminddb; print(maxminddb.open_database('/usr/share/linkmeter/city.mmdb').get('8.8.8.8')['country'])"
    )
    assert "US" in run("analytics", "python3", "-c", code).stdout


@pytest.mark.parametrize("image", ["links", "redirect"])
def test_health_check_says_no_where_nothing_listens(image: str) -> None:
    """The probe in the image fails when the service does not answer."""
    done = run(image, "python3", "/app/probe.py", environment=("LINKMETER_LISTEN=127.0.0.1:9000",))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
