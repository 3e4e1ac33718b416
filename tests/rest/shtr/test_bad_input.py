"""Bad input on every endpoint of shtr's API: {"error": …} with the right status, nothing written."""

from typing import Any

import httpx
import pytest

from tests.rest.shtr.conftest import Shorten, assert_error

JSON = {"content-type": "application/json"}
URL = "https://example.com/page"
# Where a body is read.
POSTS = [
    "/api/shorten",
    "/api/verify-password",
    "/api/verify",
    "/api/links/abc1/verify",
    "/api/links/abc1/verify-password",
]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"url":',
        b'{"url": "https://example.com/page"',
        b'{"url": "https://example.com/page"} {}',
        b"[]",
        b"null",
        b'"text"',
        b"5",
        b'{"url": "\xff\xfe"}',
        b'{"url": "\xc3\x28"}',
        b'{"url": "\\ud800"}',
        b'{"url": NaN}',
        b'{"url": 1e999}',
        b'{"url": ' + b"[" * 60 + b"]" * 60 + b"}",
        b'{"url": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"url": ' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"}",
    ],
)
async def test_what_is_no_json_object_is_refused(shtr: httpx.AsyncClient, path: str, body: bytes) -> None:
    """Malformed, cut off, not an object, not UTF-8, nested without end: 400."""
    assert_error(await shtr.post(path, content=body, headers=JSON), 400)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "url is required"),
        ({"url": None}, "url is required"),
        ({"url": ""}, "url is required"),
        ({"url": 5}, "url must be a string"),
        ({"url": [URL]}, "url must be a string"),
        ({"url": {}}, "url must be a string"),
        ({"url": URL, "customCode": 5}, "customCode must be a string"),
        ({"url": URL, "customCode": "ab"}, "customCode must be 3 to 20 letters, digits, hyphens or underscores"),
        ({"url": URL, "customCode": "a b c"}, "customCode must be 3 to 20 letters, digits, hyphens or underscores"),
        ({"url": URL, "customCode": "a" * 21}, "customCode must be 3 to 20 letters, digits, hyphens or underscores"),
        ({"url": URL, "password": ["x"]}, "password must be a string"),
        ({"url": URL, "expiresAt": 5}, "expiresAt must be a string"),
        (
            {"url": URL, "expiresAt": "soon"},
            "expiresAt must be an ISO 8601 date, for instance 2030-12-31T23:59:59Z",
        ),
        ({"url": URL, "expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt must be in the future"),
        ({"url": URL, "isOneTime": "yes"}, "isOneTime must be true or false"),
        ({"url": URL, "isOneTime": 1}, "isOneTime must be true or false"),
    ],
)
async def test_a_wrong_field_is_named(shtr: httpx.AsyncClient, body: dict[str, Any], text: str) -> None:
    """The error says which field is wrong and what it has to be, as the documentation names it."""
    assert_error(await shtr.post("/api/shorten", json=body), 400, text)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "ftp://example.com/",
        "//example.com",
        "example.com",
        "https://",
        "https://example.com/%00",
        "https://example.com/\r\nx",
        "https://example.com/\0",
        "https://user:pass@example.com/",
        "http://localhost/abc1",
        "https://example.com/" + "a" * 9000,
    ],
)
async def test_a_destination_that_is_not_allowed_is_refused(shtr: httpx.AsyncClient, url: str) -> None:
    """The rules of destinations hold here, too (S1, S2, S4), and the field is called url."""
    answer = await shtr.post("/api/shorten", json={"url": url})
    assert_error(answer, 400)
    assert answer.json()["error"].startswith("url ")


async def test_an_over_long_password_is_refused(shtr: httpx.AsyncClient) -> None:
    """At most 256 characters."""
    answer = await shtr.post("/api/shorten", json={"url": URL, "password": "x" * 257})
    assert_error(answer, 400)
    assert answer.json()["error"].startswith("password ")


async def test_a_reserved_code_is_refused(shtr: httpx.AsyncClient) -> None:
    """Codes that are paths of ours cannot be had."""
    assert_error(await shtr.post("/api/shorten", json={"url": URL, "customCode": "healthz"}), 400)


@pytest.mark.parametrize("path", POSTS)
async def test_an_unknown_field_is_refused_by_its_name(shtr: httpx.AsyncClient, path: str) -> None:
    """A misspelt field would be lost in silence otherwise."""
    answer = await shtr.post(path, json={"nonsense": "x"})
    assert_error(answer, 400)
    assert "nonsense" in answer.json()["error"]


async def test_a_refused_link_does_not_exist(shtr: httpx.AsyncClient) -> None:
    """Nothing was written: the code is still free."""
    body = {"url": URL, "customCode": "never-made", "isOneTime": "yes"}
    assert_error(await shtr.post("/api/shorten", json=body), 400)
    assert_error(await shtr.get("/api/links/never-made"), 404, "Link not found")


@pytest.mark.parametrize("path", POSTS)
async def test_query_parameters_do_not_stand_in_for_the_body(shtr: httpx.AsyncClient, path: str) -> None:
    """A password or destination in the URL would end up in logs, so it is never read."""
    query = {"url": "https://elsewhere.example/", "password": "secret123"}
    assert_error(await shtr.post(path, params=query, json={}), 400)


@pytest.mark.parametrize("path", POSTS)
async def test_a_huge_body_is_refused(shtr: httpx.AsyncClient, path: str) -> None:
    """413, before anything reads it all."""
    body = b'{"url": "' + b"a" * 2_000_000 + b'"}'
    assert_error(await shtr.post(path, content=body, headers=JSON), 413)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_other_content_types_are_refused(shtr: httpx.AsyncClient, path: str, content_type: str) -> None:
    """Bodies are JSON and say so: 415."""
    headers = {"content-type": content_type} if content_type else {}
    assert_error(await shtr.post(path, content=b'{"url": "https://example.com"}', headers=headers), 415)


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/api/shorten", "POST"),
        ("PUT", "/api/shorten", "POST"),
        ("DELETE", "/api/shorten", "POST"),
        ("POST", "/api/links/abc1", "DELETE, GET"),
        ("PUT", "/api/links/abc1", "DELETE, GET"),
        ("PATCH", "/api/links/abc1", "DELETE, GET"),
        ("POST", "/api/links/abc1/stats", "GET"),
        ("DELETE", "/api/links/abc1/clicks", "GET"),
        ("POST", "/api/lookup", "GET"),
        ("GET", "/api/verify-password", "POST"),
    ],
)
async def test_other_methods_are_not_allowed(shtr: httpx.AsyncClient, method: str, path: str, allow: str) -> None:
    """405 with what is allowed."""
    answer = await shtr.request(method, path)
    assert_error(answer, 405)
    assert answer.headers["allow"] == allow


# Not /api/links itself: there another documented API lists links.
@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nope", "/api/links/abc1/nope", "/api/shorten/x"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_unknown_paths_are_not_found(shtr: httpx.AsyncClient, method: str, path: str) -> None:
    """404 in shtr's shape."""
    assert_error(await shtr.request(method, path), 404)


@pytest.mark.parametrize("code", ["absent1", "ab", "a" * 65, "%C3%A4%C3%B6", "a%20b", "a.b", "%3Cb%3E"])
async def test_a_code_that_is_not_there_is_not_found(shtr: httpx.AsyncClient, code: str) -> None:
    """Whatever the code looks like."""
    assert_error(await shtr.get(f"/api/links/{code}"), 404, "Link not found")


@pytest.mark.parametrize("code", ["%FF%FE", "a%00b", "a%2Fb", "%2e%2e", "%C0%AF"])
@pytest.mark.parametrize("rest", ["", "/stats?token=tok_x", "/clicks?token=tok_x"])
async def test_a_path_that_can_be_read_in_two_ways_is_refused(shtr: httpx.AsyncClient, code: str, rest: str) -> None:
    """Bad UTF-8, NUL, slashes and dots in disguise: 400 (S17)."""
    assert_error(await shtr.get(f"/api/links/{code}{rest}"), 400)


@pytest.mark.parametrize("name", ["page", "limit"])
@pytest.mark.parametrize("value", ["0", "-1", "1.5", "x", "%20", "1e3", "99999999999999999999"])
async def test_a_wrong_page_is_refused(shtr: httpx.AsyncClient, shorten: Shorten, name: str, value: str) -> None:
    """Page and limit are whole numbers from 1."""
    link = await shorten()
    answer = await shtr.get(f"/api/links/{link.code}/clicks?token={link.token}&{name}={value}")
    assert_error(answer, 400, f"{name} must be a whole number from 1")


async def test_pages_past_what_can_be_listed_are_refused(shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """A page far away costs as much as all before it."""
    link = await shorten()
    answer = await shtr.get(f"/api/links/{link.code}/clicks?token={link.token}&page=100000&limit=100")
    assert_error(answer, 400, "page is too large; the first 100000 clicks can be listed")


async def test_a_query_parameter_does_not_replace_the_path(shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """The path names the link, and nothing else does (S17)."""
    link, other = await shorten(), await shorten()
    assert_error(await shtr.get(f"/api/links/{link.code}?code={other.code}"), 400)


async def test_unknown_query_parameters_are_ignored(shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """Shared addresses carry tracking parameters."""
    link = await shorten()
    assert (await shtr.get(f"/api/links/{link.code}?utm_source=mail&fbclid=1")).status_code == 200
