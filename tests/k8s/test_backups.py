"""The component that makes backups agrees with the program that restores them."""

from collections.abc import Callable

import kubernetes_validate
import pytest
import yaml

from deploy.backup import create
from tests.k8s.rendering import K8S, ROOT, Installation, Json, Workload
from tests.k8s.test_schemas import NEWEST

COMPONENT = K8S / "components" / "backups"
SHARED = ("catch_up.sql", "after_restore.sql")


@pytest.fixture(scope="module")
def backed_up(rendered: Callable[..., Installation]) -> Installation:
    """Render prod with backups."""
    return rendered("prod", "backups")


def dumping(installation: Installation) -> Json:
    """Return the container that makes the dump."""
    return next(one for one in installation.workload("backup").containers if one["name"] == "dump")


@pytest.mark.parametrize("name", SHARED)
def test_what_both_do_is_one_file(name: str) -> None:
    """What goes before a dump and what comes after a restore is written down once."""
    assert (ROOT / "deploy" / "backup" / name).resolve() == (COMPONENT / name).resolve()


def test_the_job_waits_for_outboxes_as_the_program_does(backed_up: Installation) -> None:
    """The job has the very statements that the program runs, and waits as long."""
    scripts = backed_up.find("ConfigMap", "backup-script")["data"]
    assert scripts["catch_up.sql"] == (ROOT / "deploy" / "backup" / "catch_up.sql").read_text()
    assert "catch_up.sql" in scripts["backup.sh"]
    told = {entry["name"]: entry.get("value") for entry in dumping(backed_up)["env"]}
    assert float(told["BACKUP_CATCH_UP_SECONDS"]) == 30  # As --catch-up-seconds has by default.


def test_the_job_dumps_all_that_the_program_restores(backed_up: Installation) -> None:
    """Every schema, in the format that a restore takes."""
    script = backed_up.find("ConfigMap", "backup-script")["data"]["backup.sh"]
    assert all(f"--schema={schema}" in script for schema in create.SCHEMAS)
    assert "--format=custom" in script


@pytest.mark.parametrize("overlay", ["dev", "prod"])
def test_the_job_finds_the_files_of_settled_clicks(rendered: Callable[..., Installation], overlay: str) -> None:
    """On their volume, which it may only read, or in the object store; what it copies goes beside the dump."""
    installation = rendered(overlay, "backups")
    job = installation.workload("backup")
    told = installation.environment(job.main, {"LINKMETER_POSTGRES_URL": ""})
    (dump,) = [one for one in dumping(installation)["env"] if one["name"] == "BACKUP_DIR"]
    assert told["BACKUP_DIR"] == dump["value"]
    mounts = {mount["mountPath"]: mount.get("readOnly", False) for mount in job.main["volumeMounts"]}
    assert mounts[told["BACKUP_DIR"]] is False
    place = told["LINKMETER_SEGMENTS"]
    is_volume = [path for path, is_read_only in mounts.items() if is_read_only and place.startswith(f"{path}/")]
    assert bool(is_volume) is not place.startswith("s3://")


def test_backups_can_be_fetched_from_their_volume(backed_up: Installation) -> None:
    """The pod for it is as locked down as the job, has the job's volume, and cannot change it."""
    pod = yaml.safe_load((COMPONENT / "reader.yaml").read_text())
    for version in NEWEST:
        kubernetes_validate.validate(pod, version, strict=True)
    job: Workload = backed_up.workload("backup")
    (container,) = pod["spec"]["containers"]
    assert container["image"] == dumping(backed_up)["image"]
    assert container["securityContext"] == job.main["securityContext"]
    assert pod["spec"]["securityContext"] == job.pod["securityContext"]
    assert not pod["spec"]["automountServiceAccountToken"]
    (volume,) = pod["spec"]["volumes"]
    claim = backed_up.find("PersistentVolumeClaim", "backups")["metadata"]["name"]
    assert volume["persistentVolumeClaim"] == {"claimName": claim, "readOnly": True}
