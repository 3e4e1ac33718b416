"""S17 at the gateway: a path is read one way or refused."""

import httpx
import pytest

from tests.support.edge import Edge, Services

AMBIGUOUS = [
    b"/abc%2Fdef",
    b"/abc%2fdef",
    b"/abc%5cdef",
    b"/abc\\def",
    b"/v1%2Flinks",
    b"/v1/links/5%2F..%2F..%2FapiKeys",
    b"/v1/links/5%2Fclicks",
    b"//abc",
    b"/v1//links",
    b"/abc//",
    b"//evil.example/abc",
    b"/abc/../def",
    b"/..",
    b"/.",
    b"/../v1/links",
    b"/v1/links/../apiKeys",
    b"/v1/./links",
    b"/%2e%2e/v1/links",
    b"/v1/links/%2E%2E/apiKeys",
    b"/.%2e",
    b"/abc%00",
    b"/abc%00/../v1/links",
    b"/abc\x00",
    b"/abc%0d%0alocation:%20x",
    b"/abc%09def",
    b"/abc%0a%00",
    b"/abc%0a/",
    b"/abc%0a%2f",
    b"/abc%c0%af%0a",
    b"/v1/links%0a",
    b"/abc%c0%afdef",
    b"/%c0%ae%c0%ae/v1/links",
    b"/abc%e0%80%af",
    b"/abc%f0%80%80%af",
    b"/abc%ff",
    b"/abc#def",
    b"*",
    b"abc",
    b"",
]


@pytest.mark.parametrize("verb", [b"GET", b"POST"])
@pytest.mark.parametrize("path", AMBIGUOUS)
async def test_ambiguous_paths_are_refused(edge: Edge, services: Services, path: bytes, verb: bytes) -> None:
    """What two programs could read in two ways is 400 and reaches nobody."""
    assert await edge.status_of(path, verb) in (0, 400)
    assert services.calls == []
    assert services.visits == []


# Paths that the transcoder would take, if it were asked before the route that refuses.
TEMPTING = [
    (b"GET", b"/v1/links/5%2F"),
    (b"GET", b"/v1/links/.."),
    (b"GET", b"/v1/links/%2e%2e/stats"),
    (b"DELETE", b"/v1/domains/../stats"),
    (b"DELETE", b"/v1/domains/a%2Fb/stats"),
    (b"DELETE", b"/v1/domains/a%5cb/stats"),
    (b"DELETE", b"/v1/domains/%2e/stats"),
    (b"DELETE", b"/v1/domains/a%00b/stats"),
    (b"PATCH", b"/v1/links/.."),
    (b"GET", b"/api/links/.."),
    (b"GET", b"/api/links/a%2Fb/stats"),
    (b"GET", b"/domains/.."),
    (b"DELETE", b"/links/a%2Fb"),
    (b"GET", b"/api/v1/urls/.."),
    (b"GET", b"/v3/.."),
]


@pytest.mark.parametrize(("verb", "path"), TEMPTING)
async def test_no_filter_comes_before_the_refusal(edge: Edge, services: Services, verb: bytes, path: bytes) -> None:
    """A path variable is not taken for what stands in it, on any surface."""
    assert await edge.status_of(path, verb) == 400
    assert services.calls == []
    assert services.visits == []


@pytest.mark.parametrize("path", ["/V1/links", "/v1/Links", "/API/links/abc", "/v1/LINKS/5", "/Docs/x", "/Healthz/x"])
async def test_case_matters(client: httpx.AsyncClient, services: Services, path: str) -> None:
    """Another case is another path."""
    assert (await client.get(path)).status_code == 404
    assert services.calls == []


@pytest.mark.parametrize(
    "path",
    [
        *("/abc", "/ABC", "/Abc", "/abc+", "/abc;x=y", "/%61bc", "/abc?x=/../v1"),
        # What redirect cuts off.
        *("/abc.", "/abc%20", "/abc/", "/abc/)", "/abc)", "/abc,", "/abc&utm=1", "/abc%3Futm=1", "/abc%E3%80%82"),
        *("/abc%0A", "/abc%0d%0a", "/abc%09?x=y", "/abc.%0A", "/abc+%7f", "/abc%20%0A)", "/%F0%9F%90%8D%0A"),
    ],
)
async def test_codes_arrive_as_they_were_written(client: httpx.AsyncClient, services: Services, path: str) -> None:
    """The data plane reads the very bytes that the visitor sent."""
    await client.get(path)
    assert [visit.target for visit in services.visits] == [path]
    assert services.calls == []


@pytest.mark.parametrize("path", ["/abc/def", "/abc/def/", "/healthz/x", "/docs/x/", "/abc/d."])
async def test_other_segments_lead_nowhere(client: httpx.AsyncClient, services: Services, path: str) -> None:
    """A code has one segment."""
    assert (await client.get(path)).status_code == 404
    assert services.visits == []


@pytest.mark.parametrize("path", ["/healthz/", "/readyz/", "/docs/", "/openapi.json/"])
async def test_no_page_of_ours_ends_with_a_slash(client: httpx.AsyncClient, services: Services, path: str) -> None:
    """It is asked for as a code, which no link can have."""
    await client.get(path)
    assert [visit.target for visit in services.visits] == [path]


@pytest.mark.parametrize("path", ["/abc/def", "/nowhere/at/all", "/docs/x"])
async def test_a_browser_that_finds_nothing_gets_a_page(
    client: httpx.AsyncClient, services: Services, path: str
) -> None:
    """Redirect makes it, and knows of the visit; programs get the JSON of the API."""
    await client.get(path, headers={"accept": "text/html,application/xhtml+xml"})
    assert [visit.target for visit in services.visits] == [path]


@pytest.mark.parametrize("path", ["/v1/links/5", "/v1/links/5/", "/v1/links/%35", "/v1/links/05"])
async def test_equal_paths_of_the_api_are_equal(client: httpx.AsyncClient, services: Services, path: str) -> None:
    """A trailing slash and an escaped letter mean the same link to the API."""
    await client.get(path)
    assert services.only_call.request.link_id == 5


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/v1/links/5?link_id=6"),
        ("GET", "/v1/links/5?linkId=6"),
        ("GET", "/v1/links/5?link%5Fid=6"),
        ("GET", "/v1/links/5?%6cinkId=6"),
        ("GET", "/v1/links/5/?linkId=6"),
        ("GET", "/v1/links/5?x=&linkId=6"),
        ("GET", "/v1/links/%35?linkId=6"),
        ("GET", "/v1/links/5?linkId"),
        ("GET", "/v1/links/5/clicks?linkId=6"),
        ("POST", "/v1/links/5:disable?linkId=6"),
        ("PATCH", "/v1/links/5?link.link_id=6"),
        ("PATCH", "/v1/links/5?link.linkId=6"),
        ("PATCH", "/v1/links/5?link%2ElinkId=6"),
        ("DELETE", "/v1/apiKeys/5?apiKeyId=6"),
        ("GET", "/api/links/abc?code=def"),
        ("GET", "/api/links/abc/stats?c%6Fde=def"),
    ],
)
async def test_the_query_never_names_another_link(
    client: httpx.AsyncClient, services: Services, verb: str, path: str
) -> None:
    """What the path names is what is asked for, or nothing is."""
    answer = await client.request(verb, path, json={} if verb in ("POST", "PATCH") else None)
    assert answer.status_code == 400
    assert services.work == []


@pytest.mark.parametrize("path", ["/v1/links/5:disable", "/v1/links/5%3Adisable", "/v1/links/5%3adisable"])
async def test_reading_never_becomes_writing(client: httpx.AsyncClient, services: Services, path: str) -> None:
    """A verb in the path is a verb only where it stands, and only for its method."""
    await client.get(path)
    assert services.calls == []


async def test_a_link_with_a_body_cannot_be_smuggled(edge: Edge, services: Services) -> None:
    """Two lengths of one body are refused: the rest could be read as another request."""
    for framing in (
        b"content-length: 4\r\ncontent-length: 30\r\n",
        b"content-length: 4\r\ntransfer-encoding: chunked\r\n",
        b"transfer-encoding: chunked, identity\r\n",
        b"content-length: +4\r\n",
    ):
        answer = await edge.raw(
            b"POST /abc HTTP/1.1\r\nhost: x\r\n" + framing + b"\r\n0\r\n\r\nGET /evil HTTP/1.1\r\n\r\n"
        )
        assert answer.split(b" ")[1] in (b"400", b"501")
    assert services.visits == []
