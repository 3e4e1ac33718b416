"""The package as it lies: what importing it costs, and that all of it can be imported."""

import ast
import importlib
import inspect
import pydoc
import subprocess
import sys
from pathlib import Path

import pytest

import linkmeter

PACKAGE = Path(__file__).resolve().parents[2] / "sdk/python/linkmeter"
MODULES = [
    ".".join(("linkmeter", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    for path in sorted(PACKAGE.rglob("*.py"))
]


def _run(statements: str) -> str:
    """Return what statements print in an interpreter that has imported nothing of ours yet."""
    done = subprocess.run([sys.executable, "-c", statements], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_all_modules_and_messages_can_be_imported() -> None:
    """The client's modules and those made from the contracts are one package, wherever they lie."""
    names = [*MODULES, "linkmeter.links.v1.links_pb2", "linkmeter.analytics.v1.clicks_pb2"]
    assert "linkmeter.version" in names
    _run("\n".join(f"import {name}" for name in names))


@pytest.mark.parametrize("module", ["linkmeter", "linkmeter.links.v1.links_pb2"])
def test_importing_the_package_imports_no_client(module: str) -> None:
    """Services use the messages, and do not pay for the client."""
    loaded = _run(f"import sys, {module}; print(*sys.modules)").split()
    assert module in loaded
    ours = {name for name in loaded if name.startswith("linkmeter.") and "v1" not in name}
    assert ours <= {"linkmeter.version", "linkmeter.links"}
    assert "grpc" not in loaded


def test_names_of_the_package_are_those_that_type_checkers_see() -> None:
    """Each is there at its first use, and in the declarations beside the package."""
    declared = ast.parse((PACKAGE / "__init__.pyi").read_text())
    places = {
        alias.name: node.module for node in declared.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    names = _run(
        "import linkmeter; print(*(n for n in dir(linkmeter) if n == '__version__' or n[0].isupper()))"
    ).split()
    assert set(names) - {"Any", "Final"} == set(places)
    for name, place in places.items():
        assert getattr(linkmeter, name) is getattr(importlib.import_module(str(place)), name)


def test_methods_have_signatures_and_documentation() -> None:
    """As help() shows them."""
    with linkmeter.Client("http://localhost", "lm_key") as client:
        signature = inspect.signature(client.links.get)
        assert list(signature.parameters) == ["link_id"]
        assert "by its id" in pydoc.render_doc(client.links.get)
        assert "by its id" in pydoc.render_doc(type(client.links))
