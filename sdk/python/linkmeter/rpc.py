"""Methods of the contracts, and calls of them that are not sent yet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

T = TypeVar("T")
U = TypeVar("U")
RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT", bound=Message)


@dataclass(frozen=True, slots=True)
class Method(Generic[RequestT, ResponseT]):
    """A method of a service, as the contracts have it."""

    # Full name, for instance linkmeter.links.v1.LinkService.
    service: str
    # For instance GetLink.
    name: str
    request: type[RequestT]
    response: type[ResponseT]
    # True when a second arrival of a call does no harm and is answered as the first.
    repeatable: bool = False
    # True when it answers a stream, which lasts as long as the client listens.
    streams: bool = False

    @property
    def path(self) -> str:
        """The method as gRPC names it on the wire."""
        return f"/{self.service}/{self.name}"

    def __call__(self, request: RequestT) -> "Call[ResponseT]":
        """Return the call of this method with a request."""
        return Call(self, request, _as_it_is)


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A call that can be sent, and what is made of its answer."""

    method: Method[Any, Any]
    request: Message
    convert: Callable[[Any], T]

    def with_fields(self, **fields: Any) -> "Call[T]":
        """Return the same call with other values in some fields of its request."""
        request: Any = type(self.request)()
        request.CopyFrom(self.request)
        for name, value in fields.items():
            setattr(request, name, value)
        return Call(self.method, request, self.convert)

    def then(self, convert: Callable[[T], U]) -> "Call[U]":
        """Return the same call with something else made of its answer."""
        first = self.convert
        return Call(self.method, self.request, lambda answer: convert(first(answer)))


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A list that is answered in pages.

    The method's request has `page_size` and `page_token`, its response `next_page_token`.
    """

    call: Call[Any]
    # The response's field that holds the items.
    items: str


@dataclass(frozen=True, slots=True)
class Stream(Generic[T]):
    """Items that are sent as they come.

    The method's request has `resume_token`, its responses that and `caught_up`.
    """

    call: Call[Any]
    # The responses' field that holds the items.
    items: str
    # For how many seconds to try to take up a stream that broke.
    patience: float


def _as_it_is(answer: T) -> T:
    return answer
