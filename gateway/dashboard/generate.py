"""Generate the TypeScript of the contracts: python gateway/dashboard/generate.py, after protos/generate.py."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from google.protobuf.descriptor_pb2 import FileDescriptorSet

DASHBOARD: Final = Path(__file__).resolve().parent
GEN: Final = DASHBOARD.parents[1] / "gen"
# What a page can call, and what that imports from outside the descriptor set's own folder.
_PACKAGES: Final = ("linkmeter/links/v1", "linkmeter/analytics/v1")
_IMPORTED: Final = ("google/api/", "google/type/", "google/rpc/")


def main() -> None:
    """Write gen/dashboard/proto anew, and a way from there to the packages that it imports."""
    out = GEN / "dashboard" / "proto"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    modules = out.parent / "node_modules"
    modules.unlink(missing_ok=True)
    modules.symlink_to(DASHBOARD / "node_modules")
    descriptor_set = GEN / "linkmeter.binpb"
    command = [
        *(sys.executable, "-m", "grpc_tools.protoc"),
        f"--descriptor_set_in={descriptor_set}",
        f"--plugin=protoc-gen-es={DASHBOARD / 'node_modules' / '.bin' / 'protoc-gen-es'}",
        f"--es_out={out}",
        "--es_opt=target=ts",
        *_files(descriptor_set),
    ]
    # The plugin runs on the Node.js that stands beside the interpreter.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    if subprocess.run(command, env=os.environ | {"PATH": path}, check=False).returncode != 0:  # noqa: S603 - Our own tools and paths.
        sys.exit("protoc failed")


def _files(descriptor_set: Path) -> list[str]:
    names = [file.name for file in FileDescriptorSet.FromString(descriptor_set.read_bytes()).file]
    return [name for name in names if name.startswith((*_PACKAGES, *_IMPORTED))]


if __name__ == "__main__":
    main()
