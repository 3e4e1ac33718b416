"""HTTP/2 at the real process, as the gateway speaks it."""

import asyncio
from pathlib import Path

import httpx

from services.redirect.http.http2 import framing
from tests.support.http2_client import Http2Client
from tests.support.redirect import BROWSER, System, running_redirect
from tests.support.wait import eventually


def gateway(system: System) -> httpx.AsyncClient:
    """Return a client that speaks HTTP/2 without asking, as a browser would send."""
    transport = httpx.AsyncHTTPTransport(http1=False, http2=True)
    return httpx.AsyncClient(
        base_url=f"http://{system.http_address}", transport=transport, headers={"user-agent": BROWSER}, timeout=60
    )


async def test_everything_is_served_as_by_http_1(tmp_path: Path) -> None:
    """Redirects and their clicks, pages, HEAD, methods, the password form: each answer is the same but for its date."""
    async with running_redirect(tmp_path, RATE_LIMITS="off") as system, gateway(system) as client:
        system.links.add("abc", redirect_status=307)
        link = system.links.add("guarded", password_version="1")
        system.links.passwords[link.link_id] = "x"
        asked = [("GET", path) for path in ("/abc?a=%20", "/abc+", "/guarded", "/nope", "/", "/robots.txt", "/healthz")]
        asked += [("HEAD", "/abc"), ("HEAD", "/guarded"), ("GET", "/favicon.ico"), ("PUT", "/abc"), ("OPTIONS", "/abc")]
        for method, path in asked:
            two, one = await client.request(method, path), await system.client.request(method, path)
            assert two.http_version == "HTTP/2"
            assert (two.status_code, two.content) == (one.status_code, one.content)
            assert {**two.headers, "date": ""} == {**one.headers, "date": ""}
        right = await client.post("/guarded", data={"password": "x"})
        assert right.status_code == 303
        assert (await client.get("/guarded")).headers["location"] == link.destination
        assert (await client.post("/guarded", data={"password": "x" * 100_000})).status_code == 413
        await eventually(lambda: system.analytics.followed()["a=%20"] == 2)


async def test_many_requests_share_a_connection(tmp_path: Path) -> None:
    """Known links and unknown ones at once, each to its own destination, and every click counted once."""
    async with running_redirect(tmp_path, RATE_LIMITS="off") as system, gateway(system) as client:
        for number in range(400):
            system.links.add(f"code-{number}")
        for _ in range(2):
            answers = await asyncio.gather(*(client.get(f"/code-{number}") for number in range(400)))
            assert [answer.headers["location"] for answer in answers] == [
                f"https://example.com/code-{number}" for number in range(400)
            ]
        await eventually(lambda: len(system.analytics.clicks) == 800)


async def test_strangers_are_not_served_http2(tmp_path: Path) -> None:
    """Who is no trusted proxy speaks HTTP/1.1, in which the preface is no request."""
    async with running_redirect(tmp_path, TRUSTED_PROXIES="none") as system:
        system.links.add("abc")
        client = Http2Client()
        client.ask()
        answer = await system.raw(client.take())
        assert answer.startswith(b"HTTP/1.1 400")
        assert (await system.get("/abc")).status_code == 302


async def test_on_a_unix_socket_the_gateway_is_served_http2(tmp_path: Path) -> None:
    """Who may enter the socket's folder is one of us; the address that it names is believed."""
    listen = f"unix:{tmp_path}/http"
    async with running_redirect(tmp_path, HTTP_LISTEN=listen, TRUSTED_PROXIES="none") as system:
        system.links.add("abc")
        transport = httpx.AsyncHTTPTransport(uds=f"{tmp_path}/http", http1=False, http2=True)
        headers = {"user-agent": BROWSER, "x-linkmeter-client-ip": "198.51.100.7"}
        async with httpx.AsyncClient(base_url="http://localhost", transport=transport, headers=headers) as client:
            assert (await client.get("/abc")).status_code == 302
        await eventually(lambda: system.analytics.clicks)
        assert system.analytics.clicks[0].ip == "198.51.100.7"


async def test_a_broken_connection_costs_the_others_nothing(tmp_path: Path) -> None:
    """S15: blocks without end, tables that cannot be, streams that are reset by the thousand."""
    async with running_redirect(tmp_path) as system, gateway(system) as other:
        system.links.add("abc")
        assert (await other.get("/abc")).status_code == 302
        begin = framing.PREFACE + framing.settings_frame({})
        get = bytes.fromhex("8286") + b"\x41\x09localhost\x44\x04/abc"
        floods = [
            framing.frame(framing.HEADERS, 0, 1, get) + framing.frame(framing.CONTINUATION, 0, 1) * 100_000,
            framing.frame(framing.HEADERS, 5, 1, b"\xff"),
            b"".join(
                framing.frame(framing.HEADERS, 5, number, get) + framing.reset_frame(number, framing.CANCEL)
                for number in range(1, 20_001, 2)
            ),
        ]
        for flood in floods:
            await system.raw(begin + flood)
            assert (await other.get("/abc")).status_code == 302
        assert system.process is not None
        assert system.process.is_running


async def test_a_leaving_process_tells_the_gateway_before_it_ends(tmp_path: Path) -> None:
    """R6: what was sent before that was heard of is answered and counted; then the connection ends."""
    async with running_redirect(tmp_path, DRAIN_SECONDS="1") as system:
        system.links.add("abc")
        host, _, port = system.http_address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        client = Http2Client()
        client.ask("/abc?first", ("user-agent", BROWSER))
        writer.write(client.take())
        while not client.ended():
            client.receive(await reader.read(65_536))
        stopping = asyncio.create_task(system.stop())
        received = b""
        while not (frames := _goodbyes(received)):
            received += await reader.read(65_536)
        assert frames == [framing.MOST_WINDOW]
        client.ask("/abc?late", ("user-agent", BROWSER))
        writer.write(client.take())
        received += await reader.read()
        assert _goodbyes(received) == [framing.MOST_WINDOW, 3]
        writer.close()
        await stopping
        assert system.analytics.followed() == {"first": 1, "late": 1}


def _goodbyes(received: bytes) -> list[int]:
    """Return the last streams that GOAWAYs name."""
    frames = framing.FrameReader(100_000).feed(framing.PREFACE + received)
    return [int.from_bytes(payload[:4]) for kind, _, _, payload in frames if kind == framing.GOAWAY]
