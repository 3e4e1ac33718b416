"""Pass messages on to an output in batches."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from google.protobuf.message import Message

from linkmeter.moving.exporting.columns import Column, row_of
from linkmeter.moving.exporting.outputs import Output, Written

ROWS_IN_BATCH = 1000

_M = TypeVar("_M", bound=Message)
_T = TypeVar("_T")


def batches_of(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Yield the items in lists of the size; the last may be shorter."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def export(
    messages: Iterable[_M],
    columns: tuple[Column, ...],
    output: Output,
    *,
    place_of: Callable[[_M], str] = lambda _: "",
    advance: Callable[[int], None] = lambda _: None,
) -> Written:
    """Write messages as rows, telling advance how many came along, and return what was written."""
    for batch in batches_of(messages, ROWS_IN_BATCH):
        output.append([row_of(columns, message) for message in batch], place_of(batch[-1]))
        advance(len(batch))
    return output.finish()
