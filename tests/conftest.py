"""Fixtures for every test; tests that name none of them start no server."""

from collections.abc import Iterator

import pytest

from tests.support.clock import FakeClock
from tests.support.postgres import TestPostgres, running_postgres
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


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that only the test moves."""
    return FakeClock()
