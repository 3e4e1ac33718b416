"""How one description of a call serves synchronous and asynchronous programs alike.

A resource such as `linkmeter.links.Links` has methods that send nothing: they say which method of the contracts is
called, with which request, and what is made of its answer. The decorators here give that to the resource's transport.
Type checkers see the signature that fits it: `Links[SyncTransport].get` returns a Link, and that of
`Links[AsyncTransport]` one that is awaited.
"""

import functools
from collections.abc import Callable, Coroutine
from types import FunctionType
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast, overload

from linkmeter.errors import InvalidArgument
from linkmeter.paging import AsyncPager, Pager
from linkmeter.rpc import Call, Listing, Stream
from linkmeter.transport import AsyncTransport, SyncTransport
from linkmeter.watching import AsyncWatch, Watch

P = ParamSpec("P")
T = TypeVar("T")
TransportT = TypeVar("TransportT", bound=SyncTransport | AsyncTransport)


class Resource(Generic[TransportT]):
    """A part of the API: its methods, and the transport that sends their calls."""

    def __init__(self, transport: TransportT) -> None:
        self.transport = transport


class operation(Generic[P, T]):  # noqa: N801 - Read as a decorator.
    """Makes of a description of a call what sends it: a function, or one that is awaited."""

    def __init__(self, describe: Callable[Concatenate[Any, P], Call[T]]) -> None:
        self._method = _method(describe, lambda transport, call: transport.send(call))

    @overload
    def __get__(self, resource: None, owner: type) -> Callable[..., Any]: ...
    @overload
    def __get__(self, resource: Resource[SyncTransport], owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, resource: Resource[AsyncTransport], owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, resource: Any, owner: type) -> Any:
        """Return the sending method of a resource."""
        return self._method.__get__(resource, owner)


class listing(Generic[P, T]):  # noqa: N801 - Read as a decorator.
    """Makes of a description of a list what reads it page by page: for `for`, or for `async for`."""

    def __init__(self, describe: Callable[Concatenate[Any, P], Listing[T]]) -> None:
        self._method = _method(describe, lambda transport, listed: transport.pager(listed))

    @overload
    def __get__(self, resource: None, owner: type) -> Callable[..., Any]: ...
    @overload
    def __get__(self, resource: Resource[SyncTransport], owner: type) -> Callable[P, Pager[T]]: ...
    @overload
    def __get__(self, resource: Resource[AsyncTransport], owner: type) -> Callable[P, AsyncPager[T]]: ...
    def __get__(self, resource: Any, owner: type) -> Any:
        """Return the listing method of a resource."""
        return self._method.__get__(resource, owner)


class watching(Generic[P, T]):  # noqa: N801 - Read as a decorator.
    """Makes of a description of a stream what follows it: for `for`, or for `async for`."""

    def __init__(self, describe: Callable[Concatenate[Any, P], Stream[T]]) -> None:
        self._method = _method(describe, lambda transport, stream: transport.watch(stream))

    @overload
    def __get__(self, resource: None, owner: type) -> Callable[..., Any]: ...
    @overload
    def __get__(self, resource: Resource[SyncTransport], owner: type) -> Callable[P, Watch[T]]: ...
    @overload
    def __get__(self, resource: Resource[AsyncTransport], owner: type) -> Callable[P, AsyncWatch[T]]: ...
    def __get__(self, resource: Any, owner: type) -> Any:
        """Return the watching method of a resource."""
        return self._method.__get__(resource, owner)


def _method(describe: Callable[..., Any], use: Callable[[Any, Any], Any]) -> FunctionType:
    """Return a method that describes and gives the description to the transport of its resource."""

    @functools.wraps(describe)
    def method(resource: Resource[Any], *arguments: Any, **options: Any) -> Any:
        try:
            description = describe(resource, *arguments, **options)
        except ValueError as error:
            # What no message can hold: numbers beyond 64 bits, texts that are no Unicode.
            raise InvalidArgument(str(error)) from None
        return use(resource.transport, description)

    return cast("FunctionType", method)
