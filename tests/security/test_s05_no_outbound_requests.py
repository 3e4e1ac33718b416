"""S5: nobody makes us call somebody."""

import ast
import asyncio
from pathlib import Path

import httpx
import pytest

from tests.rest.bitly.conftest import accounts_on
from tests.support.system import System
from tests.support.traffic import BROWSER

ROOT = Path(__file__).resolve().parents[2]
# Asks the provider of single sign-on, which the operator names; tests/security/test_s25_single_sign_on.py.
EXCEPT = ROOT / "services/links/signing_in/oidc_provider.py"
CLIENTS = ("aiohttp", "ftplib", "http.client", "httpx", "requests", "smtplib", "urllib.request", "urllib3")


@pytest.mark.parametrize("folder", ["services", "gateway"])
def test_no_code_can_ask_the_web(folder: str) -> None:
    """No client of HTTP or mail is imported, but in one place: what does not exist needs no guard."""
    found = []
    for path in sorted({*(ROOT / folder).rglob("*.py")} - {EXCEPT}):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{path}: {name}" for name in names if name.startswith(CLIENTS)]
    assert found == []


async def test_a_destination_hears_from_visitors_alone(system: System) -> None:
    """Links are made, shown, asked about and followed on every surface; nobody of ours looks where they lead."""
    calls: list[str] = []

    def heard(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append("a connection")
        writer.close()

    listener = await asyncio.start_server(heard, "127.0.0.2", 0)
    port = listener.sockets[0].getsockname()[1]
    # Not 127.0.0.1, which is the installation itself.
    url = f"http://127.0.0.2:{port}/page"
    async with listener, system.client() as owner, accounts_on(system) as new_account:
        stranger = await new_account()
        codes = [
            (await owner.post("/v1/links", json={"destination": url})).json()["code"],
            (await owner.post("/api/shorten", json={"url": f"{url}?shtr"})).json()["code"],
            (await owner.post("/api/v1/shorten", json={"long_url": f"{url}?spoo"})).json()["alias"],
        ]
        short_urls = [f"{owner.base_url}/{code}" for code in codes]
        await owner.post(
            "/links",
            json={"originalURL": f"{url}?shortio", "domain": "localhost"},
            headers={"authorization": str(owner.headers["authorization"]).removeprefix("Bearer ")},
        )
        for short_url in short_urls:
            await stranger.get("shorten", longUrl=f"{url}?bitly")
            await stranger.get("link/info", link=short_url)
            await stranger.get("expand", shortUrl=short_url)
        for code in codes:
            preview = await owner.get(f"/{code}+")
            followed = await owner.get(f"/{code}", headers={"user-agent": BROWSER})
            assert (preview.status_code, followed.status_code) == (200, 302)
        # It can be reached: the visitor's own request arrives.
        async with httpx.AsyncClient(trust_env=False) as visitor:
            with pytest.raises(httpx.HTTPError):
                await visitor.get(url)
    assert calls == ["a connection"]
