"""Send the failures of every call as the dialect renders them that it belongs to."""

from __future__ import annotations  # RpcMethodHandler is generic in its stubs only.

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import grpc

from gateway.compat.shared import http_metadata
from gateway.compat.shared.http_metadata import Context, ErrorResponse
from gateway.compat.shared.refusal import Refusal
from services.common import errors
from services.runtime import request_id

# Renders an error as a dialect reports it.
ErrorRenderer = Callable[[errors.LinkmeterError], ErrorResponse]


class ErrorInterceptor(grpc.aio.ServerInterceptor):
    """Puts HTTP status and body of a failed call into its initial metadata, then lets the failure go on."""

    def __init__(self, renderers: Mapping[str, ErrorRenderer]) -> None:
        """Take the renderers of errors by full service name."""
        self._renderers = renderers

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        """Return the handler of a call, wrapped if it is a dialect's; others (health, reflection) as they are."""
        handler = await continuation(handler_call_details)
        service = handler_call_details.method.strip("/").partition("/")[0]
        render = self._renderers.get(service)
        if handler is None or render is None or handler.request_streaming:
            return handler
        if handler.response_streaming:
            return grpc.unary_stream_rpc_method_handler(
                _rendering_stream(handler.unary_stream, render),
                request_deserializer=handler.request_deserializer,
                response_serializer=_stable(handler.response_serializer),
            )
        return grpc.unary_unary_rpc_method_handler(
            _rendering(handler.unary_unary, render),
            request_deserializer=handler.request_deserializer,
            response_serializer=_stable(handler.response_serializer),
        )


def _rendering(behaviour: Any, render: ErrorRenderer) -> Any:
    async def respond(request: object, context: Context) -> object:
        http_metadata.begin()
        async with _failures(context, render):
            response = await behaviour(request, context)
            await http_metadata.send_headers(context)
        return response

    return respond


def _rendering_stream(behaviour: Any, render: ErrorRenderer) -> Any:
    # A stream fails before its first message or not at all: after it, the status has gone out.
    async def respond(request: object, context: Context) -> AsyncIterator[object]:
        http_metadata.begin()
        async with _failures(context, render):
            async for item in behaviour(request, context):
                await http_metadata.send_headers(context)
                yield item
            await http_metadata.send_headers(context)

    return respond


@asynccontextmanager
async def _failures(context: Context, render: ErrorRenderer) -> AsyncIterator[None]:
    """Send HTTP callers a failure as the dialect renders it, and let gRPC callers have its cause."""
    try:
        yield
    except Refusal as refusal:
        await http_metadata.send_error(context, refusal.response)
        raise refusal.cause from None
    except errors.LinkmeterError as error:
        await http_metadata.send_error(context, render(error))
        raise
    except Exception:
        unexpected = errors.Internal(f"internal error, request id {request_id.current()}")
        await http_metadata.send_error(context, render(unexpected))
        raise


def _stable(serialize: Any) -> Any:
    # The keys of objects without a shape come in one order, so that equal responses are equal texts.
    return partial(serialize, deterministic=True)
