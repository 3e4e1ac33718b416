"""What happens around every call that a service answers."""

from __future__ import annotations  # RpcMethodHandler is generic in its stubs only

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from types import TracebackType
from typing import Any, Final, Self

import grpc

from services.common import errors
from services.runtime import log, metrics, request_id, rpc_errors, tracing

DEFAULT_DEADLINE_SECONDS: Final = 10.0
LONGEST_DEADLINE_SECONDS: Final = 60.0
# Who does not take a message of a stream for so long is not kept on.
WRITE_SECONDS: Final = 20.0

# Lasts as long as the client cares, and writes by itself instead of yielding.
_WATCH: Final = "/grpc.health.v1.Health/Watch"

_logger = log.get(__name__)

Context = grpc.aio.ServicerContext[Any, Any]
# Turns a library's exception into an error of ours, or answers None.
Translator = Callable[[Exception], errors.LinkmeterError | None]


class CallInterceptor(grpc.aio.ServerInterceptor):
    """Gives each call a request id, a deadline, a span, metrics, and a proper status when it fails."""

    def __init__(
        self,
        translate: Translator = lambda _: None,
        *,
        default_deadline_seconds: float = DEFAULT_DEADLINE_SECONDS,
        longest_deadline_seconds: float = LONGEST_DEADLINE_SECONDS,
        write_seconds: float = WRITE_SECONDS,
    ) -> None:
        self._translate = translate
        self._default_seconds = default_deadline_seconds
        self._longest_seconds = longest_deadline_seconds
        self._write_seconds = write_seconds

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        """Wrap the handler of a unary request; reflection and watches of health pass as they are."""
        handler = await continuation(handler_call_details)
        method = handler_call_details.method
        if handler is None or handler.request_streaming or method == _WATCH:
            return handler
        if handler.response_streaming:
            return grpc.unary_stream_rpc_method_handler(
                self._around_stream(method, handler.unary_stream),
                request_deserializer=handler.request_deserializer,
                response_serializer=handler.response_serializer,
            )
        return grpc.unary_unary_rpc_method_handler(
            self._around_unary(method, handler.unary_unary),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    def _around_unary(self, method: str, behaviour: Any) -> Any:
        async def answer(request: object, context: Context) -> object:
            async with _Call(
                method, context, self._translate, self._seconds_for(context, default=self._default_seconds)
            ):
                return await behaviour(request, context)

        return answer

    def _around_stream(self, method: str, behaviour: Any) -> Any:
        # Writes instead of yielding: what ends the call while a client takes nothing has to be raised here.
        async def answer(request: object, context: Context) -> None:
            # A stream may last, unless its client has a deadline.
            seconds = self._seconds_for(context, default=self._longest_seconds)
            async with (
                _Call(method, context, self._translate, seconds) as call,
                aclosing(behaviour(request, context)) as responses,
            ):
                async for response in responses:
                    call.note_answer()
                    await self._write(context, response)

        return answer

    async def _write(self, context: Context, response: object) -> None:
        try:
            async with asyncio.timeout(self._write_seconds):
                await context.write(response)
        except TimeoutError:
            raise errors.Aborted(f"a message was not taken for {self._write_seconds:g} seconds") from None

    def _seconds_for(self, context: Context, *, default: float) -> float:
        remaining = context.time_remaining()
        # Without deadline some versions answer a huge number instead of None.
        if remaining is None or remaining > 365 * 86400:
            return default
        return min(remaining, self._longest_seconds)


class _Call:
    """One call in hand."""

    def __init__(self, method: str, context: Context, translate: Translator, seconds: float) -> None:
        self._method = method
        self._context = context
        self._translate = translate
        self._timeout = asyncio.timeout(seconds)
        self._code = grpc.StatusCode.OK.name
        self._answered: float | None = None

    def note_answer(self) -> None:
        """Note that a stream has begun: what is measured is the time until then."""
        self._answered = self._answered or time.perf_counter()

    async def __aenter__(self) -> Self:
        metadata = {key: value for key, value in self._context.invocation_metadata() or () if isinstance(value, str)}
        request_id.adopt(metadata.get(request_id.KEY, ""))
        self._started = time.perf_counter()
        self._span = tracing.server_span(self._method, metadata)
        self._span.__enter__()
        metrics.RPC_IN_FLIGHT.inc()
        await self._timeout.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        timed_out = False
        try:
            await self._timeout.__aexit__(kind, error, stack)
        except TimeoutError:
            timed_out = True
        try:
            if timed_out:
                await self._fail(errors.DeadlineExceeded("there was no time left to answer"))
            elif isinstance(error, errors.LinkmeterError):
                await self._fail(error)
            elif isinstance(error, Exception) and not isinstance(error, grpc.aio.AbortError):
                await self._fail(self._translate(error) or self._unexpected(error))
            elif error is not None:
                self._code = "CANCELLED" if isinstance(error, asyncio.CancelledError) else "ABORTED_BY_SERVICER"
        finally:
            metrics.RPC_IN_FLIGHT.dec()
            metrics.RPC_SECONDS.labels(self._method, self._code).observe(
                (self._answered or time.perf_counter()) - self._started
            )
            self._span.__exit__(kind, error, stack)

    async def _fail(self, error: errors.LinkmeterError) -> None:
        code = rpc_errors.code_of(error)
        self._code = code.name
        details = (rpc_errors.STATUS_DETAILS_KEY, rpc_errors.status_of(error).SerializeToString())
        trailing = (*self._context.trailing_metadata(), details)
        await self._context.abort(code, error.description, trailing_metadata=trailing)

    def _unexpected(self, error: Exception) -> errors.LinkmeterError:
        metrics.UNEXPECTED_ERRORS.labels(self._method).inc()
        _logger.failure("unexpected_error", error, method=self._method)
        return errors.Internal(f"internal error, request id {request_id.current()}")
