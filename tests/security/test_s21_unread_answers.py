"""Promise S21: answers that are asked for and never read cost others nothing."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import h2.config
import h2.connection
import pytest

from linkmeter.links.v1 import link_service_pb2, links_pb2
from services.runtime.answer_size import MOST_BYTES
from tests.support.edge import Edge, running_edge

_ANSWERS = 30
# Its bound of heap is 384 MiB; the rest is what is on its way, and the program itself.
_MOST_MIB = 640


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """Run a gateway of its own, for its memory is measured."""
    with running_edge(tmp_path_factory.mktemp("edge")) as edge:
        yield edge


async def test_unread_answers_are_bounded(edge: Edge) -> None:
    """While one client does not read thirty of the largest answers, others are answered, and memory has its bound."""
    note = "n" * 4096
    links = [links_pb2.Link(note=note)] * (MOST_BYTES // (len(note) + 8))
    edge.services.answer("linkmeter.links.v1.LinkService/ListLinks", link_service_pb2.ListLinksResponse(links=links))
    reader, writer = await asyncio.open_connection("127.0.0.1", edge.port)
    peer = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
    peer.initiate_connection()
    names = {":method": "GET", ":scheme": "http", ":authority": "x", ":path": "/v1/links"}
    for number in range(_ANSWERS):
        peer.send_headers(2 * number + 1, list(names.items()), end_stream=True)
    writer.write(peer.data_to_send())
    most = 0
    async with edge.client() as other:
        for _ in range(100):
            most = max(most, _resident_mib(edge))
            assert (await other.get("/v1/links/5", timeout=30)).status_code == 200
            if len(edge.services.calls) >= 2 * _ANSWERS:
                break
            await asyncio.sleep(0.1)
    del reader
    writer.close()
    assert most < _MOST_MIB


def _resident_mib(edge: Edge) -> int:
    status = Path(f"/proc/{edge.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1]) // 1024
