"""A DNS server on loopback: real messages over UDP and TCP, with the records that a test gives it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

_UDP_BYTES = 1232


@dataclass(slots=True)
class DnsServer:
    """What the server knows, and what it was asked."""

    # TXT records by name, without final dot.
    texts: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    is_failing: bool = False
    port: int = 0

    @property
    def address(self) -> str:
        """The address as LINKMETER_DNS_RESOLVER has it."""
        return f"127.0.0.1:{self.port}"

    def answer(self, wire: bytes, most: int) -> bytes:
        """Answer a message; one that is too long says so, and the client comes again over TCP."""
        query = dns.message.from_wire(wire)
        [question] = query.question
        name = question.name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if self.is_failing:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif name not in self.texts:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif question.rdtype == dns.rdatatype.TXT and self.texts[name]:
            quoted = [f'"{text}"' for text in self.texts[name]]
            response.answer.append(dns.rrset.from_text(question.name, 1, "IN", "TXT", *quoted))
        whole = response.to_wire(max_size=65_535)
        if len(whole) <= most:
            return whole
        response.answer.clear()
        response.flags |= dns.flags.TC
        return response.to_wire()


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Any: asyncio's own transport is no DatagramTransport.
        self._transport: Any = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        self._transport.sendto(self._server.answer(data, _UDP_BYTES), address)


@asynccontextmanager
async def running_dns() -> AsyncIterator[DnsServer]:
    """Run a server that knows nothing yet."""
    server = DnsServer()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            size = int.from_bytes(await reader.readexactly(2))
            answer = server.answer(await reader.readexactly(size), 65_535)
            writer.write(len(answer).to_bytes(2) + answer)
            await writer.drain()
        writer.close()

    tcp = await asyncio.start_server(serve, "127.0.0.1", 0)
    server.port = tcp.sockets[0].getsockname()[1]
    udp, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Udp(server), local_addr=("127.0.0.1", server.port)
    )
    try:
        yield server
    finally:
        udp.close()
        tcp.close()
