"""Sends calls: one transport answers at once, the other is awaited. All else is the same for both."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, TypeVar

import grpc

from linkmeter.channel import Endpoint
from linkmeter.errors import error_of
from linkmeter.paging import AsyncPager, Pager
from linkmeter.rpc import Call, Listing, Method, Stream
from linkmeter.watching import AsyncWatch, Watch

T = TypeVar("T")


class SyncTransport:
    """Sends and waits. Threads may share it."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._metadata = endpoint.metadata
        self._timeout = endpoint.timeout
        self._channel = (
            grpc.insecure_channel(endpoint.target, options=endpoint.options)
            if endpoint.credentials is None
            else grpc.secure_channel(endpoint.target, endpoint.credentials, options=endpoint.options)
        )
        self._sends: dict[str, Callable[..., Any]] = {}

    def send(self, call: Call[T]) -> T:
        """Send a call and return what is made of its answer. LinkmeterError: it failed."""
        method = call.method
        send = self._sends.get(method.path)
        if send is None:
            send = self._sends[method.path] = self._channel.unary_unary(method.path, **_coding(method))
        try:
            return call.convert(send(call.request, metadata=self._metadata, timeout=self._timeout))
        except grpc.RpcError as error:
            # The interface says less than what is raised: it is a call, too.
            raise error_of(error) from error  # type: ignore[arg-type]

    def stream(self, call: Call[T]) -> Iterator[T]:
        """Open a stream and yield what is made of its messages. LinkmeterError: it broke."""
        method = call.method
        answers = self._channel.unary_stream(method.path, **_coding(method))(call.request, metadata=self._metadata)
        try:
            for answer in answers:
                yield call.convert(answer)
        except grpc.RpcError as error:
            raise error_of(error) from error  # type: ignore[arg-type]
        finally:
            answers.cancel()

    def watch(self, stream: Stream[T]) -> Watch[T]:
        """Return what follows a stream."""
        return Watch(self.stream, stream)

    def pager(self, listing: Listing[T]) -> Pager[T]:
        """Return what reads a list."""
        return Pager(self.send, listing)

    def close(self) -> None:
        """Close the connection; calls in hand are cancelled."""
        self._channel.close()


class AsyncTransport:
    """Sends from one event loop: the one in which the first call is sent."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._channel: grpc.aio.Channel | None = None
        self._sends: dict[str, Callable[..., Any]] = {}

    async def send(self, call: Call[T]) -> T:
        """Send a call and return what is made of its answer. LinkmeterError: it failed."""
        method = call.method
        send = self._sends.get(method.path)
        if send is None:
            send = self._sends[method.path] = self._opened().unary_unary(method.path, **_coding(method))
        at = self._endpoint
        try:
            return call.convert(await send(call.request, metadata=at.metadata, timeout=at.timeout))
        except grpc.aio.AioRpcError as error:
            raise error_of(error) from error

    async def stream(self, call: Call[T]) -> AsyncIterator[T]:
        """Open a stream and yield what is made of its messages. LinkmeterError: it broke."""
        method = call.method
        open_stream = self._opened().unary_stream(method.path, **_coding(method))
        answers = open_stream(call.request, metadata=self._endpoint.metadata)
        try:
            async for answer in answers:
                yield call.convert(answer)
        except grpc.aio.AioRpcError as error:
            raise error_of(error) from error
        finally:
            answers.cancel()

    def watch(self, stream: Stream[T]) -> AsyncWatch[T]:
        """Return what follows a stream."""
        return AsyncWatch(self.stream, stream)

    def pager(self, listing: Listing[T]) -> AsyncPager[T]:
        """Return what reads a list."""
        return AsyncPager(self.send, listing)

    async def close(self) -> None:
        """Close the connection; calls in hand are cancelled."""
        if self._channel is not None:
            await self._channel.close()

    def _opened(self) -> grpc.aio.Channel:
        # Not before: a channel belongs to the event loop that runs while it is made.
        if self._channel is None:
            at = self._endpoint
            self._channel = (
                grpc.aio.insecure_channel(at.target, options=at.options)
                if at.credentials is None
                else grpc.aio.secure_channel(at.target, at.credentials, options=at.options)
            )
        return self._channel


def _coding(method: Method[Any, Any]) -> dict[str, Any]:
    return {
        "request_serializer": method.request.SerializeToString,
        "response_deserializer": method.response.FromString,
    }
