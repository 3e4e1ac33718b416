"""R6: what a gateway does between being told to leave and its end."""

import asyncio
import os
from pathlib import Path

from tests.support.edge import Edge, running_edge
from tests.support.wait import eventually

LEAVE = Path(__file__).parents[3] / "deploy" / "images" / "leave.sh"
GET = b"GET /abc HTTP/1.1\r\nhost: sho.rt\r\n\r\n"


async def test_a_connection_that_is_kept_is_told_before_it_ends(tmp_path: Path) -> None:
    """Whoever asks for nothing while the gateway leaves is waited for, and told with the next answer."""
    with running_edge(tmp_path) as edge:
        reader, writer = await asyncio.open_connection("127.0.0.1", edge.port)
        writer.write(GET)
        assert b"connection: close" not in await _head(reader)
        leaving = await _leave(edge, least=0, most=120)
        await eventually(lambda: _is_told_to_go(edge))
        assert leaving.returncode is None
        writer.write(GET)
        head = await _head(reader)
        assert head.startswith(b"HTTP/1.1 200")
        assert b"connection: close" in head
        assert await reader.read() == b""
        writer.close()
        async with asyncio.timeout(30):
            assert await leaving.wait() == 0


async def test_a_client_that_never_goes_does_not_keep_the_gateway(tmp_path: Path) -> None:
    """It had its time."""
    with running_edge(tmp_path) as edge:
        _, writer = await asyncio.open_connection("127.0.0.1", edge.port)
        leaving = await _leave(edge, least=0, most=1)
        async with asyncio.timeout(30):
            assert await leaving.wait() == 0
        writer.close()


async def _leave(edge: Edge, *, least: int, most: int) -> asyncio.subprocess.Process:
    environment = {"PATH": os.environ["PATH"], "LINKMETER_ENVOY_ADMIN_PORT": str(edge.admin_port)}
    return await asyncio.create_subprocess_exec("bash", str(LEAVE), str(least), str(most), env=environment)


async def _is_told_to_go(edge: Edge) -> bool:
    return b"connection: close" in await edge.raw(GET)


async def _head(reader: asyncio.StreamReader) -> bytes:
    """Read an answer, and return its head."""
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
    return head
