"""Watching clicks through the gateway: natively, by gRPC-Web, and as Server-Sent Events."""

import base64
import itertools
import json
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from google.protobuf.json_format import MessageToDict, MessageToJson, Parse
from google.rpc import error_details_pb2, status_pb2

from linkmeter.analytics.v1 import click_service_pb2 as api
from linkmeter.analytics.v1 import click_service_pb2_grpc, clicks_pb2, ingest_service_pb2_grpc
from linkmeter.gateway.authz.v3 import ext_authz_pb2
from services.analytics.watching.limits import WatchLimits
from services.common.caller import STATS_READ, Caller
from services.runtime.caller_metadata import CALLER_KEY, metadata_for, to_message
from services.runtime.rpc_client import open_channel
from tests.support.analytics import Analytics, running_analytics
from tests.support.clicks import LINK, recorded_click
from tests.support.clock import FakeClock
from tests.support.edge import Edge, running_edge
from tests.support.loop_thread import LoopThread
from tests.support.postgres import TestPostgres
from tests.support.watching import Watcher, ids

NOW = FakeClock().now()
# Each test has one of its own.
OWNERS = itertools.count(1000)
WATCH = "/v1/clicks:watch"
CHECK = "envoy.service.auth.v3.Authorization/Check"


@dataclass(frozen=True, slots=True)
class Gate:
    """The gateway in front of a real analytics, and an owner of the test's own."""

    edge: Edge
    analytics: Analytics
    postgres_url: str
    owner_id: int

    @property
    def headers(self) -> dict[str, str]:
        """What the owner shows."""
        return {"authorization": str(self.owner_id)}

    def click(self, **changes: object) -> clicks_pb2.RecordedClick:
        """Return a click of the owner's."""
        return recorded_click(NOW, owner_id=self.owner_id, **changes)


@pytest.fixture(scope="module")
def running(postgres_server: TestPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """Run all of it once, analytics in a loop of its own."""
    watches = WatchLimits(shortest_seconds=3, longest_seconds=3, of_one_account=2)
    with ExitStack() as stack:
        url = stack.enter_context(postgres_server.database("analytics"))
        loop = LoopThread()
        stack.callback(loop.stop)
        serving = running_analytics(url, clock=FakeClock(), watches=watches)
        analytics = loop.run(serving.__aenter__())
        stack.callback(lambda: loop.run(serving.__aexit__(None, None, None)))
        edge = stack.enter_context(running_edge(tmp_path_factory.mktemp("gate"), analytics=(analytics.address,)))
        yield Gate(edge, analytics, url, 0)


@pytest.fixture
async def gate(running: Gate) -> AsyncIterator[Gate]:
    running.edge.services.on(CHECK, say_owner)
    async with open_channel(running.analytics.address, deadline_seconds=60) as channel:
        analytics = replace(
            running.analytics,
            ingest=ingest_service_pb2_grpc.IngestServiceStub(channel),
            clicks=click_service_pb2_grpc.ClickServiceStub(channel),
        )
        yield replace(running, analytics=analytics, owner_id=next(OWNERS))


async def say_owner(request: Any, context: object) -> ext_authz_pb2.CheckResponse:
    """Let everybody through as the owner whose number they show."""
    del context
    owner_id = int(request.attributes.request.http.headers["authorization"])
    caller = Caller(owner_id=owner_id, scopes=frozenset({STATS_READ}))
    value = base64.b64encode(to_message(caller).SerializeToString()).decode().rstrip("=")
    header = ext_authz_pb2.HeaderValueOption(header=ext_authz_pb2.HeaderValue(key=CALLER_KEY, value=value))
    ok = ext_authz_pb2.OkHttpResponse(headers=[header])
    return ext_authz_pb2.CheckResponse(status=status_pb2.Status(), ok_response=ok)


@asynccontextmanager
async def events(
    gate: Gate, verb: str = "GET", headers: dict[str, str] | None = None, **request: Any
) -> AsyncIterator[AsyncIterator[dict[str, str]]]:
    """Open a stream of events; yields what reads them, by field."""
    shown = gate.headers | (headers or {})
    async with gate.edge.client() as client, client.stream(verb, WATCH, headers=shown, **request) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream"
        assert response.headers["cache-control"] == "no-store"
        yield read_events(response)


async def read_events(response: httpx.Response) -> AsyncIterator[dict[str, str]]:
    event: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            event[name] = value
        else:
            yield event
            event = {}


def message_of(event: dict[str, str]) -> api.WatchClicksResponse:
    """Read the data of an event as any client of the contract would; raise for what the contract does not have."""
    return Parse(event["data"], api.WatchClicksResponse())


async def test_events_arrive_as_clicks_are_stored(gate: Gate) -> None:
    """The first comes at once; each has the resume token as its id, and all that the contract says of a click."""
    async with events(gate) as received:
        first = await anext(received)
        assert first["retry"] == "1000"
        assert message_of(first).caught_up
        await gate.analytics.take(uuid4(), gate.click(code='a"b\n\u2028c'))
        second = await anext(received)
    (click,) = message_of(second).clicks
    assert second["id"] == message_of(second).resume_token
    listed = await gate.analytics.clicks.ListClicks(
        api.ListClicksRequest(), metadata=metadata_for(Caller(owner_id=gate.owner_id, scopes=frozenset({STATS_READ})))
    )
    assert [click] == list(listed.clicks)
    shown = json.loads(second["data"])["clicks"][0]
    assert shown == MessageToDict(click, always_print_fields_with_no_presence=True)


async def test_a_browser_goes_on_where_it_was(gate: Gate) -> None:
    """By the id of the last event, which it sends along by itself; it wins over what the page once asked for."""
    source = uuid4()
    async with events(gate) as received:
        begun = await anext(received)
        await gate.analytics.take(source, gate.click())
        after_one = await anext(received)
    await gate.analytics.take(source, gate.click(), first=2)
    for headers, count in (({}, 2), ({"last-event-id": after_one["id"]}, 1)):
        async with events(gate, params={"resumeToken": begun["id"]}, headers=headers) as received:
            assert not message_of(await anext(received)).caught_up
            assert [click.click_id for click in message_of(await anext(received)).clicks] == ids(source, 1, 2)[-count:]


async def test_events_are_filtered(gate: Gate) -> None:
    """By the link in the query, by anything in the body of a POST."""
    source = uuid4()
    filters = [{"dimension": "DIMENSION_CODE", "values": ["abc"], "negated": True}]
    async with (
        events(gate, params={"linkId": LINK + 1}) as of_link,
        events(gate, "POST", json={"filters": filters}) as of_codes,
    ):
        await anext(of_link)
        await anext(of_codes)
        await gate.analytics.take(source, gate.click(), gate.click(link_id=LINK + 1, code="def"))
        for received in (of_link, of_codes):
            assert [click.click_id for click in message_of(await anext(received)).clicks] == ids(source, 2)


async def test_what_is_refused_is_said_as_ever(gate: Gate) -> None:
    """Before the first event errors are answers like those of other calls."""
    async with gate.edge.client() as client:
        bad = await client.get(WATCH, headers=gate.headers | {"last-event-id": "nonsense"})
        assert_refused_with(bad, 400, "INVALID_ARGUMENT")
        async with events(gate) as first, events(gate) as second:
            await anext(first)
            await anext(second)
            assert_refused_with(await client.get(WATCH, headers=gate.headers), 429, "RESOURCE_EXHAUSTED")
        gate.edge.services.on(CHECK, say_nobody)
        assert_refused_with(await client.get(WATCH, headers=gate.headers), 401, "UNAUTHENTICATED")


def assert_refused_with(answer: httpx.Response, status: int, reason: str) -> None:
    assert (answer.status_code, answer.json()["details"][0]["reason"]) == (status, reason)


async def test_an_error_on_the_way_is_an_event(gate: Gate) -> None:
    """The last one, after which the stream ends; it says what the status would have said."""
    connection = await asyncpg.connect(gate.postgres_url)
    try:
        async with events(gate) as received:
            await anext(received)
            await connection.execute("ALTER SCHEMA analytics RENAME TO elsewhere")
            failed = await anext(received)
            assert failed["event"] == "error"
            assert json.loads(failed["data"])["details"][0]["reason"] == "INTERNAL"
            assert "elsewhere" not in failed["data"]
            assert [event async for event in received] == []
    finally:
        await connection.execute("ALTER SCHEMA elsewhere RENAME TO analytics")
        await connection.close()


async def test_native_callers_and_pages_watch_through_the_gateway(gate: Gate) -> None:
    """By gRPC and by gRPC-Web, message by message; a stream that ends in its time ends with OK."""
    source = uuid4()
    frame = api.WatchClicksRequest().SerializeToString()
    async with gate.edge.channel() as channel, gate.edge.client() as client:
        through = replace(gate.analytics, clicks=click_service_pb2_grpc.ClickServiceStub(channel))
        native = Watcher(through, metadata=tuple(gate.headers.items()))
        await native.begin()
        async with client.stream(
            "POST",
            "/linkmeter.analytics.v1.ClickService/WatchClicks",
            content=b"\0" + struct.pack(">I", len(frame)) + frame,
            headers=gate.headers | {"content-type": "application/grpc-web+proto", "origin": "https://app.example"},
        ) as page:
            frames = read_frames(page)
            assert (await anext(frames))[0] == 0
            await gate.analytics.take(source, gate.click())
            _, content = await anext(frames)
            assert [click.click_id for click in api.WatchClicksResponse.FromString(content).clicks] == ids(source, 1)
            *_, (flag, trailers) = [frame async for frame in frames]
        assert (flag, b"grpc-status:0" in trailers) == (0x80, True)
        assert await native.receive(1) == ids(source, 1)


async def read_frames(response: httpx.Response) -> AsyncIterator[tuple[int, bytes]]:
    content = b""
    async for piece in response.aiter_bytes():
        content += piece
        while len(content) >= 5 and len(content) >= 5 + (size := int.from_bytes(content[1:5])):
            yield content[0], content[5 : 5 + size]
            content = content[5 + size :]


async def say_nobody(request: object, context: object) -> ext_authz_pb2.CheckResponse:
    del request, context
    status = status_pb2.Status(code=16, message="a valid API key or edit token is required")
    status.details.add().Pack(error_details_pb2.ErrorInfo(reason="UNAUTHENTICATED", domain="linkmeter"))
    denied = ext_authz_pb2.DeniedHttpResponse(
        status=ext_authz_pb2.HttpStatus(code=401), body=MessageToJson(status, indent=None)
    )
    return ext_authz_pb2.CheckResponse(status=status, denied_response=denied)
