"""PostgreSQL and Redis over TLS, verified when their addresses say so (beside promise S19)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
import trustme

from services.common.errors import Unavailable
from services.runtime import postgres
from services.runtime.redis_client import OUTAGES, open_redis
from tests.support.certificates import Folder, issued
from tests.support.postgres import TestPostgres
from tests.support.system import running_system
from tests.support.tls_terminator import Terminator, terminating_tls
from tests.support.traffic import counted, create_links
from tests.support.valkey import TestValkey
from tests.support.wait import eventually


@dataclass(frozen=True, slots=True)
class Stores:
    """Both stores behind TLS with a certificate for localhost alone."""

    postgres: Terminator
    redis: Terminator
    folder: Folder
    database: str

    def postgres_url(self, *, host: str = "localhost", mode: str = "verify-full", authority: Path | None = None) -> str:
        """Return the address of the database."""
        credentials, name = self.database.partition("://")[2].split("@")[0], self.database.rpartition("/")[2]
        trusted = authority or self.folder.files.authority
        return f"postgresql://{credentials}@{host}:{self.postgres.port}/{name}?sslmode={mode}&sslrootcert={trusted}"

    def redis_url(self, *, host: str = "localhost", authority: Path | None = None) -> str:
        """Return the address of Valkey."""
        return f"rediss://{host}:{self.redis.port}/0?ssl_ca_certs={authority or self.folder.files.authority}"


@pytest.fixture
def stores(
    tmp_path: Path, postgres_server: TestPostgres, postgres_url: str, valkey_server: TestValkey, valkey_url: str
) -> Iterator[Stores]:
    """Put TLS in front of an empty database and an empty Valkey."""
    assert valkey_url
    folder = issued(tmp_path / "tls", trustme.CA(), "localhost")
    with (
        terminating_tls(postgres_server.server.port, folder, asks_first=True) as database,
        terminating_tls(valkey_server.server.port, folder) as cache,
    ):
        yield Stores(database, cache, folder, postgres_url)


@pytest.fixture
def other_authority(tmp_path: Path) -> Path:
    """Lend the certificate of an authority that signed nothing here."""
    return issued(tmp_path / "other", trustme.CA()).files.authority


async def test_the_system_runs_over_verified_connections(stores: Stores, tmp_path: Path) -> None:
    """Migrations, links, clicks, the cache, invalidations and limits go over TLS to both stores."""
    settings = {
        "LINKMETER_POSTGRES_URL": stores.postgres_url(),
        "LINKMETER_REDIS_URL": stores.redis_url(),
        "LINKMETER_RATE_LIMITS": "on",
        "LINKMETER_CREATES_PER_MINUTE": "3",
    }
    with running_system(tmp_path / "data", **settings) as system:
        links = await create_links(system, 1)
        (code, link_id), *_ = links.items()
        async with system.client() as client, system.client(api_key="") as visitor:
            assert (await visitor.get(f"/{code}")).status_code == 302

            async def is_counted() -> bool:
                return await counted(system, [link_id]) == 1

            await eventually(is_counted)
            await client.patch(f"/v1/links/{link_id}", json={"destination": "https://example.com/changed"})

            async def leads_on() -> bool:
                return (await visitor.get(f"/{code}")).headers["location"] == "https://example.com/changed"

            await eventually(leads_on)
            answers = [await visitor.post("/api/shorten", json={"url": "https://example.com/a"}) for _ in range(4)]
        assert [answer.status_code == 429 for answer in answers] == [False, False, False, True]
    assert stores.postgres.secured > 0
    assert stores.redis.secured > 0


async def test_an_unknown_authority_of_postgresql_is_refused(stores: Stores, other_authority: Path) -> None:
    """A server that somebody else certified gets no password; to callers it is as if it were down."""
    await _assert_no_database(stores.postgres_url(authority=other_authority))


async def test_another_name_of_postgresql_is_refused(stores: Stores) -> None:
    """With verify-full the certificate must name the host of the address; with verify-ca it need not."""
    await _assert_no_database(stores.postgres_url(host="127.0.0.1"))
    pool = await postgres.open_pool(stores.postgres_url(host="127.0.0.1", mode="verify-ca"), "links")
    assert await pool.fetchval("SELECT 1") == 1
    await pool.close()


async def test_plaintext_postgresql_is_refused(stores: Stores) -> None:
    """A server without TLS is not talked to when the address asks for it."""
    port = stores.database.rpartition(":")[2]
    secured = stores.postgres_url()
    await _assert_no_database(secured.replace(f"localhost:{stores.postgres.port}/", f"localhost:{port.split('/')[0]}/"))


async def test_other_servers_in_place_of_redis_are_refused(stores: Stores, other_authority: Path) -> None:
    """Authority and name are verified without further ado."""
    client = open_redis(stores.redis_url())
    assert await client.set("key", "value")
    await client.aclose()
    for url in (stores.redis_url(authority=other_authority), stores.redis_url(host="127.0.0.1")):
        refusing = open_redis(url)
        with pytest.raises(OUTAGES):
            await refusing.get("key")
        await refusing.aclose()


async def _assert_no_database(url: str) -> None:
    pool = await postgres.open_pool(url, "links")
    with pytest.raises((OSError, asyncpg.PostgresError)) as refused:
        await pool.fetchval("SELECT 1")
    pool.terminate()
    assert isinstance(postgres.outage_of(refused.value), Unavailable)
