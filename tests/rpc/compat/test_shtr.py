"""What shtr's calls ask of links and analytics, and what they answer."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from google.protobuf import json_format

from linkmeter.analytics.v1 import click_service_pb2, clicks_pb2, stats_service_pb2
from linkmeter.compat.shtr.v1 import shtr_pb2
from linkmeter.links.v1 import access_service_pb2, links_pb2, resolution_service_pb2
from services.common import caller as callers
from services.common import errors
from services.runtime import caller_metadata, rpc_errors
from tests.rpc.compat.conftest import Compat, reason_of

LINKS = "linkmeter.links.v1.LinkService"
AUTHENTICATE = "linkmeter.links.v1.AccessService/Authenticate"
VERIFY = "linkmeter.links.v1.ResolutionService/VerifyPassword"
QUERY = "linkmeter.analytics.v1.StatsService/QueryStats"
LIST_CLICKS = "linkmeter.analytics.v1.ClickService/ListClicks"

LINK = links_pb2.Link(
    link_id=7,
    owner_id=1,
    code="abc1",
    short_url="https://sho.rt/abc1",
    destination="https://example.com/page",
    state=links_pb2.LINK_STATE_ACTIVE,
    edit_token="tok_a1b2",
)
TOKEN_CALLER = links_pb2.Caller(link_id=7, scopes=["links:read", "links:write", "stats:read"], credential="token:7")


def fails(error: errors.LinkmeterError) -> Any:
    """Make a behaviour that fails as our services do."""

    async def behaviour(_request: object, context: Any) -> None:
        details = ((rpc_errors.STATUS_DETAILS_KEY, rpc_errors.status_of(error).SerializeToString()),)
        await context.abort(rpc_errors.code_of(error), error.description, trailing_metadata=details)

    return behaviour


def counted(*clicks: int) -> stats_service_pb2.QueryStatsResponse:
    """Build the answer of a query whose reports have one row of one number each, the first of two."""
    rows = [stats_service_pb2.StatsRow(metrics=[number, number]) for number in clicks]
    return stats_service_pb2.QueryStatsResponse(results=[stats_service_pb2.ReportResult(rows=[row]) for row in rows])


def with_link(compat: Compat) -> None:
    """Let there be a link with an edit token and 42 clicks."""
    compat.behind.answer(AUTHENTICATE, access_service_pb2.AuthenticateResponse(caller=TOKEN_CALLER))
    for method in ("GetLink", "LookupLink", "CreateLink"):
        compat.behind.answer(f"{LINKS}/{method}", LINK)
    compat.behind.answer(QUERY, counted(42))


def callers_of(compat: Compat, method: str) -> list[callers.Caller]:
    """Return on whose behalf a method was called."""
    metadata = [call.metadata[caller_metadata.CALLER_KEY] for call in compat.behind.calls if call.method == method]
    return [caller_metadata.from_message(links_pb2.Caller.FromString(bytes(value))) for value in metadata]  # type: ignore[arg-type]


async def failure(call: Any) -> tuple[grpc.StatusCode, dict[str, str], Any]:
    """Await a call that fails; return its code, its initial metadata and its error body."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    metadata = dict(caught.value.initial_metadata() or ())
    return caught.value.code(), metadata, json.loads(metadata["x-error-body"])


async def test_created_links_belong_to_the_anonymous_owner(compat: Compat) -> None:
    """Shorten creates with an edit token on the anonymous owner's behalf, and answers 201."""
    with_link(compat)
    call = compat.shtr.Shorten(json_format.ParseDict({"url": "https://example.com/page"}, shtr_pb2.ShortenRequest()))
    answer = await call
    assert (answer.short_url, answer.code, answer.edit_token) == ("https://sho.rt/abc1", "abc1", "tok_a1b2")
    assert answer.qr_code.startswith("data:image/png;base64,")
    assert dict(await call.initial_metadata())["x-http-code"] == "201"
    assert compat.behind.only_call.request.issue_edit_token
    assert callers_of(compat, f"{LINKS}/CreateLink")[0].owner_id == callers.ANONYMOUS_OWNER_ID


async def test_the_public_view_asks_as_the_anonymous_owner(compat: Compat) -> None:
    """Without a token only links without an account are seen, and only their clicks."""
    with_link(compat)
    answer = await compat.shtr.GetLink(shtr_pb2.GetLinkRequest(code="abc1"))
    assert answer == shtr_pb2.GetLinkResponse(code="abc1", clicks=42, is_active=True)
    for method in (f"{LINKS}/LookupLink", QUERY):
        assert [caller.owner_id for caller in callers_of(compat, method)] == [callers.ANONYMOUS_OWNER_ID]


async def test_a_link_with_private_statistics_has_no_public_view(compat: Compat) -> None:
    """Its owner has said that nobody else shall see its clicks."""
    with_link(compat)
    compat.behind.answer(f"{LINKS}/LookupLink", links_pb2.Link(code="abc1", private_stats=True))
    code, _, body = await failure(compat.shtr.GetLink(shtr_pb2.GetLinkRequest(code="abc1")))
    assert (code, body) == (grpc.StatusCode.NOT_FOUND, {"error": "Link not found"})


async def test_the_full_view_asks_as_the_caller_of_the_token(compat: Compat) -> None:
    """With a token the rights are the token's."""
    with_link(compat)
    answer = await compat.shtr.GetLink(shtr_pb2.GetLinkRequest(code="abc1", token="tok_a1b2"))
    assert (answer.original_url, answer.clicks) == ("https://example.com/page", 42)
    for method in (f"{LINKS}/GetLink", QUERY):
        assert [caller.link_id for caller in callers_of(compat, method)] == [7]


REQUESTS = {
    "GetLink": shtr_pb2.GetLinkRequest,
    "GetStats": shtr_pb2.GetStatsRequest,
    "ListClicks": shtr_pb2.ListClicksRequest,
    "DeleteLink": shtr_pb2.DeleteLinkRequest,
}


@pytest.mark.parametrize("method", ["GetStats", "ListClicks", "DeleteLink"])
async def test_without_a_token_nobody_is_answered(compat: Compat, method: str) -> None:
    """A missing token is 401, before anything is asked."""
    code, metadata, body = await failure(getattr(compat.shtr, method)(REQUESTS[method](code="abc1")))
    assert (code, metadata["x-http-code"]) == (grpc.StatusCode.UNAUTHENTICATED, "401")
    assert body == {"error": "Edit token is required"}
    assert compat.behind.calls == []


@pytest.mark.parametrize("method", sorted(REQUESTS))
async def test_every_wrong_token_gets_the_same_answer(compat: Compat, method: str) -> None:
    """Unknown, another link's, an API key, a deleted link's: 403, and nothing tells them apart (S8)."""
    with_link(compat)
    request: Any = REQUESTS[method](code="zzz9", token="tok_a1b2")
    answers = [await failure(getattr(compat.shtr, method)(request))]
    request.code = "abc1"
    compat.behind.on(f"{LINKS}/GetLink", fails(errors.NotFound("link", 7)))
    answers.append(await failure(getattr(compat.shtr, method)(request)))
    api_key = access_service_pb2.AuthenticateResponse(caller=links_pb2.Caller(owner_id=5, scopes=["admin"]))
    compat.behind.answer(AUTHENTICATE, api_key)
    answers.append(await failure(getattr(compat.shtr, method)(request)))
    compat.behind.on(AUTHENTICATE, fails(errors.Unauthenticated()))
    answers.append(await failure(getattr(compat.shtr, method)(request)))
    assert {code for code, _, _ in answers} == {grpc.StatusCode.PERMISSION_DENIED}
    assert [body for _, _, body in answers] == [{"error": "Wrong edit token"}] * 4


async def test_a_deleted_link_is_deleted_by_the_caller_of_its_token(compat: Compat) -> None:
    """DeleteLink deletes the link of the token."""
    with_link(compat)
    answer = await compat.shtr.DeleteLink(shtr_pb2.DeleteLinkRequest(code="abc1", token="tok_a1b2"))
    assert answer.success
    assert callers_of(compat, f"{LINKS}/DeleteLink")[0].link_id == 7
    assert compat.behind.calls[-1].request.link_id == 7


async def test_pages_of_clicks_are_passed_over(compat: Compat) -> None:
    """Page 3 of 20 clicks begins after 40."""
    with_link(compat)
    compat.behind.answer(LIST_CLICKS, click_service_pb2.ListClicksResponse(clicks=[clicks_pb2.Click(click_id="s/1")]))
    request = shtr_pb2.ListClicksRequest(code="abc1", token="tok_a1b2", page="3")
    answer = await compat.shtr.ListClicks(request)
    assert (len(answer.clicks), answer.total, answer.page, answer.limit, answer.total_pages) == (1, 42, 3, 20, 3)
    asked = next(call.request for call in compat.behind.calls if call.method == LIST_CLICKS)
    assert (asked.link_id, asked.page_size, asked.skip) == (7, 20, 40)


async def test_statistics_ask_analytics_once(compat: Compat) -> None:
    """All lists come from one consistent query."""
    with_link(compat)
    empty = stats_service_pb2.QueryStatsResponse(results=[stats_service_pb2.ReportResult()] * 7)
    compat.behind.answer(QUERY, empty)
    answer = await compat.shtr.GetStats(shtr_pb2.GetStatsRequest(code="abc1", token="tok_a1b2"))
    assert (answer.link.id, answer.total_click_events, list(answer.clicks_over_time)) == (7, 0, [])
    assert [call.method for call in compat.behind.calls].count(QUERY) == 1


@pytest.mark.parametrize("token", ["tok_\n", "tok_\u00e4", "t" * 300, "tok a"])
async def test_a_token_that_none_can_be_is_wrong_like_any_other(compat: Compat, token: str) -> None:
    """What cannot be a token is not asked about, and answered as an unknown one."""
    with_link(compat)
    _, metadata, _ = await failure(compat.shtr.GetStats(shtr_pb2.GetStatsRequest(code="abc1", token=token)))
    assert metadata["x-http-code"] == "403"
    _, metadata, _ = await failure(compat.shtr.Lookup(shtr_pb2.LookupRequest(token=token)))
    assert metadata["x-http-code"] == "404"
    assert compat.behind.calls == []


async def test_lookup_finds_the_link_of_a_token(compat: Compat) -> None:
    """The token alone names the link; an unknown one finds nothing."""
    with_link(compat)
    answer = await compat.shtr.Lookup(shtr_pb2.LookupRequest(token="tok_a1b2"))
    expected = {"code": "abc1", "original_url": "https://example.com/page", "is_active": True}
    assert answer == shtr_pb2.LookupResponse(**expected)  # type: ignore[arg-type]
    compat.behind.on(AUTHENTICATE, fails(errors.Unauthenticated()))
    code, _, body = await failure(compat.shtr.Lookup(shtr_pb2.LookupRequest(token="tok_zzzz")))
    assert (code, body) == (grpc.StatusCode.NOT_FOUND, {"error": "Link not found"})


def guess(**body: str) -> shtr_pb2.VerifyPasswordRequest:
    return json_format.ParseDict({"code": "abc1", "password": "secret123", **body}, shtr_pb2.VerifyPasswordRequest())


async def test_a_right_password_sets_the_cookie(compat: Compat) -> None:
    """The ticket of links becomes the cookie that redirect reads; the guess counts for the visitor's address."""
    ticket = resolution_service_pb2.VerifyPasswordResponse(access_ticket="17.sig", link_id=7)
    ticket.expire_time.FromDatetime(datetime.now(UTC) + timedelta(hours=1))
    compat.behind.answer(VERIFY, ticket)
    call = compat.shtr.VerifyPassword(guess(), metadata=(("x-linkmeter-client-ip", "203.0.113.7"),))
    assert (await call).success
    cookie = str(dict(await call.initial_metadata())["set-cookie"])
    assert cookie.startswith("lm_access_abc1=17.sig; Path=/abc1; Expires=")
    assert cookie.endswith(" GMT; HttpOnly; SameSite=Lax; Secure")
    asked = compat.behind.only_call.request
    assert (asked.code, asked.password, asked.client_ip) == ("abc1", "secret123", "203.0.113.7")


async def test_a_wrong_password_is_forbidden(compat: Compat) -> None:
    """403, with another text than a wrong token."""
    compat.behind.on(VERIFY, fails(errors.PermissionDenied("wrong")))
    code, metadata, body = await failure(compat.shtr.VerifyPassword(guess()))
    assert (code, metadata["x-http-code"]) == (grpc.StatusCode.PERMISSION_DENIED, "403")
    assert body == {"error": "Wrong password"}


@pytest.mark.parametrize(
    "error",
    [
        errors.PermissionDenied("wrong"),
        errors.InvalidArgument("password", "is too long"),
        errors.ResourceExhausted("too many", 30),
        errors.Unavailable("down", 2),
    ],
)
async def test_native_callers_get_the_reason_of_the_cause(compat: Compat, error: errors.LinkmeterError) -> None:
    """What HTTP callers read is the dialect's; gRPC callers get the error that was raised, and no marker."""
    compat.behind.on(VERIFY, fails(error))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await compat.shtr.VerifyPassword(guess())
    assert caught.value.code() is rpc_errors.code_of(error)
    assert reason_of(caught.value) == type(error).reason


async def test_too_many_guesses_say_when_to_come_back(compat: Compat) -> None:
    """429 with the wait that links names (S6)."""
    compat.behind.on(VERIFY, fails(errors.ResourceExhausted("too many", 30)))
    _, metadata, _ = await failure(compat.shtr.VerifyPassword(guess()))
    assert (metadata["x-http-code"], metadata["retry-after"]) == ("429", "30")


async def test_text_that_is_not_utf_8_is_the_clients_fault(compat: Compat) -> None:
    """What cannot be decoded is 400 and not 500."""
    channel_call = compat.shtr.Lookup
    channel_call._request_serializer = lambda _: b"\x0a\x02\xff\xfe"  # type: ignore[attr-defined] # noqa: SLF001
    code, metadata, _ = await failure(channel_call(shtr_pb2.LookupRequest()))
    assert (code, metadata["x-http-code"]) == (grpc.StatusCode.INVALID_ARGUMENT, "400")


async def test_an_unexpected_answer_is_a_fault_of_ours_without_details(compat: Compat) -> None:
    """A bug is INTERNAL with a request id, in shtr's shape (S18)."""
    with_link(compat)
    compat.behind.answer(QUERY, stats_service_pb2.QueryStatsResponse())
    code, metadata, body = await failure(
        compat.shtr.GetLink(shtr_pb2.GetLinkRequest(code="abc1"), metadata=(("x-request-id", "journey-0001"),))
    )
    assert (code, metadata["x-http-code"]) == (grpc.StatusCode.INTERNAL, "500")
    assert body == {"error": "Something went wrong on our side. Request id: journey-0001"}


async def test_without_links_the_service_says_to_try_again(compat: Compat) -> None:
    """An outage is 503 with Retry-After."""
    compat.behind.on(f"{LINKS}/LookupLink", fails(errors.Unavailable("down", 2)))
    _, metadata, body = await failure(compat.shtr.GetLink(shtr_pb2.GetLinkRequest(code="abc1")))
    assert (metadata["x-http-code"], metadata["retry-after"]) == ("503", "2")
    assert body == {"error": "The service is not available just now. Please try again"}
