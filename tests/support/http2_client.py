"""A client of HTTP/2 that is not ours, hyper-h2, and frames that it would never send."""

from collections.abc import Iterable

import h2.config
import h2.connection
import h2.events
from h2.settings import SettingCodes

Fields = Iterable[tuple[str, str]]


class Http2Client:
    """Holds both what a client knows of a connection and the bytes that it has to send."""

    def __init__(self, *, initial_window: int | None = None) -> None:
        # Checks what a server must not do, and not what this client does.
        config = h2.config.H2Configuration(validate_outbound_headers=False)
        self.connection = h2.connection.H2Connection(config)
        self.connection.initiate_connection()
        if initial_window is not None:
            self.connection.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: initial_window})
        self.events: list[h2.events.Event] = []

    def ask(self, path: str = "/abc", *more: tuple[str, str], method: str = "GET", body: bytes | None = None) -> int:
        """Ask for a path with further headers; return the stream."""
        stream = self.connection.get_next_available_stream_id()
        fields = [(":method", method), (":scheme", "http"), (":authority", "localhost"), (":path", path), *more]
        self.connection.send_headers(stream, fields, end_stream=body is None)
        if body is not None:
            self.connection.send_data(stream, body, end_stream=True)
        return stream

    def take(self) -> bytes:
        """Return what is to be sent."""
        return self.connection.data_to_send()

    def receive(self, data: bytes) -> None:
        """Read what the server sent; raise h2.exceptions.ProtocolError when it must not."""
        self.events += self.connection.receive_data(data)

    def statuses(self) -> dict[int, int]:
        """Return the status of each stream that has a response."""
        answered = [event for event in self.events if isinstance(event, h2.events.ResponseReceived)]
        return {event.stream_id: int(dict(event.headers)[b":status"]) for event in answered}

    def body(self, stream: int) -> bytes:
        """Return what has come of a response's body."""
        pieces = [event for event in self.events if isinstance(event, h2.events.DataReceived)]
        return b"".join(event.data for event in pieces if event.stream_id == stream)

    def ended(self) -> set[int]:
        """Return the streams whose response is complete."""
        return {event.stream_id for event in self.events if isinstance(event, h2.events.StreamEnded)}

    def resets(self) -> dict[int, int]:
        """Return the error code of each stream that the server reset."""
        resets = [event for event in self.events if isinstance(event, h2.events.StreamReset)]
        return {event.stream_id: int(event.error_code or 0) for event in resets}

    def goodbyes(self) -> list[int]:
        """Return the error codes with which the server ended the connection."""
        ended = [event for event in self.events if isinstance(event, h2.events.ConnectionTerminated)]
        return [int(event.error_code or 0) for event in ended]
