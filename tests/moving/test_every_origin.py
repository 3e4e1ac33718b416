"""Each origin's sample goes into the real system, and statistics say what a naive count of the sample says."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from linkmeter import Client
from linkmeter.moving.importing.options import ImportOptions, OnClash
from linkmeter.moving.origin import Origin, OriginClick, OriginLink
from linkmeter.moving.origins.spoo import SpooMe
from linkmeter.moving.registry import find_origin
from tests.moving.products import bitly, dub, kutt, shlink, yourls
from tests.rest.shortio.examples import WINDOWS_CHROME
from tests.rest.shortio.examples import click as shortio_click
from tests.rest.spoo import examples as spoo_examples
from tests.rest.spoo.examples import click as spoo_click
from tests.support.http_product import Product, serving
from tests.support.moving import clicks_by, moving_in
from tests.support.people import key_of_new_owner
from tests.support.shortio_account import shortio_account
from tests.support.system import System
from tests.support.wait import eventually

SAMPLES = Path(__file__).parent / "samples"


def busy_dub() -> dub.DubServer:
    server = dub.DubServer()
    server.shorten("one")
    server.shorten("two", tags=[{"id": "tag_1", "name": "spring", "color": "red"}])
    for count in range(30):
        server.click(server.now - timedelta(days=9, minutes=count), ("one", "two")[count % 3 % 2], ip="198.51.100.1")
    return server


def busy_kutt() -> kutt.KuttServer:
    server = kutt.KuttServer()
    server.shorten("abc", visit_count=17)
    server.shorten("locked", password=True)
    return server


def busy_bitly() -> bitly.BitlyServer:
    server = bitly.BitlyServer()
    server.shorten("bit.ly/3abc", clicks=42, custom_bitlinks=["http://go.brand.example/Spring"])
    return server


async def busy_shortio(system: System) -> Origin:
    """Return a domain with two links and nine clicks."""
    async with shortio_account(system) as account:
        for path, count in (("spring", 4), ("autumn", 5)):
            link = await account.shorten(path, title=f"Of {path}")
            times = [datetime(2024, 3, 4, 12, minute, tzinfo=UTC) for minute in range(count)]
            await account.ingest([shortio_click(time, user_agent=WINDOWS_CHROME) for time in times], link, path)

        async def are_listed() -> bool:
            return len(await account.clicks()) == 9

        await eventually(are_listed, what="all clicks are listed")
        return account.origin


async def busy_spoo(system: System) -> Origin:
    """Return an account with a link that was followed three times."""
    key = f"spoo_{(await key_of_new_owner(system)).removeprefix('lm_')}"
    async with system.client(api_key=key) as client:
        alias = f"spoo{secrets.token_hex(4)}"
        wanted = {"long_url": f"https://example.com/{alias}", "alias": alias}
        made = (await client.post("/api/v1/shorten", json=wanted)).raise_for_status().json()
        clicks = [
            spoo_click(datetime.now(UTC) - timedelta(days=1), user_agent=spoo_examples.WINDOWS_CHROME) for _ in range(3)
        ]
        about = {"link_id": int(made["id"], 16), "owner_id": int(made["owner_id"], 16)}
        await spoo_examples.ingest(system, clicks, **about, code=alias)

        async def are_counted() -> bool:
            listed = (await client.get("/api/v1/urls")).raise_for_status().json()["items"]
            return [item["total_clicks"] for item in listed] == [3]

        await eventually(are_counted, what="the clicks are counted")
    return SpooMe(key=key, address=system.base_url)


def from_file(name: str, **options: str | Path) -> Callable[[], Iterator[Origin]]:
    def opened() -> Iterator[Origin]:
        kind = find_origin(name)
        assert kind is not None
        yield kind.open(options)

    return opened


def from_product(name: str, make: Callable[[], Product], key: str) -> Callable[[], Iterator[Origin]]:
    def opened() -> Iterator[Origin]:
        kind = find_origin(name)
        assert kind is not None
        with serving(make()) as address:
            yield kind.open({"address": address, "key": key})

    return opened


YOURLS = {"domain": "s.example", "time_zone": "-05:00"}
ORIGINS = {
    "yourls": from_file("yourls", dump=SAMPLES / "yourls.sql", **YOURLS),
    "yourls-phpmyadmin": from_file("yourls", dump=SAMPLES / "yourls-phpmyadmin.sql", **YOURLS),
    "yourls-packed": from_file("yourls", dump=SAMPLES / "yourls-complete.sql.gz", **YOURLS),
    "csv-of-dub": from_file("csv", links=SAMPLES / "dub.csv"),
    "csv-of-shlink": from_file("csv", links=SAMPLES / "shlink.csv", domain="s.example"),
    "yourls-api": from_product("yourls-api", yourls.YourlsServer, yourls.KEY),
    "shlink": from_product("shlink", shlink.busy_server, shlink.KEY),
    "dub": from_product("dub", busy_dub, dub.KEY),
    "kutt": from_product("kutt", busy_kutt, kutt.KEY),
    "bitly": from_product("bitly", busy_bitly, bitly.KEY),
}


@pytest.fixture
def client(system: System) -> Iterator[Client]:
    with closing(Client(system.base_url, asyncio.run(key_of_new_owner(system)))) as client:
        yield client


@pytest.mark.parametrize("name", ORIGINS)
def test_statistics_are_those_of_the_sample(name: str, client: Client, tmp_path: Path) -> None:
    with contextmanager(ORIGINS[name])() as origin:
        assert_all_came(origin, name.partition("-of-")[0].split("-")[0], client, tmp_path)


def test_statistics_are_those_of_shortio(system: System, client: Client, tmp_path: Path) -> None:
    """Our own dialect of it, in another account."""
    origin = asyncio.run(busy_shortio(system))
    assert origin.count_links() == 2
    assert_all_came(origin, "shortio", client, tmp_path)
    assert sum(clicks_by(client, "code").values()) == 9


def test_sums_are_those_of_spoo(system: System, client: Client, tmp_path: Path) -> None:
    """Our own dialect of it, in another account; its codes are taken here, and get a suffix."""
    origin = asyncio.run(busy_spoo(system))
    assert_all_came(origin, "spoo", client, tmp_path)
    (link,) = client.links.list()
    assert (link.clicks_before_import, link.code.endswith("-2")) == (3, True)


def assert_all_came(origin: Origin, product: str, client: Client, folder: Path) -> None:
    """Import an origin and compare what came with a naive count of what the origin tells."""
    links = [item for item in origin.links() if isinstance(item, OriginLink)]
    clicks = [item for item in origin.clicks() if isinstance(item, OriginClick)]
    options = ImportOptions(on_clash=OnClash.SUFFIX)
    planned = moving_in(client, origin, folder, options=options, product=product).dry_run()
    report = moving_in(client, origin, folder, options=options, product=product).run()
    assert planned.outcomes == report.outcomes
    assert planned.to_dict()["link_problems"] == report.to_dict()["link_problems"]
    brought = [*client.links.list()]
    destinations = {link.destination for link in brought}
    assert Counter(link.destination for link in brought) <= Counter(link.destination for link in links)
    assert sum(report.outcomes.values()) == len(links)
    assert sum(link.clicks_before_import for link in brought) == sum(
        link.clicks_before for link in links if link.destination in destinations
    )
    codes = {(link.domain, link.code) for link in links if link.destination in destinations}
    naive = Counter((click.domain, click.code) for click in clicks if (click.domain, click.code) in codes)
    assert sorted(clicks_by(client, "code").values()) == sorted(naive.values())
    assert report.clicks.stored == naive.total() == planned.clicks.stored
    assert report.clicks.set_aside == len(clicks) - naive.total()


@pytest.mark.parametrize("name", ["goatcounter", "plausible"])
def test_clicks_that_were_counted_elsewhere_go_to_the_links_that_are_here(
    name: str, client: Client, tmp_path: Path
) -> None:
    code = f"try-{name}"
    export = tmp_path / "export.csv"
    export.write_text((SAMPLES / f"{name}.csv").read_text().replace("/try", f"/{code}"))
    client.links.create("https://example.com/", code=code)
    opened = from_file(name, clicks=export, path_prefix="go" if name == "goatcounter" else "/")
    with contextmanager(opened)() as origin:
        clicks = [item for item in origin.clicks() if isinstance(item, OriginClick)]
        planned = moving_in(client, origin, tmp_path, product=name).dry_run()
        report = moving_in(client, origin, tmp_path, product=name).run()
    naive = sum(click.code == code for click in clicks)
    assert 0 < naive < len(clicks)
    assert clicks_by(client, "code") == {code: naive}
    assert (report.clicks.stored, report.clicks.set_aside) == (naive, len(clicks) - naive)
    assert planned.clicks.to_dict() == report.clicks.to_dict()
