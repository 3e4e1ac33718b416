"""JSON in, gRPC behind, JSON out."""

import grpc
import httpx
import pytest
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.analytics.v1 import stats_service_pb2
from linkmeter.compat.shtr.v1 import shtr_pb2
from linkmeter.links.v1 import links_pb2
from linkmeter.links.v1.link_service_pb2 import BatchUpdateLinksResponse, BatchUpdateLinksResult
from services.common import errors
from services.runtime import rpc_errors
from tests.support.edge import Context, Services

LINKS = "linkmeter.links.v1.LinkService"


async def test_a_link_is_printed_whole(client: httpx.AsyncClient, services: Services) -> None:
    """Names are lowerCamelCase, 64-bit numbers text, enums names, times RFC 3339; empty values are there, too."""
    link = links_pb2.Link(link_id=2**53 + 1, code="abc", state=links_pb2.LINK_STATE_ACTIVE, tags=["a"])
    link.create_time.CopyFrom(Timestamp(seconds=1_772_366_400))
    services.answer(f"{LINKS}/GetLink", link)
    answer = await client.get("/v1/links/5")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert body["linkId"] == "9007199254740993"
    assert body["state"] == "LINK_STATE_ACTIVE"
    assert body["createTime"] == "2026-03-01T12:00:00Z"
    assert body["tags"] == ["a"]
    assert body["title"] == ""
    assert body["disabled"] is False
    assert "expireTime" not in body


async def test_a_picture_is_answered_as_it_is(client: httpx.AsyncClient, services: Services) -> None:
    """With its own media type; what is asked of it, colours and a logo too, arrives."""
    services.answer(f"{LINKS}/GetLinkQrCode", HttpBody(content_type="image/png", data=b"\x89PNG"))
    answer = await client.get("/v1/links/5/qrCode?size=300&margin=0&darkColor=%23112233")
    assert (answer.status_code, answer.content) == (200, b"\x89PNG")
    assert answer.headers["content-type"] == "image/png"
    request = services.only_call.request
    assert (request.link_id, request.size, request.margin, request.dark_color) == (5, 300, 0, "#112233")
    assert request.HasField("margin")
    services.calls.clear()
    await client.post("/v1/links/5/qrCode", json={"logo": "R0lGODlh"})
    assert services.only_call.request.logo == b"GIF89a"


async def test_results_of_many_have_their_reasons(client: httpx.AsyncClient, services: Services) -> None:
    """Each as the error of one call would be written."""
    refused = rpc_errors.status_of(errors.NotFound("link", 6))
    results = [BatchUpdateLinksResult(link_id=5, etag="x"), BatchUpdateLinksResult(link_id=6, status=refused)]
    services.answer(f"{LINKS}/BatchUpdateLinks", BatchUpdateLinksResponse(results=results))
    answer = await client.post("/v1/links:batchUpdate", json={"linkIds": ["5", 6], "archived": False})
    assert answer.status_code == 200
    first, second = answer.json()["results"]
    assert (first["linkId"], first["etag"]) == ("5", "x")
    assert (second["status"]["code"], second["status"]["message"]) == (5, "link not found: 6")
    assert second["status"]["details"][0]["reason"] == "NOT_FOUND"
    request = services.only_call.request
    assert (list(request.link_ids), request.HasField("archived"), request.archived) == ([5, 6], True, False)


async def test_path_and_body_fill_one_request(client: httpx.AsyncClient, services: Services) -> None:
    """An update takes the link from the path, its values from the body and the mask from the query."""
    answer = await client.patch(
        "/v1/links/5?updateMask=title,maxClicks", json={"title": "x", "linkId": "7", "maxClicks": "3"}
    )
    assert answer.status_code == 200
    request = services.only_call.request
    assert (request.link.link_id, request.link.title, request.link.max_clicks) == (5, "x", 3)
    assert list(request.update_mask.paths) == ["title", "max_clicks"]


async def test_query_parameters_fill_nested_fields(client: httpx.AsyncClient, services: Services) -> None:
    """Dots lead into messages, repeated names fill lists, both spellings work, plus is a space."""
    path = "/v1/links?created.startTime=2026-03-01T00:00:00Z&page_size=7&query=two+words&state=LINK_STATE_EXPIRED"
    assert (await client.get(path)).status_code == 200
    request = services.only_call.request
    assert request.created.start_time.seconds == 1_772_323_200
    assert (request.page_size, request.query, request.state) == (7, "two words", links_pb2.LINK_STATE_EXPIRED)


@pytest.mark.parametrize(
    ("verb", "path", "method"),
    [
        ("POST", "/v1/links", "linkmeter.links.v1.LinkService/CreateLink"),
        ("GET", "/v1/links:lookup?code=abc", "linkmeter.links.v1.LinkService/LookupLink"),
        ("DELETE", "/v1/links/5", "linkmeter.links.v1.LinkService/DeleteLink"),
        ("POST", "/v1/links/5:enable", "linkmeter.links.v1.LinkService/EnableLink"),
        ("GET", "/v1/links:batchGet?linkIds=5&linkIds=6", "linkmeter.links.v1.LinkService/BatchGetLinks"),
        ("POST", "/v1/links:batchGet", "linkmeter.links.v1.LinkService/BatchGetLinks"),
        ("POST", "/v1/links:batchUpdate", "linkmeter.links.v1.LinkService/BatchUpdateLinks"),
        ("GET", "/v1/links:checkCode?code=abc", "linkmeter.links.v1.LinkService/CheckLinkCode"),
        ("GET", "/v1/links/5/qrCode?format=QR_FORMAT_SVG", "linkmeter.links.v1.LinkService/GetLinkQrCode"),
        ("POST", "/v1/links/5/qrCode", "linkmeter.links.v1.LinkService/GetLinkQrCode"),
        ("GET", "/v1/apiKeys", "linkmeter.links.v1.ApiKeyService/ListApiKeys"),
        ("GET", "/v1/tags?withLinkCounts=true", "linkmeter.links.v1.TagService/ListTags"),
        ("POST", "/v1/tags:merge", "linkmeter.links.v1.TagService/MergeTags"),
        ("DELETE", "/v1/tags/5", "linkmeter.links.v1.TagService/DeleteTag"),
        ("GET", "/v1/domains", "linkmeter.links.v1.DomainService/ListDomains"),
        ("GET", "/v1/clicks", "linkmeter.analytics.v1.ClickService/ListClicks"),
        ("POST", "/v1/clicks:query", "linkmeter.analytics.v1.ClickService/ListClicks"),
        ("GET", "/v1/links/5/clicks", "linkmeter.analytics.v1.ClickService/ListClicks"),
        ("GET", "/v1/links/5/stats", "linkmeter.analytics.v1.StatsService/GetLinkStats"),
        ("POST", "/v1/stats:query", "linkmeter.analytics.v1.StatsService/QueryStats"),
        ("POST", "/v1/stats:delete", "linkmeter.analytics.v1.StatsService/DeleteStats"),
        ("DELETE", "/v1/links/5/stats", "linkmeter.analytics.v1.StatsService/DeleteStats"),
        ("DELETE", "/v1/domains/own.example/stats", "linkmeter.analytics.v1.StatsService/DeleteStats"),
        ("GET", "/v1/ledger", "linkmeter.analytics.v1.StatsService/GetLedger"),
    ],
)
async def test_paths_lead_to_methods(
    client: httpx.AsyncClient, services: Services, verb: str, path: str, method: str
) -> None:
    """Each path reaches the method that the contract binds to it, and headers travel as metadata."""
    json: dict[str, object] | None = {} if verb == "POST" else None
    answer = await client.request(verb, path, json=json, headers={"authorization": "Bearer x", "idempotency-key": "k"})
    assert answer.status_code == 200
    assert services.only_call.method == method
    assert services.only_call.metadata["authorization"] == "Bearer x"
    assert services.only_call.metadata["idempotency-key"] == "k"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.InvalidArgument("destination", "must be http or https"), 400, 3),
        (errors.FailedPrecondition("used with another request"), 400, 9),
        (errors.Unauthenticated(), 401, 16),
        (errors.PermissionDenied("needs links:write"), 403, 7),
        (errors.NotFound("link", 5), 404, 5),
        (errors.AlreadyExists("code", "abc"), 409, 6),
        (errors.Aborted("the link has changed"), 409, 10),
        (errors.ResourceExhausted("slow down", 7), 429, 8),
        (errors.Internal("internal error, request id x"), 500, 13),
        (errors.Unavailable("no database", 3), 503, 14),
        (errors.DeadlineExceeded("no time left"), 504, 4),
    ],
)
async def test_failures_become_http(
    client: httpx.AsyncClient, services: Services, error: errors.LinkmeterError, status: int, code: int
) -> None:
    """A gRPC status becomes the HTTP status that belongs to it, and google.rpc.Status with its details as body."""
    services.fail(f"{LINKS}/GetLink", error)
    answer = await client.get("/v1/links/5")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert (body["code"], body["message"]) == (code, error.description)
    assert body["details"][0]["@type"] == "type.googleapis.com/google.rpc.ErrorInfo"
    assert body["details"][0]["reason"] == error.reason


@pytest.mark.parametrize(
    ("error", "seconds"), [(errors.ResourceExhausted("slow", 7), "7"), (errors.Unavailable("down", 3), "3")]
)
async def test_retry_info_becomes_retry_after(
    client: httpx.AsyncClient, services: Services, error: errors.LinkmeterError, seconds: str
) -> None:
    """What may work later says when, as a header in whole seconds."""
    services.fail(f"{LINKS}/GetLink", error)
    assert (await client.get("/v1/links/5")).headers["retry-after"] == seconds


async def test_answers_show_nothing_of_the_inside(client: httpx.AsyncClient, services: Services) -> None:
    """REST answers have no gRPC headers, none of Envoy's, no upstream's name; they have a request id."""
    services.fail(f"{LINKS}/CreateLink", errors.NotFound("link", 5))
    for answer in (
        await client.get("/v1/links/5"),
        await client.post("/v1/links", json={}),
        await client.get("/readyz"),
    ):
        names = [name for name in answer.headers if name.startswith(("grpc-", "x-envoy-", "x-http-", "x-error-"))]
        assert names == []
        assert answer.headers["server"] == "linkmeter"
        assert len(answer.headers["x-request-id"]) == 36


async def test_compat_sets_status_and_headers(client: httpx.AsyncClient, services: Services) -> None:
    """x-http-code in initial metadata is the status; other metadata are headers."""

    async def shorten(_request: object, context: Context) -> shtr_pb2.ShortenResponse:
        await context.send_initial_metadata((("x-http-code", "201"), ("set-cookie", "a=b")))
        return shtr_pb2.ShortenResponse(code="abc")

    services.on("linkmeter.compat.shtr.v1.ShtrService/Shorten", shorten)
    answer = await client.post("/api/shorten", json={"url": "https://example.com/"})
    assert answer.status_code == 201
    assert answer.headers["set-cookie"] == "a=b"
    assert "x-http-code" not in answer.headers
    assert answer.json()["code"] == "abc"


async def test_compat_words_its_own_errors(client: httpx.AsyncClient, services: Services) -> None:
    """x-error-body in initial metadata is the body of a failure; gRPC callers see the true status."""

    async def get_link(_request: object, context: Context) -> shtr_pb2.GetLinkResponse:
        await context.send_initial_metadata((("x-http-code", "410"), ("x-error-body", '{"error":"gone"}')))
        await context.abort(grpc.StatusCode.FAILED_PRECONDITION, "gone")
        raise AssertionError("abort raises")

    services.on("linkmeter.compat.shtr.v1.ShtrService/GetLink", get_link)
    answer = await client.get("/api/links/abc")
    assert (answer.status_code, answer.text) == (410, '{"error":"gone"}')
    assert answer.headers["content-type"] == "application/json"
    assert "x-error-body" not in answer.headers


@pytest.mark.parametrize(
    ("verb", "path", "content", "status", "words"),
    [
        ("POST", "/api/shorten", b"{", 400, "the body is not valid JSON at character 2"),
        ("POST", "/api/shorten", b'{"url": "x", "colour": 1}', 400, "unknown field: colour"),
        ("POST", "/api/shorten", b'{"url": "\xff"}', 400, "Encountered non UTF-8 code points."),
        ("GET", "/api/links/a%2Fb", b"", 400, "the path can be read in more than one way"),
        ("GET", "/api/links/abc?code=d", b"", 400, "code is given by the path"),
        ("GET", "/api/nope", b"", 404, "there is nothing at this path"),
        ("GET", "/api", b"", 404, "there is nothing at this path"),
        ("PUT", "/api/shorten", b"", 405, "the method is not allowed here"),
        ("POST", "/api/shorten", b'{"url":"' + b"x" * 1_100_000 + b'"}', 413, "the request body is too large"),
    ],
)
async def test_the_gateway_words_errors_as_the_dialect_does(
    client: httpx.AsyncClient, verb: str, path: str, content: bytes, status: int, words: str
) -> None:
    """Envoy's own errors have the shape of the surface that was asked."""
    answer = await client.request(verb, path, content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()) == (status, {"error": words})


async def test_unknown_parameters_do_not_matter_to_dialects(client: httpx.AsyncClient, services: Services) -> None:
    """Shared links carry tracking parameters."""
    assert (await client.get("/api/links/abc?utm_source=x")).status_code == 200
    assert services.only_call.request == shtr_pb2.GetLinkRequest(code="abc")


async def test_statistics_travel_both_ways(client: httpx.AsyncClient, services: Services) -> None:
    """A nested query arrives as it was meant, and zeros are printed."""
    row = stats_service_pb2.StatsRow(metrics=[0])
    result = stats_service_pb2.ReportResult(rows=[row])
    services.answer(
        "linkmeter.analytics.v1.StatsService/QueryStats",
        stats_service_pb2.QueryStatsResponse(results=[result], time_zone="UTC"),
    )
    query = {"reports": [{"dimensions": ["DIMENSION_COUNTRY"], "metrics": ["METRIC_CLICKS"]}], "timeZone": "UTC"}
    answer = await client.post("/v1/stats:query", json=query)
    assert answer.json()["results"] == [{"rows": [{"dimensions": [], "metrics": ["0"]}]}]
    report = services.only_call.request.reports[0]
    assert list(report.dimensions) == [stats_service_pb2.DIMENSION_COUNTRY]
