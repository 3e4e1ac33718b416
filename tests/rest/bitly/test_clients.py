"""Real clients of Bitly, unmodified: they connect to the hosts that they always did."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.rest.bitly import examples
from tests.rest.bitly.conftest import Account, unique
from tests.support.clicks import recorded_click
from tests.support.pretended_hosts import pretended_hosts

CLIENTS = Path(__file__).resolve().parent / "clients"
HOSTS = ("api-ssl.bitly.com", "api-ssl.bit.ly", "api.bit.ly")
NODE_PACKAGE = "bitly@5.1.7"


class Client:
    """One of the clients, in a process of its own."""

    def __init__(self, environment: dict[str, str], command: list[str], name: str, credentials: dict[str, str]) -> None:
        self._environment = environment
        self._command = command
        self._asked = {"client": name, "credentials": credentials}

    async def run(self, *calls: list[Any]) -> Any:
        """Make calls; return what the client made of the answers."""
        process = await asyncio.create_subprocess_exec(
            *self._command,
            env=self._environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, problems = await process.communicate(json.dumps({**self._asked, "calls": calls}).encode())
        assert process.returncode == 0, problems.decode()
        return json.loads(output)


@pytest.fixture
async def environment(account: Account, tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """Return the environment in which Bitly's hosts are ours."""
    port = account.system.settings.port
    async with pretended_hosts(tmp_path, HOSTS, port) as found:
        yield found


def python(environment: dict[str, str], name: str, **credentials: str) -> Client:
    command = [sys.executable, "-W", "ignore", str(CLIENTS / "python_client.py")]
    return Client(environment, command, name, credentials)


async def test_bitly_api_with_an_access_token(account: Account, environment: dict[str, str]) -> None:
    """The official client, in its port to Python 3: everything that it can ask of a link."""
    link = await account.new_link(unique())
    await examples.ingest(account.system, link, [recorded_click(examples.REFERENCE, referrer="http://t.co/1")] * 3)
    url = unique()
    client = python(environment, "bitly_api", access_token=account.token)
    named = {"unit": "day", "units": 2, "tz_offset": -5, "rollup": False, "unit_reference_ts": 1360351157}
    (
        short,
        missing,
        clicks,
        steps,
        countries,
        referrers,
        by_domain,
        domains,
        encoders,
        count,
        user,
        info,
        error,
    ) = await client.run(
        [["shorten", [url], {}]],
        [["expand", [], {"hash": "test1_random_fjslfjieljfklsjflkas"}]],
        [["link_clicks", [link.short_url], {}]],
        [["link_clicks", [link.short_url], named]],
        [["link_countries", [link.short_url], {}]],
        [["link_referrers", [link.short_url], {}]],
        [["link_referrers_by_domain", [link.short_url], {}]],
        [["link_referring_domains", [link.short_url], {}]],
        [["link_encoders", [link.short_url], {}]],
        [["link_encoders_count", [link.short_url], {}]],
        [["user_info", [], {}]],
        [["info", [], {"shortUrl": [link.short_url]}]],
        [["link_clicks", ["http://bit.ly/nobody"], {}]],
    )
    assert (short["long_url"], short["new_hash"]) == (url, 1)
    assert [item["error"] for item in missing] == ["NOT_FOUND"]
    assert clicks == 3
    assert steps == [{"clicks": 3, "dt": 1360299600}, {"clicks": 0, "dt": 1360213200}]
    assert countries == [{"clicks": 3, "country": "None"}]
    assert referrers == [{"clicks": 3, "referrer": "http://t.co/1"}]
    assert by_domain == {"Twitter": referrers}
    assert domains == [{"clicks": 3, "domain": "t.co", "url": "http://t.co/"}]
    assert [entry["user"] for entry in encoders["entries"]] == [account.owner.login]
    assert count["count"] == 1
    assert user["login"] == account.owner.login
    assert info[0]["created_by"] == account.owner.login
    assert error == {"error": "BitlyError", "code": 500, "text": "INVALID_ARG_LINK"}


async def test_bitly_api_keeps_a_history(account: Account, environment: dict[str, str]) -> None:
    """Saving, changing and listing links."""
    url = unique()
    client = python(environment, "bitly_api", access_token=account.token)
    (saved,) = await client.run([["user_link_save", [url], {"title": "Title", "private": True}]])
    edited, listed, looked_up, found, clicks, again = await client.run(
        [["user_link_edit", [saved["link"], "title,note"], {"title": "New", "note": "Note"}]],
        [["user_link_history", [], {"limit": 10}]],
        [["user_link_lookup", [url], {}]],
        [["link_lookup", [url], {}]],
        [["user_clicks", [], {"unit": "day", "rollup": True}]],
        [["user_link_save", [url], {}]],
    )
    assert edited == {"link": saved["link"]}
    assert [(entry["title"], entry["note"], entry["private"]) for entry in listed] == [("New", "Note", True)]
    assert looked_up[0]["link"] == found[0]["link"] == saved["link"]
    assert clicks["user_clicks"] == 0
    assert again == {"error": "BitlyError", "code": 304, "text": "LINK_ALREADY_EXISTS"}


async def test_bitly_api_with_login_and_key(account: Account, environment: dict[str, str]) -> None:
    """The older credential goes to api.bit.ly without TLS, and may be signed."""
    link = await account.new_link(unique())
    client = python(environment, "bitly_api", login=account.owner.login, api_key=account.token)
    expanded, clicks, referrers, days, minutes, pro, bare = await client.run(
        [["expand", [], {"hash": [link.code], "shortUrl": [link.short_url]}]],
        [["clicks", [], {"hash": link.code}]],
        [["referrers", [], {"hash": link.code}]],
        [["clicks_by_day", [], {"hash": link.code}]],
        [["clicks_by_minute", [], {"shortUrl": link.short_url}]],
        [["pro_domain", ["cnn.com"], {}]],
        [["pro_domain", ["http://pep.si"], {}]],
    )
    assert [item["long_url"] for item in expanded] == [link.destination] * 2
    assert (clicks[0]["user_clicks"], clicks[0]["global_clicks"]) == (0, 0)
    assert referrers == []
    assert len(days[0]["clicks"]) == 7
    assert len(minutes[0]["clicks"]) == 60
    assert pro is False
    assert bare["text"] == "INVALID_BARE_DOMAIN"


async def test_pyshorteners(account: Account, environment: dict[str, str]) -> None:
    """It reads text and HTTP statuses."""
    url = unique()
    client = python(environment, "pyshorteners", access_token=account.token)
    (short,) = await client.run([["short", [url], {}]])
    expanded, clicks, bad = await client.run(
        [["expand", [short], {}]], [["total_clicks", [short], {}]], [["short", ["http://localhost/x"], {}]]
    )
    assert short.startswith(account.system.base_url)
    assert expanded == url
    assert clicks == 0
    assert bad["error"] == "ShorteningErrorException"


async def test_libsaas(account: Account, environment: dict[str, str]) -> None:
    """It sends no format and hands the envelope on."""
    link = await account.new_link(unique())
    await examples.ingest(account.system, link, examples.by_country({"US": 2}))
    client = python(environment, "libsaas", access_token=account.token)
    the_link = ["link", [link.short_url], {}]
    clicks, countries, encoders, info, user, history = await client.run(
        [the_link, ["clicks", [], {"unit": "month", "timezone": "Europe/Berlin"}]],
        [the_link, ["countries", [], {}]],
        [the_link, ["encoders_count", [], {}]],
        [the_link, ["info", [], {}]],
        [["user", [], {}], ["info", [], {}]],
        [["user", [], {}], ["link_history", [], {"limit": 5, "archived": "both"}]],
    )
    assert clicks["data"]["link_clicks"] == 2
    assert countries["data"]["countries"] == [{"clicks": 2, "country": "US"}]
    assert encoders["data"]["count"] == 1
    assert info["data"]["canonical_url"] == link.destination
    assert user["data"]["login"] == account.owner.login
    assert [entry["link"] for entry in history["data"]["link_history"]] == [link.short_url]


if shutil.which("npm"):

    @pytest.fixture(scope="session")
    def node_modules() -> Path:
        """Install the npm package once for this machine, outside the project."""
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = home / "linkmeter" / "npm" / NODE_PACKAGE.replace("@", "-")
        if not (folder / "installed").exists():
            folder.mkdir(parents=True, exist_ok=True)
            command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), NODE_PACKAGE]
            subprocess.run(command, check=True, capture_output=True, timeout=100)
            (folder / "installed").touch()
        return folder / "node_modules"

    async def test_node_bitly(account: Account, environment: dict[str, str], node_modules: Path) -> None:
        """It adds domain and format to every call, and repeats keys."""
        first, second = await account.new_link(unique()), await account.new_link(unique())
        await examples.ingest(account.system, first, examples.by_country({"US": 2}))
        url = unique()
        command = ["node", str(CLIENTS / "node_client.js"), str(node_modules)]
        client = Client(environment, command, "bitly", {"access_token": account.token})
        short, expanded, clicks, days, minutes, looked_up, info, referrers, countries, bad = await client.run(
            [["shorten", [url]]],
            [["expand", [[first.short_url, second.short_url, second.code]]]],
            [["clicks", [first.short_url]]],
            [["clicksByDay", [first.code]]],
            [["clicksByMinute", [first.code]]],
            [["lookup", [first.destination]]],
            [["info", [first.short_url]]],
            [["referrers", [first.short_url]]],
            [["countries", [first.short_url]]],
            [["shorten", [first.short_url]]],
        )
        assert (short["status_code"], short["data"]["long_url"]) == (200, url)
        destinations = [first.destination, second.destination, second.destination]
        assert [item["long_url"] for item in expanded["data"]["expand"]] == destinations
        assert clicks["data"]["clicks"][0]["user_clicks"] == 2
        assert len(days["data"]["clicks_by_day"][0]["clicks"]) == 7
        assert len(minutes["data"]["clicks_by_minute"][0]["clicks"]) == 60
        assert looked_up["data"]["lookup"][0]["short_url"] == first.short_url
        assert info["data"]["info"][0]["user_hash"] == first.code
        assert referrers["data"]["referrers"] == [{"clicks": 2, "referrer": "direct"}]
        assert countries["data"]["countries"] == [{"clicks": 2, "country": "US"}]
        assert (bad["code"], "ALREADY_A_BITLY_LINK" in bad["error"]) == (500, True)
