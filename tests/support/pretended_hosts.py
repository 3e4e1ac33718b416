"""Hosts of the Internet, played by our gateway: for clients whose host names are part of their code.

A proxy takes all connections to them, ends TLS with a certificate of a made-up authority, and passes on to the gateway
what comes. Clients only need the environment that programs behind a proxy have.
"""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import trustme

_CHUNK = 65536


@asynccontextmanager
async def pretended_hosts(folder: Path, hosts: Sequence[str], gateway_port: int) -> AsyncIterator[dict[str, str]]:
    """Play the hosts; yields the environment for programs that shall meet them."""
    authority = trustme.CA()
    bundle = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*hosts).configure_cert(context)
    proxy = _Proxy(context, gateway_port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield {
            **os.environ,
            **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), address),
            **dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), str(bundle)),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), ""),
        }
    finally:
        server.close()


class _Proxy:
    def __init__(self, context: ssl.SSLContext, gateway_port: int) -> None:
        self._context = context
        self._gateway_port = gateway_port

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one connection."""
        # Clients break connections off; that is their business.
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"CONNECT "):
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
                await writer.drain()
                await writer.start_tls(self._context)
                head = await reader.readuntil(b"\r\n\r\n")
            await self._pass_on(head, reader, writer)
        writer.close()

    async def _pass_on(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        gateway_reader, gateway_writer = await asyncio.open_connection("127.0.0.1", self._gateway_port)
        gateway_writer.write(_one_request(head))
        sending = asyncio.create_task(_copy(reader, gateway_writer))
        try:
            await _copy(gateway_reader, writer)
        finally:
            sending.cancel()
            gateway_writer.close()


def _one_request(head: bytes) -> bytes:
    """Write the request as one to its host alone, which closes the connection afterwards."""
    request_line, *headers = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    method, target, version = request_line.split(b" ", 2)
    if target.startswith(b"http://"):
        target = b"/" + target.removeprefix(b"http://").partition(b"/")[2]
    kept = [line for line in headers if not line.lower().startswith((b"connection:", b"proxy-"))]
    return b"\r\n".join([b" ".join([method, target, version]), *kept, b"connection: close", b"", b""])


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
