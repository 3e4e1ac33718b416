"""Fixtures for every test; tests that name none of them start no server."""

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from tests.support.clock import FakeClock
from tests.support.object_store import TestObjectStore, running_object_store
from tests.support.postgres import TestPostgres, running_postgres
from tests.support.system import System, running_system
from tests.support.valkey import TestValkey, running_valkey


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestPostgres]:
    """Run one PostgreSQL server for all tests of this process."""
    with running_postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: TestPostgres) -> Iterator[str]:
    """Lend an empty database."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture
def links_database(postgres_server: TestPostgres) -> Iterator[str]:
    """Lend a database with the tables of links."""
    with postgres_server.database("links") as url:
        yield url


@pytest.fixture
def analytics_database(postgres_server: TestPostgres) -> Iterator[str]:
    """Lend a database with the tables of analytics."""
    with postgres_server.database("analytics") as url:
        yield url


@pytest.fixture
def linkmeter_database(postgres_server: TestPostgres) -> Iterator[str]:
    """Lend a database with the tables of links and analytics."""
    with postgres_server.database("links", "analytics") as url:
        yield url


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestValkey]:
    """Run one Valkey server for all tests of this process."""
    with running_valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture
def valkey_url(valkey_server: TestValkey) -> str:
    """Return the URL of an empty Valkey."""
    return valkey_server.emptied_url()


@pytest.fixture(scope="session")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestObjectStore]:
    """Run one store of the S3 kind for all tests of this process."""
    with running_object_store(tmp_path_factory.mktemp("object-store")) as store:
        yield store


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that only the test moves."""
    return FakeClock()


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Run the whole system once for all tests of this process that leave it as it is."""
    with running_system(tmp_path_factory.mktemp("system") / "data") as running:
        yield running


@pytest.fixture
def own_system(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[System]:
    """Run a whole system for one test, which may stop and kill its programs.

    Settings go into a marker: @pytest.mark.settings(LINKMETER_RATE_LIMITS="on").
    """
    marker = request.node.get_closest_marker("settings")
    with running_system(tmp_path / "data", **(marker.kwargs if marker else {})) as running:
        yield running


@pytest.fixture
def start_system(tmp_path: Path) -> Callable[..., AbstractContextManager[System]]:
    """Return what runs a system on the test's own data directory, one after another with the same data."""
    return partial(running_system, tmp_path / "data")


def pytest_configure(config: pytest.Config) -> None:
    """Name the markers."""
    config.addinivalue_line("markers", "settings(**environment): settings of own_system")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the system logged beside a failure."""
    report = yield
    fixtures: dict[str, object] = getattr(item, "funcargs", {})
    for value in fixtures.values():
        if report.failed and isinstance(value, System):
            report.sections.append(("The system's logs", value.describe()))
    return report
