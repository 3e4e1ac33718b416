"""What the longer commands of the Makefile need of the machine is said before anything begins."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from deploy.local.parts import ROOT

_NAMES = ("podman", "runc", "kubectl")


def _needs(path: Path, names: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(shutil.which("sh")), str(ROOT / "deploy" / "needs.sh"), "make it", *names],
        env={"PATH": str(path), "ROOT": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


def _install(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)


def test_all_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    """Each with the package that brings it; of kubectl, that two packages hold it."""
    done = _needs(tmp_path, [*_NAMES, "network"])
    first, *lines = done.stdout.splitlines()
    assert (done.returncode, first) == (1, "make it needs what is not here:")
    assert [line.split(":")[0].strip() for line in lines] == [*_NAMES, "network"]
    assert lines[0].endswith("Debian's package podman")
    assert "kubernetes-client" in lines[2]
    assert "not both" in lines[2]
    assert "containernetworking-plugins" in lines[3]


def test_what_is_there_is_not_asked_for(tmp_path: Path) -> None:
    """A kubectl is a kubectl, whoever installed it."""
    _install(tmp_path, "kubectl")
    assert "kubectl" not in _needs(tmp_path, _NAMES).stdout
    _install(tmp_path, *_NAMES)
    (tmp_path / "usr" / "lib" / "cni").mkdir(parents=True)
    _install(tmp_path / "usr" / "lib" / "cni", "bridge")
    done = _needs(tmp_path, [*_NAMES, "network"])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_who_is_not_root_hears_of_the_programs_too(tmp_path: Path) -> None:
    """One answer for everything."""
    (tmp_path / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "id").chmod(0o755)
    lines = _needs(tmp_path, ["root", "runc"]).stdout.splitlines()
    assert [line.split(":")[0].strip() for line in lines[1:]] == ["root", "runc"]
