"""A stream of clicks that breaks, against a server that does what a test tells it."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import grpc
import pytest

import linkmeter
from linkmeter import Client
from linkmeter.analytics.v1 import click_service_pb2, click_service_pb2_grpc, clicks_pb2
from services.common import errors
from services.runtime import rpc_errors
from tests.sdk.conftest import Connect
from tests.support.loop_thread import LoopThread
from tests.support.ports import free_port
from tests.support.wait import eventually

# What a stream does next: sends some clicks by their ids, or fails. At its end it waits, or ends as "end" says.
Step = Sequence[str] | errors.LinkmeterError
_END = errors.LinkmeterError("the end")


class Scripted(click_service_pb2_grpc.ClickServiceServicer):
    """Sends what the script says, a stream after another, and notes where clients wanted to begin."""

    def __init__(self) -> None:
        self.script: list[Sequence[Step]] = []
        self.tokens: list[str] = []
        self.left = 0
        self._positions = itertools.count(1)

    async def WatchClicks(self, request: Any, context: Any) -> AsyncIterator[Any]:  # noqa: N802
        """Follow the script."""
        self.tokens.append(request.resume_token)
        try:
            for step in self.script.pop(0) if self.script else ():
                if step is _END:
                    return
                if isinstance(step, errors.LinkmeterError):
                    details = (rpc_errors.STATUS_DETAILS_KEY, rpc_errors.status_of(step).SerializeToString())
                    await context.abort(rpc_errors.code_of(step), step.description, trailing_metadata=(details,))
                else:
                    clicks = [clicks_pb2.Click(click_id=click_id) for click_id in step]
                    position = f"position-{next(self._positions)}"
                    yield click_service_pb2.WatchClicksResponse(clicks=clicks, resume_token=position, caught_up=True)
            await asyncio.Event().wait()
        finally:
            self.left += 1


@pytest.fixture
def server(loop: LoopThread) -> Iterator[tuple[Scripted, str]]:
    """Run a server, and return it with its address."""
    scripted = Scripted()  # type: ignore[abstract]  # One method is all that is asked for.

    async def start() -> tuple[grpc.aio.Server, int]:
        running = grpc.aio.server()
        click_service_pb2_grpc.add_ClickServiceServicer_to_server(scripted, running)
        port = running.add_insecure_port("127.0.0.1:0")
        await running.start()
        return running, port

    running, port = loop.run(start())
    yield scripted, f"http://127.0.0.1:{port}"
    loop.run(running.stop(None))


def _ids(client: Client, count: int, **options: Any) -> list[str]:
    return [click.click_id for click in itertools.islice(client.clicks.watch(**options), count)]


def test_a_stream_goes_on_where_it_ended_or_broke(connect: Connect, server: tuple[Scripted, str]) -> None:
    """Whatever ended it, the next one begins behind the last message."""
    scripted, url = server
    scripted.script = [
        [(), ("a/1", "a/2"), _END],
        [(), errors.Unavailable("restarting", 1)],
        [errors.ResourceExhausted("too many streams", 1)],
        [("a/3",), errors.Aborted("too slow")],
        [("a/4",)],
    ]
    assert _ids(connect(url, "lm_key"), 4) == ["a/1", "a/2", "a/3", "a/4"]
    assert scripted.tokens == ["", "position-2", "position-3", "position-3", "position-4"]


def test_a_position_that_was_kept_is_where_a_stream_begins(connect: Connect, server: tuple[Scripted, str]) -> None:
    """Messages tell it, also those without clicks."""
    scripted, url = server
    scripted.script = [[(), ("a/1",)]]
    client = connect(url, "lm_key")
    batches = list(itertools.islice(client.clicks.watch(resume_token="kept").batches(), 2))
    assert [(len(batch.items), batch.resume_token, batch.caught_up) for batch in batches] == [
        (0, "position-1", True),
        (1, "position-2", True),
    ]
    assert scripted.tokens == ["kept"]


def test_what_does_not_pass_by_itself_ends_a_watch(connect: Connect, server: tuple[Scripted, str]) -> None:
    """A position that is lost is the caller's to know."""
    scripted, url = server
    scripted.script = [[("a/1",), _END], [errors.FailedPrecondition("the position is lost")]]
    watched = iter(connect(url, "lm_key").clicks.watch())
    assert next(watched).click_id == "a/1"
    with pytest.raises(linkmeter.FailedPrecondition, match="lost"):
        next(watched)


def test_a_watch_that_never_began_fails_at_once(connect: Connect) -> None:
    """Nobody is at the address."""
    with pytest.raises(linkmeter.Unavailable):
        _ids(connect(f"http://127.0.0.1:{free_port()}", "lm_key"), 1)


def test_patience_ends(connect: Connect, server: tuple[Scripted, str]) -> None:
    """A server that goes away for good is no server."""
    scripted, url = server
    gone = errors.Unavailable("gone for good")
    scripted.script = [[("a/1",), _END], *([gone] for _ in range(9))]
    with pytest.raises(linkmeter.Unavailable, match="gone for good"):
        _ids(connect(url, "lm_key"), 2, patience=0)
    assert len(scripted.tokens) == 3


async def test_who_stops_watching_is_gone_at_the_server(connect: Connect, server: tuple[Scripted, str]) -> None:
    """A stream does not stay open behind a caller who left."""
    scripted, url = server
    scripted.script = [[("a/1",)]]
    client = connect(url, "lm_key")
    assert _ids(client, 1) == ["a/1"]
    await eventually(lambda: scripted.left == 1)
