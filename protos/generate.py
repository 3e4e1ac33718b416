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
    with tempfile.TemporaryDirectory(dir=PROTOS.parent) as scratch:
        out = Path(scratch) / "gen"
        out.mkdir()
        write_stubs(out)
        _run(
            "--include_imports",
            "--include_source_info",
            f"--descriptor_set_out={out / 'linkmeter.binpb'}",
            *_sources(),
            *ERROR_DETAILS,
        )
        shutil.rmtree(GEN, ignore_errors=True)
        shutil.move(out, GEN)


def write_stubs(out: Path, *folders: str) -> None:
    """Write typed stubs into an existing folder: of all contracts, or of those in folders (as linkmeter/links)."""
    _run(
        f"--plugin=protoc-gen-mypy={_plugin('protoc-gen-mypy')}",
        f"--plugin=protoc-gen-mypy_grpc={_plugin('protoc-gen-mypy_grpc')}",
        f"--python_out={out}",
        f"--grpc_python_out={out}",
        f"--mypy_out=quiet:{out}",
        f"--mypy_grpc_out=quiet:{out}",
        *_sources(*folders),
    )


def _sources(*folders: str) -> list[str]:
    within = [PROTOS / folder for folder in folders] or [PROTOS]
    return sorted(str(path.relative_to(PROTOS)) for folder in within for path in folder.rglob("*.proto"))


def _plugin(name: str) -> str:
    """Return a program's path: beside the interpreter, or where an isolated build of a wheel has it."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name) or sys.exit(f"{name} is not installed")


def _run(*arguments: str) -> None:
    well_known = str(importlib.resources.files(grpc_tools) / "_proto")
    googleapis = str(Path(google.api.__path__[0]).parent.parent)
    includes = [f"-I{PROTOS}", f"-I{googleapis}", f"-I{well_known}"]
    if protoc.main(["protoc", *includes, *arguments]) != 0:
        sys.exit("protoc failed")


if __name__ == "__main__":
    main()
