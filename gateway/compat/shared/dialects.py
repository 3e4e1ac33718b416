"""Answer failures of every call in the words of the dialect that it belongs to."""

from __future__ import annotations  # RpcMethodHandler is generic in its stubs only.

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import grpc

from gateway.compat.shared import http_metadata
from gateway.compat.shared.http_metadata import Context, ErrorAnswer
from services.common import errors
from services.runtime import request_id

# How a dialect words an error.
Wording = Callable[[errors.LinkmeterError], ErrorAnswer]


class DialectInterceptor(grpc.aio.ServerInterceptor):
    """Puts HTTP status and body of a failed call into its initial metadata, then lets the failure go on."""

    def __init__(self, wordings: Mapping[str, Wording]) -> None:
        """Take how errors are worded, by full service name."""
        self._wordings = wordings

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        """Wrap the handlers of the dialects' services; others (health, reflection) pass as they are."""
        handler = await continuation(handler_call_details)
        service = handler_call_details.method.strip("/").partition("/")[0]
        wording = self._wordings.get(service)
        if handler is None or wording is None or handler.request_streaming:
            return handler
        if handler.response_streaming:
            return grpc.unary_stream_rpc_method_handler(
                _worded_stream(handler.unary_stream, wording),
                request_deserializer=handler.request_deserializer,
                response_serializer=_stable(handler.response_serializer),
            )
        return grpc.unary_unary_rpc_method_handler(
            _worded(handler.unary_unary, wording),
            request_deserializer=handler.request_deserializer,
            response_serializer=_stable(handler.response_serializer),
        )


def _worded(behaviour: Any, wording: Wording) -> Any:
    async def answer(request: object, context: Context) -> object:
        http_metadata.begin()
        try:
            response = await behaviour(request, context)
            await http_metadata.send_headers(context)
        except errors.LinkmeterError as error:
            await http_metadata.send_error(context, wording(error))
            raise
        except Exception:
            unexpected = errors.Internal(f"internal error, request id {request_id.current()}")
            await http_metadata.send_error(context, wording(unexpected))
            raise
        return response

    return answer


def _worded_stream(behaviour: Any, wording: Wording) -> Any:
    # A stream fails before its first answer or not at all: after it, the status has gone out.
    async def answer(request: object, context: Context) -> AsyncIterator[object]:
        http_metadata.begin()
        try:
            async for item in behaviour(request, context):
                await http_metadata.send_headers(context)
                yield item
            await http_metadata.send_headers(context)
        except errors.LinkmeterError as error:
            await http_metadata.send_error(context, wording(error))
            raise
        except Exception:
            unexpected = errors.Internal(f"internal error, request id {request_id.current()}")
            await http_metadata.send_error(context, wording(unexpected))
            raise

    return answer


def _stable(serialize: Any) -> Any:
    # The keys of objects without a shape come in one order, so that equal answers are equal texts.
    return partial(serialize, deterministic=True)
