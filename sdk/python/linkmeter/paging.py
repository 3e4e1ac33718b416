"""Lists that come in pages, as iterators that fetch the next page when it is needed."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from linkmeter.rpc import Call, Listing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """What one call of a list answered."""

    items: tuple[T, ...]
    # Begins the next page, also in another process later; empty on the last page.
    next_page_token: str


class _Send(Protocol):
    def __call__(self, call: Call[T], /) -> T:
        """Send a call and return what is made of its answer."""


class _AsyncSend(Protocol):
    async def __call__(self, call: Call[T], /) -> T:
        """Send a call and return what is made of its answer."""


class Pager(Generic[T]):
    """All items of a list, over all pages. Every iteration begins anew."""

    def __init__(self, send: _Send, listing: Listing[T]) -> None:
        self._send = send
        self._listing = listing

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page.items

    def pages(self) -> Iterator[Page[T]]:
        """Yield page by page, for who keeps the place to go on from."""
        call: Call[Any] | None = self._listing.call
        while call is not None:
            answer = self._send(call)
            yield _page(self._listing, answer)
            call = _next(call, answer)


class AsyncPager(Generic[T]):
    """All items of a list, over all pages, for `async for`. Every iteration begins anew."""

    def __init__(self, send: _AsyncSend, listing: Listing[T]) -> None:
        self._send = send
        self._listing = listing

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in page.items:
                yield item

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Yield page by page, for who keeps the place to go on from."""
        call: Call[Any] | None = self._listing.call
        while call is not None:
            answer = await self._send(call)
            yield _page(self._listing, answer)
            call = _next(call, answer)


def _page(listing: Listing[T], answer: Any) -> Page[T]:
    return Page(tuple(getattr(answer, listing.items)), answer.next_page_token)


def _next(call: Call[Any], answer: Any) -> Call[Any] | None:
    """Return the call of the page after the one that was answered; None after the last."""
    if not answer.next_page_token:
        return None
    return call.with_fields(page_token=answer.next_page_token)
