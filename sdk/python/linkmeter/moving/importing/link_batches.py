"""Links in lists that one request can hold."""

from collections.abc import Iterable, Iterator

from linkmeter.moving.importing.batch_sizes import AROUND_ITEM, MOST_BYTES, MOST_LINKS
from linkmeter.moving.importing.state import PlannedLink


def in_batches(links: Iterable[PlannedLink]) -> Iterator[list[PlannedLink]]:
    """Yield the links in lists of at most 1,000, and of no more bytes than a request may have."""
    batch: list[PlannedLink] = []
    size = 0
    for link in links:
        more = len(link.message) + AROUND_ITEM
        if batch and (len(batch) == MOST_LINKS or size + more > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(link)
        size += more
    if batch:
        yield batch
