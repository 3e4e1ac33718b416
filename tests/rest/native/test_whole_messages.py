"""Promise S21: a service meets whole messages only, so that nobody holds its calls by beginning them."""

import asyncio
from collections.abc import AsyncIterator

import grpc
import h2.config
import h2.connection
import h2.events
import pytest

from linkmeter.links.v1 import links_pb2
from tests.support.edge import Edge, Services

GET_LINK = "/linkmeter.links.v1.LinkService/GetLink"
MESSAGE = b"\x08\x05"
FRAME = b"\x00\x00\x00\x00\x02" + MESSAGE


class Call:
    """One gRPC call, frame by frame."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._connection = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self._connection.initiate_connection()
        self.answer: dict[str, str] = {}

    @classmethod
    async def begin(cls, edge: Edge, *, ends: bool = False, content_type: str = "application/grpc") -> "Call":
        """Send the headers."""
        call = cls(*await asyncio.open_connection("127.0.0.1", edge.port))
        names = {":method": "POST", ":scheme": "http", ":authority": "x", ":path": GET_LINK, "te": "trailers"}
        call._connection.send_headers(1, [*names.items(), ("content-type", content_type)], end_stream=ends)
        await call._flush()
        return call

    async def send(self, data: bytes, *, ends: bool) -> None:
        """Send a piece of the body."""
        self._connection.send_data(1, data, end_stream=ends)
        await self._flush()

    async def status(self) -> str:
        """Wait for the end and return grpc-status."""
        async with asyncio.timeout(20):
            while True:
                for event in self._connection.receive_data(await self._reader.read(65536)):
                    if isinstance(event, h2.events.ResponseReceived | h2.events.TrailersReceived):
                        self.answer |= {str(name): str(value) for name, value in event.headers}
                    if isinstance(event, h2.events.StreamEnded):
                        return self.answer.get("grpc-status", "")

    def close(self) -> None:
        """Hang up."""
        self._writer.close()

    async def _flush(self) -> None:
        self._writer.write(self._connection.data_to_send())
        await self._writer.drain()


@pytest.fixture
async def calls() -> AsyncIterator[list[Call]]:
    """Remember calls, to end them."""
    kept: list[Call] = []
    yield kept
    for call in kept:
        call.close()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"\x00\x00\x00\x00",
        b"\x00\x00\x00\x00\x05" + MESSAGE,
        b"\x00\xff\xff\xff\xff" + MESSAGE,
        b"\x00\x00\x00\x00\x01" + MESSAGE,
        b"\x02\x00\x00\x00\x02" + MESSAGE,
        FRAME + FRAME,
    ],
)
async def test_what_is_no_whole_message_is_refused(edge: Edge, services: Services, body: bytes) -> None:
    """A message is missing, cut, overlong or doubled: INVALID_ARGUMENT, and the service hears nothing of it."""
    call = await Call.begin(edge, ends=not body)
    if body:
        await call.send(body, ends=True)
    assert await call.status() == "3"
    assert call.answer["grpc-message"] == "the call must carry one whole message"
    assert services.calls == []
    call.close()


@pytest.mark.parametrize("content_type", ["application/grpc", "application/grpc+proto", "application/grpc-web"])
async def test_a_service_waits_for_nobody(edge: Edge, services: Services, calls: list[Call], content_type: str) -> None:
    """It hears of a call when all of the message is there, in whatever pieces it came."""
    services.answer(GET_LINK[1:], links_pb2.Link(code="abc"))
    for _ in range(50):
        calls.append(await Call.begin(edge, content_type=content_type))
        await calls[-1].send(FRAME[:6], ends=False)
    whole = await Call.begin(edge, content_type=content_type)
    for at in range(len(FRAME)):
        await whole.send(FRAME[at : at + 1], ends=at == len(FRAME) - 1)
    await whole.status()
    assert [call.request.link_id for call in services.calls] == [5]
    whole.close()


async def test_messages_that_are_too_large_are_refused(edge: Edge, services: Services) -> None:
    """More than a mebibyte is RESOURCE_EXHAUSTED, as the services would say themselves."""
    async with edge.channel() as channel:
        call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(GET_LINK)
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await call(b"\x0a" * 1_200_000, timeout=20)
    assert raised.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert services.calls == []
