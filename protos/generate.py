"""Generate gen/ from the contracts: typed Python stubs and the descriptor set that everything else reads."""

import importlib.resources
import shutil
import sys
import tempfile
from pathlib import Path

import google.api
import grpc_tools
from grpc_tools import protoc

PROTOS = Path(__file__).resolve().parent
GEN = PROTOS.parent / "gen"

# Not imported by any contract, but needed in the descriptor set: Envoy turns rich errors into JSON with them.
ERROR_DETAILS = ["google/rpc/error_details.proto", "google/rpc/status.proto"]


def main() -> None:
    """Write gen/ anew: into a temporary folder first, so that a failure leaves the old one."""
    well_known = str(importlib.resources.files(grpc_tools) / "_proto")
    googleapis = str(Path(google.api.__path__[0]).parent.parent)
    sources = sorted(str(path.relative_to(PROTOS)) for path in PROTOS.rglob("*.proto"))
    with tempfile.TemporaryDirectory(dir=PROTOS.parent) as scratch:
        out = Path(scratch) / "gen"
        out.mkdir()
        includes = [f"-I{PROTOS}", f"-I{googleapis}", f"-I{well_known}"]
        plugins = Path(sys.executable).parent
        _run(
            *includes,
            f"--plugin=protoc-gen-mypy={plugins / 'protoc-gen-mypy'}",
            f"--plugin=protoc-gen-mypy_grpc={plugins / 'protoc-gen-mypy_grpc'}",
            f"--python_out={out}",
            f"--grpc_python_out={out}",
            f"--mypy_out={out}",
            f"--mypy_grpc_out={out}",
            *sources,
        )
        _run(
            *includes,
            "--include_imports",
            "--include_source_info",
            f"--descriptor_set_out={out / 'linkmeter.binpb'}",
            *sources,
            *ERROR_DETAILS,
        )
        shutil.rmtree(GEN, ignore_errors=True)
        shutil.move(out, GEN)


def _run(*arguments: str) -> None:
    if protoc.main(["protoc", *arguments]) != 0:
        sys.exit("protoc failed")


if __name__ == "__main__":
    main()
