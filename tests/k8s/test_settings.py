"""What manifests tell programs is what programs read: their own code reads it here."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import trustme

from gateway.compat.settings import Settings as CompatSettings
from gateway.envoy import settings as gateway_settings
from services.analytics import settings as analytics_settings
from services.links import settings as links_settings
from services.redirect import settings as redirect_settings
from services.runtime.settings import Asked
from tests.k8s.rendering import COMPONENTS, K8S, OVERLAYS, Installation

READERS: dict[tuple[str, str], Callable[[Mapping[str, str]], object]] = {
    ("links", "links"): links_settings.read_settings,
    ("redirect", "redirect"): redirect_settings.read_settings,
    ("analytics", "analytics"): analytics_settings.read_settings,
    ("settle", "settle"): analytics_settings.read_settle_settings,
    ("compat", "compat"): CompatSettings.read,
    ("gateway", "configure"): gateway_settings.read_settings,
    ("migrate-links", "migrate"): links_settings.read_postgres_url,
    ("migrate-analytics", "migrate"): analytics_settings.read_postgres_url,
    ("convert-analytics", "migrate"): analytics_settings.read_postgres_url,
    ("convert-analytics", "convert"): analytics_settings.read_settle_settings,
}
COMPONENT_READERS: dict[tuple[str, str], Callable[[Mapping[str, str]], object]] = {
    ("backup", "backup"): analytics_settings.read_save_settings,
}
SECRETS = {
    "LINKMETER_SECRET": "0123456789abcdef0123456789abcdef",
    "LINKMETER_API_KEY": "lm_0123456789abcdef",
    "LINKMETER_POSTGRES_URL": "postgresql://user:password@postgres.example:5432/linkmeter",
    "LINKMETER_REDIS_URL": "rediss://redis.example:6379/0",
}
# Of the component mtls.
TLS = {"LINKMETER_TLS_CERT", "LINKMETER_TLS_KEY", "LINKMETER_TLS_CA"}
IN_IMAGES_OR_VOLUMES = re.compile(r"/(usr/share|etc)/linkmeter/.+")


@pytest.mark.parametrize("components", [(), *((name,) for name in COMPONENTS), COMPONENTS], ids="-".join)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_programs_know_every_variable_and_miss_none(
    rendered: Callable[..., Installation], tmp_path: Path, overlay: str, components: tuple[str, ...]
) -> None:
    """Each program starts with what its manifest gives, and asks for all of it."""
    installation = rendered(overlay, *components)
    present = {workload.name for workload in installation.workloads}
    for (workload, name), read in (READERS | {p: r for p, r in COMPONENT_READERS.items() if p[0] in present}).items():
        (container,) = [c for c in installation.workload(workload).containers if c["name"] == name]
        variables = installation.environment(container, SECRETS)
        environment = Asked({variable: _here(tmp_path, value) for variable, value in variables.items()})
        read(environment)
        unknown = set(variables) - environment.names
        assert not unknown, f"{workload}: {sorted(unknown)}"


def test_every_program_of_ours_was_looked_at(full: Installation) -> None:
    """A container that is told something of ours is in the list above."""
    told = {
        (workload.name, container["name"])
        for workload in full.workloads
        for container in workload.containers
        if any(name.startswith("LINKMETER_") for name in full.environment(container, SECRETS | _OTHER))
    }
    assert told == set(READERS | COMPONENT_READERS)


def test_secrets_are_in_secrets(full: Installation) -> None:
    """No ConfigMap and no manifest of prod holds what must not be read."""
    for config in full.of("ConfigMap"):
        assert not set(config["data"]) & set(SECRETS), config["metadata"]["name"]
    for workload in full.workloads:
        for container in workload.containers:
            plain = {entry["name"] for entry in container.get("env", []) if "value" in entry}
            assert not plain & set(SECRETS), workload.name


def test_prod_brings_no_secret(rendered: Callable[..., Installation]) -> None:
    """Secrets of production are made elsewhere, and are in no file here."""
    assert rendered("prod", *COMPONENTS).of("Secret") == []


def test_secrets_that_are_named_are_documented_and_exist(rendered: Callable[..., Installation]) -> None:
    """Each key that a container asks for is in dev's Secrets and in what the external store provides."""
    dev, prod = rendered("dev", "backups"), rendered("prod", "backups", "external-secrets")
    given = {(s["metadata"]["name"], key) for s in dev.of("Secret") for key in s["stringData"]}
    fetched = {(s["metadata"]["name"], d["secretKey"]) for s in prod.of("ExternalSecret") for d in s["spec"]["data"]}
    assert _asked_secrets(dev) <= given
    # Those that are taken whole name their keys in segments.yaml, and belong to a library.
    whole = {(name, key) for name, key in fetched if name in _whole_secrets(prod)}
    assert {key for _, key in whole} == set(re.findall(r"AWS_[A-Z_]+", (K8S / "base" / "segments.yaml").read_text()))
    assert _asked_secrets(prod) == fetched - whole


def _asked_secrets(installation: Installation) -> set[tuple[str, str]]:
    sources = [
        entry["valueFrom"]["secretKeyRef"]
        for workload in installation.workloads
        for container in workload.containers
        for entry in container.get("env", [])
        if "valueFrom" in entry
    ]
    return {(source["name"], source["key"]) for source in sources}


def _whole_secrets(installation: Installation) -> set[str]:
    return {
        source["secretRef"]["name"]
        for workload in installation.workloads
        for container in workload.containers
        for source in container.get("envFrom", [])
        if "secretRef" in source
    }


_OTHER = {"POSTGRES_PASSWORD": "", "BACKUP_URL": ""}


def _here(folder: Path, value: str) -> str:
    """Make the files that images and volumes bring, where the program can see them."""
    if not IN_IMAGES_OR_VOLUMES.fullmatch(value):
        return value
    file = folder / value.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.name in ("tls.crt", "tls.key", "ca.crt"):
        _make_certificate(file.parent)
    else:
        file.touch()
    return str(file)


def _make_certificate(folder: Path) -> None:
    """Make an authority and a certificate, once."""
    if (folder / "ca.crt").exists():
        return
    authority = trustme.CA()
    certificate = authority.issue_cert("service")
    authority.cert_pem.write_to_path(folder / "ca.crt")
    certificate.private_key_pem.write_to_path(folder / "tls.key")
    certificate.cert_chain_pems[0].write_to_path(folder / "tls.crt")
