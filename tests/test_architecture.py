"""The dependency rule of the house, read from the imports themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("links", "redirect", "analytics")
DIALECTS = tuple(
    path.name
    for path in sorted((ROOT / "gateway" / "compat").iterdir())
    if path.is_dir() and (path / "servicer.py").exists()
)


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Answer the full names of everything that a module imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def offenders(paths: list[Path], *forbidden: str) -> list[str]:
    """Answer each import that begins with a forbidden package, or holds a forbidden part marked by *."""
    found = []
    for path in paths:
        for name in imports(path):
            for rule in forbidden:
                hit = rule.strip("*") in name if rule.startswith("*") else (name + ".").startswith(rule + ".")
                if hit:
                    found.append(f"{path.relative_to(ROOT)} imports {name}")
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_services_never_import_each_other_or_the_gateway(service: str) -> None:
    """A service knows the contracts and services.common, and nobody else."""
    others = [f"services.{other}" for other in SERVICES if other != service]
    assert offenders(modules(f"services/{service}"), *others, "gateway", "deploy", "tests") == []


def test_common_knows_no_service() -> None:
    """What everybody needs depends on nobody."""
    others = [f"services.{service}" for service in SERVICES]
    assert offenders(modules("services/common"), *others, "gateway", "deploy", "tests") == []


@pytest.mark.parametrize("service", SERVICES)
def test_domain_code_sees_no_transport_and_no_storage(service: str) -> None:
    """Rules are pure: no gRPC, no database, no Redis, no generated message."""
    paths = modules(f"services/{service}/domain")
    assert paths
    assert offenders(paths, "grpc", "asyncpg", "redis", "sqlite3", "linkmeter", "*_pb2") == []


@pytest.mark.parametrize("service", ["links", "analytics"])
def test_stores_never_see_messages(service: str) -> None:
    """Stores answer domain objects."""
    paths = modules(f"services/{service}/store")
    assert paths
    assert offenders(paths, "linkmeter", "*_pb2", "grpc") == []


def test_compat_imports_contracts_and_common_only() -> None:
    """The gateway speaks with the services over the wire."""
    others = [f"services.{service}" for service in SERVICES]
    assert offenders(modules("gateway/compat"), *others, "deploy", "tests") == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_dialects_share_only_what_is_shared(dialect: str) -> None:
    """A dialect's room does not look into another's."""
    others = [f"gateway.compat.{other}" for other in DIALECTS if other != dialect]
    assert offenders(modules(f"gateway/compat/{dialect}"), *others) == []


def test_native_contracts_never_import_compat() -> None:
    """The foreign dialects depend on us, not we on them."""
    for folder in ("links", "redirect", "analytics"):
        for path in (ROOT / "protos/linkmeter" / folder).rglob("*.proto"):
            assert 'import "linkmeter/compat' not in path.read_text(), path


def test_servicers_hold_no_sql() -> None:
    """A servicer converts, calls, converts."""
    paths = [
        path
        for folder in SERVICES
        for path in modules(f"services/{folder}")
        if path.name.endswith("servicer.py") or path.parent.name == "servicers"
    ]
    assert paths
    assert offenders(paths, "asyncpg", "redis") == []
