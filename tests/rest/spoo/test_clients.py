"""Real clients of spoo.me, unmodified."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import spoo
from spoo.types.link import LinkFilter
from spoo.types.shared import ExportFormat, GroupBy, LinkStatus, Metric, SortBy, SortOrder
from spoo.types.stats import LinkStatsFilter, StatsFilter

from tests.rest.spoo import examples
from tests.rest.spoo.conftest import Shorten, SpooLink
from tests.support.people import key_of_new_owner
from tests.support.pretended_hosts import pretended_hosts
from tests.support.system import System

LEGACY_CLIENT = Path(__file__).resolve().parent / "clients" / "py_spoo_url_client.py"
PERIOD: dict[str, Any] = {"start_date": datetime(2025, 1, 1, tzinfo=UTC), "end_date": "2025-01-03T00:00:00Z"}


def sdk(system: System, http: httpx.AsyncClient, **options: Any) -> spoo.AsyncSpooClient:
    """Make the client, with nothing changed but the base address."""
    return spoo.AsyncSpooClient(base_url=f"{system.base_url}/api/v1", http_client=http, max_retries=0, **options)


@pytest.fixture
async def client(system: System) -> AsyncIterator[spoo.AsyncSpooClient]:
    """Return the client with the key of a new account."""
    key = await key_of_new_owner(system)
    # Settings of the machine for proxies have no say about loopback.
    async with httpx.AsyncClient(trust_env=False, timeout=60) as http:
        yield sdk(system, http, api_key=f"spoo_{key.removeprefix('lm_')}")


async def as_link(system: System, client: spoo.AsyncSpooClient, alias: str) -> SpooLink:
    """Describe a link of the client's for the fixtures."""
    link = await client.links.get_by_alias(alias)
    user = await client.me()
    return SpooLink(system, link.id, alias, "", int(user.id, 16))


async def test_spoo_manages_links(client: spoo.AsyncSpooClient) -> None:
    """From creation to deletion."""
    made = await client.shorten(
        "https://example.com/page",
        alias="spoo-sdk-link",
        password="secret@123",
        max_clicks=10,
        expire_after=datetime(2100, 1, 1, tzinfo=UTC),
        block_bots=True,
        private_stats=True,
    )
    assert made.alias == "spoo-sdk-link"
    assert made.id is not None
    assert made.claim_token is None
    got = await client.links.get(made.id)
    assert (got.status, got.max_clicks, got.expire_after, got.password_set) == ("ACTIVE", 10, 4102444800, True)
    assert (await client.links.get_by_alias("spoo-sdk-link")).id == made.id
    updated = await client.links.update(made.id, long_url="https://example.org/", max_clicks=0, private_stats=False)
    assert (updated.long_url, updated.max_clicks, updated.private_stats) == ("https://example.org/", None, False)
    assert (await client.links.set_status(made.id, LinkStatus.INACTIVE)).status == "INACTIVE"
    assert (await client.links.delete(made.id)).message == "URL deleted"
    with pytest.raises(spoo.NotFoundError) as missing:
        await client.links.get(made.id)
    assert missing.value.error_code == "not_found"


async def test_spoo_checks_aliases_and_makes_emojis(client: spoo.AsyncSpooClient) -> None:
    """What the catalogue of emojis would check, the server does."""
    assert (await client.links.check_alias("free-alias")).available
    assert (await client.links.check_alias("ab")).reason == "length"
    assert (await client.shorten("https://example.com", alias="🐬🐳🐋", alias_type="emoji")).alias == "🐬🐳🐋"
    with pytest.raises(spoo.ConflictError):
        await client.shorten("https://example.com", alias="🐬🐳🐋")


async def test_spoo_pages_through_links(client: spoo.AsyncSpooClient) -> None:
    """The client asks for page after page."""
    aliases = [(await client.shorten(f"https://example.com/{number}")).alias for number in range(5)]
    listed = [
        link.alias
        async for link in client.links.list(page_size=2, sort_by=SortBy.CREATED_AT, sort_order=SortOrder.ASCENDING)
    ]
    assert listed == aliases
    page = await client.links.list_page(filter=LinkFilter(status="ACTIVE", password_set=False, search="example.com/3"))
    assert [link.alias for link in page.items] == [aliases[3]]


async def test_spoo_reads_statistics(system: System, client: spoo.AsyncSpooClient) -> None:
    """Of the account, of a link, and those that everybody may see."""
    made = await client.shorten("https://example.com/page", alias="spoo-sdk-stats", private_stats=False)
    link = await as_link(system, client, made.alias)
    await link.ingest(examples.stats_example())
    groups: list[GroupBy | str] = [GroupBy.TIME, GroupBy.COUNTRY, GroupBy.UTM_SOURCE, GroupBy.DEVICE]
    account = await client.stats.query(
        **PERIOD,
        group_by=groups,
        metrics=[Metric.CLICKS],
        timezone="Europe/Berlin",
        filters=StatsFilter(short_code=["spoo-sdk-stats"], browser=["Chrome"]),
    )
    assert account.summary.total_clicks == 4
    assert account.summary.avg_redirection_time == 7.25
    assert account.metrics["clicks_by_country"][0] == {"country": "US", "clicks": 3, "clicks_percentage": 75}
    assert account.time_bucket_info is not None
    assert account.time_bucket_info.strategy == "daily"
    assert account.computed_metrics is not None
    assert account.computed_metrics.average_clicks_per_visitor == 1.33
    one = await client.stats.for_link(link.url_id, **PERIOD, filters=LinkStatsFilter(country=["US"]))
    assert (one.url_id, one.alias, one.summary.total_clicks) == (link.url_id, "spoo-sdk-stats", 3)
    public = await client.stats.public("spoo-sdk-stats", **PERIOD)
    assert public.stats.summary.unique_clicks == 3
    assert public.link.long_url == "https://example.com/page"
    with pytest.raises(spoo.NotFoundError):
        await client.stats.for_link("0" * 23 + "1")
    with pytest.raises(spoo.ValidationError) as wrong:
        await client.stats.query(group_by=["moon"])
    assert (wrong.value.status_code, wrong.value.field) == (400, "group_by")


async def test_spoo_without_a_key(system: System, anyone: httpx.AsyncClient, shorten: Shorten) -> None:
    """Opens protected statistics with their password, and is told what it may not."""
    link = await shorten(anyone, password="secret@123")
    async with httpx.AsyncClient(trust_env=False) as http:
        nobody = sdk(system, http, api_key="")
        with pytest.raises(spoo.AuthenticationError) as locked:
            await nobody.stats.public(link.alias)
        assert locked.value.error_code == "password_required"
        assert (await nobody.stats.public(link.alias, password="secret@123")).link.password_protected
        with pytest.raises(spoo.AuthenticationError):
            await nobody.stats.query()
        made = await nobody.shorten("https://example.com/x")
        assert (made.owner_id, made.private_stats) == (None, None)


@pytest.mark.parametrize("kind", list(ExportFormat))
async def test_spoo_exports(client: spoo.AsyncSpooClient, kind: ExportFormat) -> None:
    """Under the name that the answer gives, in one piece and as a stream."""
    made = await client.shorten("https://example.com/page")
    assert made.id is not None
    file = await client.stats.export(kind)
    endings = {"csv": "-csv.zip"}
    assert file.filename == f"spoo-me-export{endings.get(kind.value, '.' + kind.value)}"
    link_file = await client.stats.export_link(made.id, kind)
    assert link_file.filename is not None
    assert made.id in link_file.filename
    async with client.stats.export_stream(kind) as stream:
        assert stream.content_type == file.content_type
        assert b"".join([chunk async for chunk in stream.iter_bytes()])


async def test_spoo_as_its_synchronous_self(system: System) -> None:
    """The same answers."""
    key = await key_of_new_owner(system)

    def run() -> tuple[str, int]:
        with httpx.Client(trust_env=False) as http:
            client = spoo.SpooClient(api_key=key, base_url=f"{system.base_url}/api/v1", http_client=http)
            made = client.shorten("https://example.com/page")
            return made.status, client.stats.query().summary.total_clicks

    assert await asyncio.to_thread(run) == ("ACTIVE", 0)


async def test_py_spoo_url(system: System, anyone: httpx.AsyncClient, shorten: Shorten, tmp_path: Path) -> None:
    """The older client, which knows the host by heart: forms, statistics, and what it makes of them."""
    link = await shorten(anyone, password="Example@12")
    await link.ingest(examples.filter_example())
    calls: list[Any] = [
        (
            "shorten",
            {"long_url": "https://example.com", "alias": "pyspoo-one", "max_clicks": 3, "password": "Pass@123"},
        ),
        ("shorten", {"long_url": "https://example.com", "alias": "pyspoo-one"}),
        ("shorten", {"long_url": "nonsense"}),
        ("emojify", {"long_url": "https://example.com", "emoji_alias": "🐸🐵🐷"}),
        ("emojify", {"long_url": "https://example.com"}),
        ("statistics", {"short_code": f"https://spoo.me/{link.alias}", "password": "Example@12"}),
        ("statistics", {"short_code": link.alias}),
    ]
    async with pretended_hosts(tmp_path, ["spoo.me"], system.settings.port) as environment:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(LEGACY_CLIENT)),
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, problems = await process.communicate(json.dumps(calls).encode())
    assert process.returncode == 0, problems.decode()
    one, taken, wrong, emojis, random_emojis, statistics, locked = json.loads(output.rpartition(b"\n")[2])
    assert one == f"{system.settings.public_url}/pyspoo-one"
    assert "AliasError" in taken["error"]
    assert "UrlError" in wrong["error"]
    assert emojis.endswith("/🐸🐵🐷")
    assert not random_emojis.isascii()
    assert statistics["total_clicks"] == 12
    assert statistics["browsers_analysis"]["Chrome"] == 3
    assert statistics["long_url"] == "https://example.com/page"
    assert statistics["clicks_analysis"]["2025-01-01"] == 12
    assert "PasswordError" in locked["error"]
