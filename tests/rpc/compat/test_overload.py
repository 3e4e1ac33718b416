"""What clients of every dialect get when analytics has no turn, or no time, for their query."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Value

from linkmeter.compat.bitly.v3 import bitly_pb2
from linkmeter.compat.shortio.v2 import statistics_pb2, statistics_service_pb2
from linkmeter.compat.shtr.v1 import shtr_pb2
from linkmeter.compat.spoo.v1 import legacy_service_pb2, stats_pb2
from linkmeter.links.v1 import access_service_pb2, links_pb2, resolution_service_pb2
from services.common import errors
from tests.support.compat import Compat, running_compat

ANALYTICS = "linkmeter.analytics.v1"
LINKS = "linkmeter.links.v1"
SCOPES = ["links:read", "links:write", "stats:read"]
ACCOUNT = links_pb2.Caller(owner_id=5, scopes=SCOPES, credential="key:1")
EDIT_TOKEN = links_pb2.Caller(link_id=7, scopes=SCOPES, credential="token:7")
LINK = links_pb2.Link(
    link_id=7,
    owner_id=5,
    domain="sho.rt",
    code="abc1",
    short_url="https://sho.rt/abc1",
    destination="https://example.com/page",
    public_stats=True,
    destination_audience=links_pb2.AUDIENCE_ANYBODY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that asks analytics."""

    # Full name in the package of the dialects.
    method: str
    request: Message
    caller: links_pb2.Caller
    metadata: tuple[tuple[str, str], ...] = ()
    is_streaming: bool = False
    # What one of its dialect is told: HTTP status and body.
    exhausted: tuple[int, dict[str, Any]]
    late: tuple[int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Heard:
    """What the client of a call gets over HTTP."""

    http_status: int
    body: dict[str, Any]
    retry_after: str


def _shtr(method: str, request: Message) -> Call:
    return Call(
        method=f"shtr.v1.ShtrService/{method}",
        request=request,
        caller=EDIT_TOKEN,
        exhausted=(429, {"error": "Too many requests. Please wait before making more"}),
        late=(503, {"error": "This takes too long just now. Please try again later"}),
    )


def _shortio(method: str, request: Message, *, is_streaming: bool = False) -> Call:
    return Call(
        method=f"shortio.v2.StatisticsService/{method}",
        request=request,
        caller=ACCOUNT,
        metadata=(("authorization", "lm_key"),),
        is_streaming=is_streaming,
        exhausted=(429, {"error": "Too many requests. Please slow down"}),
        late=(503, {"error": "This takes too long just now. Please try again later"}),
    )


def _spoo(method: str, request: stats_pb2.StatsRequest) -> Call:
    def body(code: str, text: str) -> dict[str, Any]:
        return {"error": text, "code": code, "error_code": code}

    return Call(
        method=f"spoo.v1.StatsService/{method}",
        request=request,
        caller=ACCOUNT,
        metadata=(("authorization", "Bearer spoo_key"),),
        exhausted=(429, body("rate_limit_exceeded", "Rate limit exceeded")),
        late=(503, body("service_unavailable", "This takes too long just now")),
    )


def _spoo_form(method: str, request: Message) -> Call:
    def body(kind: str, text: str) -> dict[str, Any]:
        return {kind: text, "error": kind, "message": text}

    return Call(
        method=f"spoo.v1.LegacyService/{method}",
        request=request,
        caller=ACCOUNT,
        exhausted=(429, body("RateLimitError", "Rate limit exceeded. Please try again later.")),
        late=(503, body("ServerError", "This takes too long just now")),
    )


def _bitly(method: str, request: Message) -> Call:
    # Its HTTP status is 200 whatever happens, but for txt: clients look into the body.
    return Call(
        method=f"bitly.v3.BitlyService/{method}",
        request=request,
        caller=ACCOUNT,
        exhausted=(200, {"data": None, "status_code": 403, "status_txt": "RATE_LIMIT_EXCEEDED"}),
        late=(200, {"data": None, "status_code": 503, "status_txt": "TEMPORARILY_UNAVAILABLE"}),
    )


CALLS = [
    _shtr("GetLink", shtr_pb2.GetLinkRequest(code="abc1", token="tok_a1b2")),
    _shtr("GetStats", shtr_pb2.GetStatsRequest(code="abc1", token="tok_a1b2")),
    _shtr("ListClicks", shtr_pb2.ListClicksRequest(code="abc1", token="tok_a1b2")),
    _shortio("GetLinkStatistics", statistics_service_pb2.GetLinkStatisticsRequest(link_id="7")),
    _shortio("GetDomainStatistics", statistics_service_pb2.GetDomainStatisticsRequest(domain_id="1")),
    _shortio("GetLinkClicks", statistics_service_pb2.GetLinkClicksRequest(domain_id="1", ids="7")),
    _shortio(
        "QueryLinkTop",
        statistics_service_pb2.QueryLinkTopRequest(
            link_id="7", options=statistics_pb2.StatisticsOptions(column=Value(string_value="browser"))
        ),
        is_streaming=True,
    ),
    _shortio("ListLastClicks", statistics_service_pb2.ListLastClicksRequest(domain_id="1"), is_streaming=True),
    _shortio("DeleteDomainStatistics", statistics_service_pb2.DeleteDomainStatisticsRequest(domain_id="1")),
    _spoo("GetStats", stats_pb2.StatsRequest()),
    _spoo("GetPublicStats", stats_pb2.StatsRequest(code_in_path="abc1")),
    _spoo("Export", stats_pb2.StatsRequest(format="json")),
    _spoo_form("GetFormStats", legacy_service_pb2.FormRequest(code="abc1")),
    _spoo_form("GetFormExport", legacy_service_pb2.FormRequest(code="abc1", format="json")),
    _bitly("LinkClicks", bitly_pb2.LinkMetricsRequest(link="https://sho.rt/abc1", access_token="lm_key")),
    _bitly("UserCountries", bitly_pb2.UserMetricsRequest(access_token="lm_key")),
    _bitly("Clicks", bitly_pb2.LinksRequest(short_url=["https://sho.rt/abc1"], access_token="lm_key")),
]


@pytest.fixture
async def compat() -> AsyncIterator[Compat]:
    """Serve the dialects before a link that anybody may see."""
    async with running_compat() as running:
        for method in ("GetLink", "LookupLink"):
            running.behind.answer(f"{LINKS}.LinkService/{method}", LINK)
        running.behind.answer(f"{LINKS}.DomainService/GetDomain", links_pb2.Domain(domain_id=1, host="sho.rt"))
        resolution = resolution_service_pb2.ResolveLinkResponse()
        resolution.resolution.link_id = 7
        running.behind.answer(f"{LINKS}.ResolutionService/ResolveLink", resolution)
        yield running


async def hear(compat: Compat, call: Call) -> Heard:
    """Make a call that analytics fails, and return what goes out over HTTP."""
    compat.behind.answer(
        f"{LINKS}.AccessService/Authenticate", access_service_pb2.AuthenticateResponse(caller=call.caller)
    )
    path, serialize = f"/linkmeter.compat.{call.method}", type(call.request).SerializeToString
    body: str | bytes
    made: Any
    try:
        if call.is_streaming:
            made = compat.channel.unary_stream(path, serialize)(call.request, metadata=call.metadata)
            body = b"".join([part async for part in made])
        else:
            made = compat.channel.unary_unary(path, serialize)(call.request, metadata=call.metadata)
            body = HttpBody.FromString(await made).data
        metadata = dict(await made.initial_metadata())
    except grpc.aio.AioRpcError as error:
        metadata = dict(error.initial_metadata() or ())
        body = metadata.get("x-error-body", b"")
    return Heard(int(metadata.get("x-http-code", 200)), json.loads(body), str(metadata.get("retry-after", "")))


def fail_analytics(compat: Compat, error: errors.LinkmeterError) -> None:
    """Let every method of analytics that the dialects call fail."""
    for method in ("StatsService/QueryStats", "StatsService/DeleteStats", "ClickService/ListClicks"):
        compat.behind.fail(f"{ANALYTICS}.{method}", error)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.method)
async def test_no_turn_says_when_to_come_back(compat: Compat, call: Call) -> None:
    """RESOURCE_EXHAUSTED is the dialect's own 429, with Retry-After as analytics says."""
    fail_analytics(compat, errors.ResourceExhausted("too many queries at once", 7))
    status, body = call.exhausted
    assert await hear(compat, call) == Heard(status, body, "7")


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.method)
async def test_no_time_says_when_to_come_back(compat: Compat, call: Call) -> None:
    """DEADLINE_EXCEEDED is the dialect's own 503, with Retry-After."""
    fail_analytics(compat, errors.DeadlineExceeded("the query takes too long", 3))
    status, body = call.late
    assert await hear(compat, call) == Heard(status, body, "3")
