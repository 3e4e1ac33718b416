"""Messages arrive as they were sent, and so do errors, whatever their constructors want."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from services.analytics.questions import frames
from services.common import errors

ERRORS = [
    errors.InvalidArgument("reports.bucket", "too many", reason="TOO_MANY"),
    errors.InvalidArgument("", "no field"),
    errors.NotFound("link", 12),
    errors.AlreadyExists("code", "abc"),
    errors.FailedPrecondition("not yet", link="12"),
    errors.Aborted("changed"),
    errors.Unauthenticated(),
    errors.PermissionDenied("not yours"),
    errors.ResourceExhausted("busy", retry_after_seconds=7),
    errors.Unavailable("away", retry_after_seconds=60),
    errors.DeadlineExceeded("too long", retry_after_seconds=5),
    errors.Internal("request 1"),
    errors.LinkmeterError("x" * 10_000, long="y" * 10_000),
]


@dataclass(frozen=True, slots=True)
class Ends:
    """Both ends of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


@pytest.fixture
async def ends() -> AsyncIterator[Ends]:
    """Connect a reader with a writer."""
    one, other = socket.socketpair()
    reader, unused = await asyncio.open_connection(sock=one)
    _, writer = await asyncio.open_connection(sock=other)
    yield Ends(reader, writer)
    writer.close()
    unused.close()


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_an_error_comes_back_as_it_was(ends: Ends, error: errors.LinkmeterError) -> None:
    """Its class, its text and all that it knows: callers see no difference."""
    frames.write(ends.writer, frames.Refusal.of(3, error))
    refusal = await frames.read(ends.reader)
    back = refusal.error()
    assert refusal.number == 3
    assert type(back) is type(error)
    assert (str(back), back.args, back.reason) == (str(error), error.args, error.reason)
    assert vars(back) == vars(error)
    with pytest.raises(type(error)):
        raise back


def test_every_kind_of_error_is_tried() -> None:
    kinds, found = [errors.LinkmeterError], set()
    for kind in kinds:
        kinds += kind.__subclasses__()
        found |= {kind} if kind.__module__ == errors.__name__ and not kind.__name__.startswith("_") else set()
    assert {type(error) for error in ERRORS} == found


async def test_messages_come_in_their_order_whatever_their_size(ends: Ends) -> None:
    """Small ones together, and one that no buffer holds at once."""
    sent = [
        "ready",
        frames.Call(1, "query", ("a", 2)),
        frames.Answer(1, b"x" * 3_000_000),
        frames.Cancel(2),
        frames.Failure(2, "ValueError"),
    ]
    for message in sent:
        frames.write(ends.writer, message)
    assert [await frames.read(ends.reader) for _ in sent] == sent


@pytest.mark.parametrize("rest", [b"", b"\0\0", struct.pack("!I", 100), struct.pack("!I", 100) + b"half"])
async def test_an_end_within_a_message_is_an_end(ends: Ends, rest: bytes) -> None:
    """Killed while it wrote: what was whole counts, and half a message is none."""
    frames.write(ends.writer, frames.Cancel(1))
    ends.writer.write(rest)
    ends.writer.write_eof()
    assert await frames.read(ends.reader) == frames.Cancel(1)
    with pytest.raises(asyncio.IncompleteReadError):
        await frames.read(ends.reader)
