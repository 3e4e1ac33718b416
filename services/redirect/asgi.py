"""The data plane as an ASGI application, for any other server."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, TypeAlias

from services.redirect.data_plane import DataPlane
from services.redirect.facts import FactFinder, plain_address

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

BODY_SECONDS: Final = 10.0


class AsgiApplication:
    """Carries requests from an ASGI server to the data plane; whoever hosts it starts and ends the rest."""

    def __init__(self, *, data_plane: DataPlane, facts: FactFinder) -> None:
        self._data_plane = data_plane
        self._facts = facts

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise ValueError(f"not an HTTP request: {scope['type']}")
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.lower(), value)
        facts = self._facts.gather(
            peer=plain_address((scope.get("client") or ("",))[0]),
            method=scope["method"],
            scheme=scope["scheme"],
            path=scope["path"],
            query=scope["query_string"].decode("ascii", "replace"),
            header=lambda name: headers.get(name.encode(), b"").decode("utf-8", "replace"),
        )
        answer = await self._data_plane.answer(facts, lambda most: _read_body(receive, most))
        body = b"" if facts.method == "HEAD" else answer.body.encode()
        encoded = [(name.encode(), value.encode()) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
        await send({"type": "http.response.body", "body": body})


async def _read_body(receive: Receive, most: int) -> bytes | None:
    """Read the body; None when it has more bytes than wanted, TimeoutError when it does not end."""
    body = bytearray()
    async with asyncio.timeout(BODY_SECONDS):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise TimeoutError("the visitor left before the end")
            body += message.get("body", b"")
            if len(body) > most:
                return None
            if not message.get("more_body"):
                return bytes(body)
