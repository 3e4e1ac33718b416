"""The dependency rules of the house, read from the imports themselves and followed to their end."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Where imports of ours begin.
BASES = (ROOT, ROOT / "sdk/python")
SERVICES = ("links", "redirect", "analytics")
# Every folder of compat but what they share; a new dialect is held to the rules whatever its files are called.
DIALECTS = tuple(
    path.name
    for path in sorted((ROOT / "gateway" / "compat").iterdir())
    if path.is_dir() and path.name not in {"shared", "__pycache__"}
)
FURNITURE = ("DIVERGENCES.md", "surface.py", "wiring.py", "access.py", "errors.py", "limits.py", "rates.py")
# Without limits of its own: those of clients, which all dialects share, are all it has.
UNLIMITED = {"shtr": {"limits.py", "rates.py"}}
TRANSPORT = ("grpc", "google", "linkmeter")
STORAGE_OF_SERVERS = ("asyncpg", "redis", "duckdb")
STORAGE = (*STORAGE_OF_SERVERS, "sqlite3")
# The packages that are made from the contracts, in the one that is also the client's.
CONTRACTS = tuple(f"linkmeter.{path.name}" for path in sorted((ROOT / "protos/linkmeter").iterdir()))
# How a service runs; what is pure knows nothing of it, nor of who waits for whom.
RUNTIME = ("services.runtime", "prometheus_client", "opentelemetry", "uvloop", "asyncio")


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Return the full names of everything that a module imports."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_of(name: str) -> Path | None:
    """Return the file of ours that an imported name comes from; None when it is somebody else's."""
    parts = name.split(".")
    # A name may be a module, or something in one.
    for candidate in (parts, parts[:-1]):
        for path in (base.joinpath(*candidate) for base in BASES if candidate):
            for file in (path.with_suffix(".py"), path / "__init__.py"):
                if file.is_file():
                    return file
    return None


@cache
def reach(path: Path) -> dict[str, Path]:
    """Return everything that importing a module imports, with the module of ours that does so."""
    found: dict[str, Path] = {}
    seen: set[Path] = set()
    waiting = [path]
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        for name in imports(module):
            found.setdefault(name, module)
            if inner := module_of(name):
                waiting.append(inner)
    return found


def is_in(name: str, packages: tuple[str, ...]) -> bool:
    return any((name + ".").startswith(package + ".") for package in packages)


def offenders(paths: list[Path], *forbidden: str) -> list[str]:
    """Return each import that a module writes down of a forbidden package."""
    assert paths
    return [
        f"{path.relative_to(ROOT)} imports {name}" for path in paths for name in imports(path) if is_in(name, forbidden)
    ]


def far_offenders(paths: list[Path], *forbidden: str) -> list[str]:
    """Return each import of a forbidden package that a module causes, however far away."""
    assert paths
    return [
        f"{path.relative_to(ROOT)} imports {name} through {through.relative_to(ROOT)}"
        for path in paths
        for name, through in reach(path).items()
        if is_in(name, forbidden)
    ]


def others(service: str) -> list[str]:
    return [f"services.{other}" for other in SERVICES if other != service]


@pytest.mark.parametrize("service", SERVICES)
def test_services_never_import_each_other_or_the_gateway(service: str) -> None:
    """A service knows the contracts, what services agree on and how they run, and nobody else."""
    assert far_offenders(modules(f"services/{service}"), *others(service), "gateway", "deploy", "tests") == []


@pytest.mark.parametrize(
    "path", [*(f"services/{service}/settings.py" for service in SERVICES), "gateway/compat/settings.py"]
)
def test_settings_are_read_without_what_serving_takes(path: str) -> None:
    """All programs of `make run` read them before anything starts: what they import is waited for every time."""
    assert far_offenders([ROOT / path], "grpc", *CONTRACTS, *STORAGE) == []


def test_what_services_agree_on_is_pure() -> None:
    """services.common knows no transport, no storage and no service, so that rules may use all of it."""
    services = [f"services.{service}" for service in SERVICES]
    assert far_offenders(modules("services/common"), *TRANSPORT, *STORAGE, *RUNTIME, *services) == []


def test_how_services_run_knows_no_service() -> None:
    """services.runtime runs any of them."""
    services = [f"services.{service}" for service in SERVICES]
    assert far_offenders(modules("services/runtime"), *services, "gateway", "deploy", "tests") == []


@pytest.mark.parametrize("service", SERVICES)
def test_domain_code_sees_no_transport_and_no_storage(service: str) -> None:
    """Rules are pure, and so is all that they import: no gRPC, no database, no Redis, no generated message."""
    assert far_offenders(modules(f"services/{service}/domain"), *TRANSPORT, *STORAGE, *RUNTIME) == []


@pytest.mark.parametrize("service", ["links", "analytics"])
def test_stores_never_see_messages(service: str) -> None:
    """Stores return domain objects."""
    assert offenders(modules(f"services/{service}/store"), "linkmeter", "grpc") == []


def test_compat_imports_contracts_and_what_is_shared_only() -> None:
    """The gateway speaks with the services over the wire."""
    services = [f"services.{service}" for service in SERVICES]
    assert far_offenders(modules("gateway/compat"), *services, "deploy", "tests") == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_dialects_share_only_what_is_shared(dialect: str) -> None:
    """A dialect does not look into another's folder."""
    foreign = [f"gateway.compat.{other}" for other in DIALECTS if other != dialect]
    assert far_offenders(modules(f"gateway/compat/{dialect}"), *foreign) == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_dialects_have_the_same_furniture(dialect: str) -> None:
    """Who knows one dialect finds the way in every other."""
    folder = ROOT / "gateway/compat" / dialect
    expected = set(FURNITURE) - UNLIMITED.get(dialect, set())
    assert {name for name in expected if not (folder / name).is_file()} == set()
    servicers = sorted(folder.rglob("*servicer*.py"))
    assert servicers
    assert [path.name for path in servicers if path.name != "servicer.py"] == []


def test_what_the_edge_reads_of_a_dialect_is_data() -> None:
    """Envoy's configuration is written without the servers of the dialects."""
    assert far_offenders([ROOT / "gateway/surfaces.py"], "grpc", "linkmeter", *STORAGE) == []


def test_native_contracts_never_import_compat() -> None:
    """The dialects depend on us, not we on them."""
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
    assert offenders(paths, "asyncpg", "redis") == []


def test_the_client_knows_no_server_code() -> None:
    """What is installed elsewhere imports the contracts alone. Python's SQLite keeps what is too much for memory."""
    assert far_offenders(modules("sdk"), "services", "gateway", "deploy", "tests", *STORAGE_OF_SERVERS) == []


def test_servers_know_no_client() -> None:
    """In images there are the contracts' packages, and not the client that shares its name with them."""
    paths = [path for folder in ("services", "gateway", "deploy") for path in modules(folder)]
    used = {name for path in paths for name in imports(path) if is_in(name, ("linkmeter",))}
    assert used
    assert {name for name in used if not is_in(name, CONTRACTS)} == set()
