"""How much one request of an import can hold."""

from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from google.protobuf.message import Message

_M = TypeVar("_M", bound=Message)

MOST_LINKS: Final = 1000
MOST_CLICKS: Final = 1000
# A request has at most 256 KiB; a little is left for what it has beside its items.
MOST_BYTES: Final = (256 << 10) - 1024
# A tag, and a length of up to five bytes.
AROUND_ITEM: Final = 6


def size_in_request(item: Message) -> int:
    """Return how many bytes of a request an item takes at most."""
    return item.ByteSize() + AROUND_ITEM


def in_requests(items: Iterable[_M], most: int = MOST_CLICKS) -> Iterator[list[_M]]:
    """Yield the items in lists, of no more items and bytes than a request may have."""
    batch: list[_M] = []
    size = 0
    for item in items:
        more = size_in_request(item)
        if batch and (len(batch) == most or size + more > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += more
    if batch:
        yield batch
