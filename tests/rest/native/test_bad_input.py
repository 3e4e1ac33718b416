"""What is wrong with a request is said in the native shape, before any service is bothered."""

import json

import httpx
import pytest

from tests.support.edge import Edge, Services
from tests.support.native_errors import assert_refused

JSON = {"content-type": "application/json"}
OK_BODY = b'{"destination": "https://example.com/"}'


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"destination": "', 18),
        (b'{"destination" "x"}', 15),
        (b'{"destination": "x"} more', 21),
        (b'{"destination": "x",}', 21),
        (b'{"destination": "x" "title": "y"}', 20),
        (b"{'destination': 'x'}", 2),
        (b"{destination: 1}", 2),
        (b'{"tags": ["a",]}', 15),
        (b'{"tags": ["a"}', 14),
        (b'{"title": "a\nb"}', 13),
        (b'{"title": "\\x41"}', 12),
        (b'{"title": /* no */ "x"}', 11),
        (b"destination=x", 12),
        (b"=", 1),
        (b"}", 1),
        (b" ", 1),
    ],
)
async def test_malformed_json_is_refused(
    client: httpx.AsyncClient, services: Services, body: bytes, place: int
) -> None:
    """What is not JSON is 400, also where the transcoder would make sense of it, and the place is said."""
    answer = await client.post("/v1/links", content=body, headers=JSON)
    assert_refused(answer, 400, 3, "INVALID_ARGUMENT", f"the body is not valid JSON at character {place}")
    assert services.calls == []


@pytest.mark.parametrize("value", [b"tru", b"nil", b"0x10", b"01", b"1.", b"+1", b"1e", b"--1", b"NaN", b"Infinity"])
async def test_malformed_values_are_refused(client: httpx.AsyncClient, services: Services, value: bytes) -> None:
    """A word or number that JSON does not have is 400."""
    answer = await client.post("/v1/links", content=b'{"maxClicks": ' + value + b"}", headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["code"] == 3
    assert services.calls == []


async def test_malformed_json_is_not_quoted(client: httpx.AsyncClient) -> None:
    """A password in a malformed body does not come back."""
    answer = await client.post("/v1/links", content=b'{"password": "hunter2", oops', headers=JSON)
    assert answer.status_code == 400
    assert "hunter2" not in answer.text


@pytest.mark.parametrize("text", [b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80"])
async def test_bad_utf8_is_refused(client: httpx.AsyncClient, services: Services, text: bytes) -> None:
    """Text that is not UTF-8 is 400."""
    body = b'{"destination": "https://example.com/' + text + b'"}'
    answer = await client.post("/v1/links", content=body, headers=JSON)
    assert_refused(answer, 400, 3, "INVALID_ARGUMENT", "Encountered non UTF-8 code points.")
    assert services.calls == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"destination": 5}, "link.destination: invalid value 5 for type TYPE_STRING"),
        ({"maxClicks": "many"}, 'link.max_clicks: invalid value "many" for type TYPE_INT64'),
        ({"maxClicks": 1.5}, "link.max_clicks: invalid value 1.5 for type TYPE_INT64"),
        ({"oneTime": "maybe"}, 'link.one_time: invalid value "maybe" for type TYPE_BOOL'),
        ({"tags": "a"}, "tags: expected a list"),
        ({"tags": {"a": "b"}}, "tags: expected a list"),
    ],
)
async def test_wrong_types_are_refused(
    client: httpx.AsyncClient, services: Services, body: object, message: str
) -> None:
    """A value of the wrong type is 400 and the field is named."""
    assert_refused(await client.post("/v1/links", json=body), 400, 3, "INVALID_ARGUMENT", message)
    assert services.calls == []


@pytest.mark.parametrize("body", [b"5", b"[]", b'"text"', b"true"])
async def test_a_body_that_is_no_object_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    """The body is an object."""
    answer = await client.post("/v1/links", content=body, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["code"] == 3


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v1/links", {"destination": "https://example.com/", "expires": 1}, "expires"),
        ("/v1/links", {"link": {"destination": "https://example.com/"}}, "link"),
        ("/v1/links", {"DESTINATION": "https://example.com/"}, "DESTINATION"),
        ("/v1/links/5:disable", {"why": "because"}, "why"),
        ("/v1/stats:query", {"reports": [{}, {"filters": [{"field": 1}]}]}, "reports.filters.field"),
        ("/v1/stats:query", {"interval": {"from": 1}}, "interval.from"),
    ],
)
async def test_unknown_fields_are_refused(
    client: httpx.AsyncClient, services: Services, path: str, body: object, field: str
) -> None:
    """A field that the contract does not know is 400 and named with its path, however deep it lies."""
    assert_refused(await client.post(path, json=body), 400, 3, "INVALID_ARGUMENT", f"unknown field: {field}")
    assert services.work == []


@pytest.mark.parametrize(
    "body",
    [
        {"destination": 'https://example.com/"}{,:[\\', "title": "}", "tags": ["{", '"', "\\"]},
        {"destination": "https://example.com/", "valid_from_time": "2026-03-01T00:00:00Z"},
        {"destination": "https://example.com/", "tags": [], "title": None, "maxClicks": "5", "oneTime": False},
    ],
)
async def test_good_bodies_pass(client: httpx.AsyncClient, services: Services, body: dict[str, object]) -> None:
    """Both spellings of a name, nulls, brackets and quotation marks inside of text are no reason to refuse."""
    answer = await client.post("/v1/links", content=json.dumps(body, indent=2), headers=JSON)
    assert answer.status_code == 200
    assert services.only_call.request.link.destination == body["destination"]


@pytest.mark.parametrize("query", ["colour=red", "page_size=5&x=y", "link.title=x"])
async def test_unknown_query_parameters_are_refused(client: httpx.AsyncClient, services: Services, query: str) -> None:
    """A query parameter that the contract does not know is 400 and named."""
    answer = await client.get(f"/v1/links?{query}")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Could not find field")
    assert services.calls == []


@pytest.mark.parametrize("path", ["/v1/links?pageSize=many", "/v1/links/five", "/v1/links?archived=perhaps"])
async def test_wrong_types_in_the_address_are_refused(client: httpx.AsyncClient, services: Services, path: str) -> None:
    """Path and query have types, too."""
    answer = await client.get(path)
    assert answer.status_code == 400
    assert "invalid value" in answer.json()["message"]
    assert services.calls == []


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/v1/links/5?linkId=6"),
        ("GET", "/v1/links/5/clicks?link_id=6"),
        ("DELETE", "/v1/links/5?link_id=6"),
        ("PATCH", "/v1/links/5?link.linkId=6"),
    ],
)
async def test_the_query_cannot_change_what_the_path_names(
    client: httpx.AsyncClient, services: Services, verb: str, path: str
) -> None:
    """A parameter that would overwrite a part of the path is refused."""
    answer = await client.request(verb, path, json={})
    assert answer.status_code == 400
    assert answer.json()["message"].endswith("is given by the path")
    assert services.work == []


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "text/plain", "application/jsonp", "application/xml", ""]
)
async def test_other_content_types_are_refused(
    client: httpx.AsyncClient, services: Services, content_type: str
) -> None:
    """A body is JSON and says so, else it is 415."""
    answer = await client.post("/v1/links", content=OK_BODY, headers={"content-type": content_type})
    assert_refused(answer, 415, 3, "INVALID_ARGUMENT", "the content type must be application/json")
    assert services.calls == []


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
async def test_json_content_types_pass(client: httpx.AsyncClient, content_type: str) -> None:
    """Parameters and case of the content type do not matter."""
    answer = await client.post("/v1/links", content=OK_BODY, headers={"content-type": content_type})
    assert answer.status_code == 200


async def test_no_body_needs_no_content_type(client: httpx.AsyncClient, services: Services) -> None:
    """An operation without anything to say takes an empty body."""
    answer = await client.post("/v1/links/5:disable")
    assert answer.status_code == 200
    assert services.only_call.request.link_id == 5


@pytest.mark.parametrize(
    ("verb", "path", "allowed"),
    [
        ("PUT", "/v1/links", "GET, POST"),
        ("DELETE", "/v1/links", "GET, POST"),
        ("POST", "/v1/links/5", "DELETE, GET, PATCH"),
        ("GET", "/v1/links/5:disable", "POST"),
        ("GET", "/v1/stats:query", "POST"),
        ("POST", "/v1/ledger", "GET"),
        ("TRACE", "/v1/ledger", "GET"),
        ("OPTIONS", "/v1/ledger", "GET"),
        ("OPTIONS", "/abc", "GET, HEAD, POST, PUT, PATCH, DELETE"),
        ("POST", "/docs", "GET, HEAD"),
    ],
)
async def test_wrong_methods_are_refused(
    client: httpx.AsyncClient, services: Services, verb: str, path: str, allowed: str
) -> None:
    """A method that a path does not have is 405, with those that it has."""
    answer = await client.request(verb, path)
    assert_refused(answer, 405, 12, "UNIMPLEMENTED", "the method is not allowed here")
    assert answer.headers["allow"] == allowed
    assert services.calls == []
    assert services.visits == []


async def test_head_is_refused_without_a_body(client: httpx.AsyncClient, services: Services) -> None:
    """REST paths have no HEAD."""
    answer = await client.head("/v1/links")
    assert answer.status_code == 405
    assert answer.content == b""
    assert services.calls == []


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/nope", "/v1/links/5/nope", "/v1/links:nope", "/a/b", "/v2/links"])
async def test_unknown_paths_are_refused(client: httpx.AsyncClient, services: Services, path: str) -> None:
    """A path that nobody has is 404."""
    assert_refused(await client.get(path), 404, 5, "NOT_FOUND", "there is nothing at this path")
    assert services.calls == []
    assert services.visits == []


async def test_a_huge_body_is_refused(client: httpx.AsyncClient, services: Services) -> None:
    """More than a megabyte is 413."""
    body = b'{"title": "' + b"x" * (1024 * 1024) + b'"}'
    answer = await client.post("/v1/links", content=body, headers=JSON)
    assert_refused(answer, 413, 3, "INVALID_ARGUMENT", "the request body is too large")
    assert services.calls == []


async def test_a_large_body_is_read(client: httpx.AsyncClient, services: Services) -> None:
    """What is below the limit reaches the service whole."""
    title = "x" * 125_000
    assert (await client.post("/v1/links", json={"title": title})).status_code == 200
    assert services.only_call.request.link.title == title


@pytest.mark.parametrize("size", [20_000, 65_536, 200_000])
async def test_huge_headers_are_refused(client: httpx.AsyncClient, services: Services, size: int) -> None:
    """More than 16 KiB of headers are 431."""
    answer = await client.get("/v1/links", headers={"x-large": "x" * size})
    assert_refused(answer, 431, 3, "INVALID_ARGUMENT", "the request headers are too large")
    assert services.calls == []


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"title":' * 10_000, b'{"tags":' + b"[" * 100_000])
async def test_deep_nesting_is_refused(client: httpx.AsyncClient, services: Services, body: bytes) -> None:
    """A body of brackets is 400 and takes no time."""
    answer = await client.post("/v1/links", content=body, headers=JSON)
    assert answer.status_code == 400
    assert services.calls == []


async def test_header_names_that_grpc_lacks_do_not_matter(edge: Edge, services: Services) -> None:
    """HTTP allows more letters in names of headers than gRPC: what it could not carry does not reach it."""
    names = [f"x{letter}y" for letter in "!#$%&'*+^`|~"]
    headers = "".join(f"{name}: 1\r\n" for name in [*names, "x-y.z"])
    answer = await edge.raw(f"GET /v1/links/5 HTTP/1.1\r\nhost: sho.rt\r\n{headers}\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert services.only_call.metadata["x-y.z"] == "1"
    assert not set(names) & set(services.only_call.metadata)


@pytest.mark.parametrize("text", ["x" * 70_000, "é" * 35_000, "漢" * 25_000, "😀" * 17_000])
async def test_what_is_refused_is_not_said_back_at_length(client: httpx.AsyncClient, text: str) -> None:
    """An error shows the beginning of a long value, in whole characters."""
    answer = await client.post("/v1/links", json={"maxClicks": text})
    assert answer.status_code == 400
    assert text[:100] in answer.json()["message"]
    assert len(answer.content) < 2000
