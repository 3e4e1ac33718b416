"""How much of a server clients may take at once, so that one leaves room for the others, and all for our own calls."""

from __future__ import annotations  # RpcMethodHandler is generic in its stubs only

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import Any

import grpc

from services.common.errors import ResourceExhausted
from services.common.ip_addresses import CLIENT_IP_KEY, client_network
from services.runtime.interceptors import Context


class CallAllowance:
    """Counts the calls in hand that came through the gateway, in all and by client."""

    def __init__(self, *, most: int, most_per_client: int) -> None:
        self._most = most
        self._most_per_client = most_per_client
        self._clients: Counter[str] = Counter()
        self._total = 0

    @contextmanager
    def place(self, client_ip: str) -> Iterator[None]:
        """Take a place while a call lasts; ResourceExhausted when there is none."""
        client = client_network(client_ip)
        if self._clients[client] >= self._most_per_client:
            raise ResourceExhausted("too many calls at once from this address")
        if self._total >= self._most:
            raise ResourceExhausted("too many calls at once")
        self._clients[client] += 1
        self._total += 1
        try:
            yield
        finally:
            self._total -= 1
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]


class AllowanceInterceptor(grpc.aio.ServerInterceptor):
    """Refuses calls of clients beyond their allowance; those of our own services and of health checks are not counted.

    It stands next to the servicer, so that every dialect words the refusal.
    """

    def __init__(self, allowance: CallAllowance) -> None:
        self._allowance = allowance

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        """Wrap the handler of a call that the gateway passes on."""
        handler = await continuation(handler_call_details)
        client_ip = _client_ip(handler_call_details)
        if handler is None or client_ip is None or handler.request_streaming:
            return handler
        if handler.response_streaming:
            return grpc.unary_stream_rpc_method_handler(
                self._around_stream(client_ip, handler.unary_stream),
                request_deserializer=handler.request_deserializer,
                response_serializer=handler.response_serializer,
            )
        return grpc.unary_unary_rpc_method_handler(
            self._around_unary(client_ip, handler.unary_unary),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    def _around_unary(self, client_ip: str, behaviour: Any) -> Any:
        async def answer(request: object, context: Context) -> object:
            with self._allowance.place(client_ip):
                return await behaviour(request, context)

        return answer

    def _around_stream(self, client_ip: str, behaviour: Any) -> Any:
        async def answer(request: object, context: Context) -> AsyncIterator[object]:
            with self._allowance.place(client_ip):
                async with aclosing(behaviour(request, context)) as responses:
                    async for response in responses:
                        yield response

        return answer


def _client_ip(details: grpc.HandlerCallDetails) -> str | None:
    for key, value in details.invocation_metadata or ():
        if key == CLIENT_IP_KEY:
            return value if isinstance(value, str) else ""
    return None
