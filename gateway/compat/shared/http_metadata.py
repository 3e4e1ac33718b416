"""HTTP facts that gRPC has no place for: they travel as initial metadata, and the gateway turns them into HTTP.

Both sides agree on these keys; the gateway strips those with x- before a response leaves.
"""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import grpc

from services.common.ip_addresses import CLIENT_IP_KEY

# In responses: the HTTP status.
STATUS_KEY: Final = "x-http-code"
# In requests: the path as it came to the gateway.
ORIGINAL_PATH_KEY: Final = "x-envoy-original-path"
# In failures: the body in place of the gateway's own, ASCII.
ERROR_BODY_KEY: Final = "x-error-body"

Context = grpc.aio.ServicerContext[Any, Any]

# The headers that the response of the present call will have: they must go out all at once.
_later: Final[ContextVar[list[tuple[str, str]] | None]] = ContextVar("later_headers", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorResponse:
    """A failure as a dialect reports it over HTTP."""

    http_status: int
    body: Mapping[str, object]
    retry_after_seconds: int | None = None


def begin() -> None:
    """Forget the headers that calls before have added."""
    _later.set([])


def add_header(name: str, value: str) -> None:
    """Add a header to the response of the present call, whatever that will be; the last of a name counts."""
    later = _later.get()
    if later is not None:
        later[:] = [(known, old) for known, old in later if known != name] + [(name, value)]


async def send_headers(context: Context) -> None:
    """Send the headers that were added and not sent yet."""
    if later := _take():
        await context.send_initial_metadata(grpc.aio.Metadata(*later))


def _take() -> list[tuple[str, str]]:
    later = _later.get() or []
    _later.set(None)
    return later


async def send_status(context: Context, http_status: int, **headers: str) -> None:
    """Send this HTTP status and these headers; underscores in names stand for hyphens."""
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    await context.send_initial_metadata(grpc.aio.Metadata((STATUS_KEY, str(http_status)), *named, *_take()))


async def send_error(context: Context, response: ErrorResponse) -> None:
    """Send the status, headers and body of a failure; the gRPC status goes its own way."""
    metadata = grpc.aio.Metadata(
        (STATUS_KEY, str(response.http_status)),
        # Metadata is ASCII, and so is this JSON.
        (ERROR_BODY_KEY, json.dumps(response.body, ensure_ascii=True)),
        *_take(),
    )
    if response.retry_after_seconds is not None:
        metadata.add("retry-after", str(response.retry_after_seconds))
    await context.send_initial_metadata(metadata)


def client_ip(context: Context) -> str:
    """Return the visitor's address; empty when the gateway did not give it."""
    for key, value in context.invocation_metadata() or ():
        if key == CLIENT_IP_KEY and isinstance(value, str):
            return value
    return ""


def original_query(context: Context) -> str:
    """Return the query of the URL as it came to the gateway; empty for native calls."""
    for key, value in context.invocation_metadata() or ():
        if key == ORIGINAL_PATH_KEY and isinstance(value, str):
            return urlsplit(value).query
    return ""
