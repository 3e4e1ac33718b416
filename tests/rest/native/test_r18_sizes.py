"""Promise R18: every size that a contract allows passes, over every protocol; what is larger is refused before work."""

import json

import grpc
import httpx
import pytest

from linkmeter.links.v1 import link_service_pb2, link_service_pb2_grpc, links_pb2
from services.common.errors import Unavailable
from services.runtime.answer_size import MOST_BYTES, fitting
from tests.support.edge import Edge, Services
from tests.support.native_errors import assert_refused

LIST_LINKS = "linkmeter.links.v1.LinkService/ListLinks"
JSON = {"content-type": "application/json"}
# Its letters take six times their bytes in JSON.
COSTLY = "<"


def link(letter: str = "x") -> links_pb2.Link:
    """Make a link with the longest of everything."""
    return links_pb2.Link(
        destination="https://example.com/" + "d" * 8172,
        expired_destination="https://example.com/" + "e" * 8172,
        title=letter * 512,
        note=letter * 4096,
        tags=[letter * 64] * 32,
    )


def page(letter: str = "x") -> link_service_pb2.ListLinksResponse:
    """Make the largest page that a service answers."""
    return link_service_pb2.ListLinksResponse(links=fitting([link(letter)] * 1000))


def client_of(edge: Edge, version: str) -> httpx.AsyncClient:
    """Return a client that speaks one version of HTTP."""
    is_second = version == "HTTP/2"
    return httpx.AsyncClient(
        base_url=edge.url, http1=not is_second, http2=is_second, timeout=30, trust_env=False, headers=JSON
    )


@pytest.mark.parametrize("letter", ["x", COSTLY])
@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/2"])
async def test_the_largest_page_arrives(edge: Edge, services: Services, version: str, letter: str) -> None:
    """Whatever the letters are."""
    expected = page(letter)
    services.answer(LIST_LINKS, expected)
    async with client_of(edge, version) as client:
        answer = await client.get("/v1/links?pageSize=1000")
    assert answer.http_version == version
    assert answer.status_code == 200
    listed = answer.json()["links"]
    assert len(listed) == len(expected.links)
    assert {item["note"] for item in listed} == {letter * 4096}


async def test_the_largest_page_arrives_by_grpc(edge: Edge, services: Services) -> None:
    """For a client that takes messages of that size."""
    services.answer(LIST_LINKS, page())
    options = [("grpc.max_receive_message_length", 2 * MOST_BYTES), ("grpc.enable_http_proxy", 0)]
    async with grpc.aio.insecure_channel(edge.address, options=options) as channel:
        answer = await link_service_pb2_grpc.LinkServiceStub(channel).ListLinks(link_service_pb2.ListLinksRequest())
    assert answer == page()


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/2"])
async def test_the_longest_link_arrives(edge: Edge, services: Services, version: str) -> None:
    """Also when a client escapes each letter of what is no address, and sends it without saying how long it is."""
    wanted = link("\N{GRINNING FACE}")
    body = json.dumps(
        {
            "destination": wanted.destination,
            "expiredDestination": wanted.expired_destination,
            "title": wanted.title,
            "note": wanted.note,
            "tags": list(wanted.tags),
        }
    ).encode()

    async def pieces() -> object:
        for start in range(0, len(body), 4096):
            yield body[start : start + 4096]

    async with client_of(edge, version) as client:
        for content in (body, pieces()):
            services.reset()
            answer = await client.post("/v1/links", content=content)  # type: ignore[arg-type]
            assert answer.status_code == 200, answer.text
            assert services.only_call.request.link == wanted


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/2"])
@pytest.mark.parametrize("path", ["/links/bulk", "/v1/stats:query"])
async def test_what_asks_for_many_things_may_be_large(edge: Edge, version: str, path: str) -> None:
    """A mebibyte, over every version."""
    field = "domain" if path == "/links/bulk" else "timeZone"
    async with client_of(edge, version) as client:
        answer = await client.post(path, content=json.dumps({field: "x" * 1_000_000}).encode())
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/2"])
@pytest.mark.parametrize("path", ["/v1/links", "/links", "/api/shorten", "/api/v1/shorten", "/v3/shorten"])
async def test_larger_bodies_are_refused(edge: Edge, services: Services, version: str, path: str) -> None:
    """Before anything is done, on every surface: one thing needs no more than 128 KiB."""
    async with client_of(edge, version) as client:
        answer = await client.post(path, content=json.dumps({"title": "x" * 150_000}).encode())
    assert answer.status_code == 413
    assert services.work == []


@pytest.mark.parametrize(
    "body",
    [
        '{"reports": [{"filters": [{"values": [' + "0," * 400_000 + "0]}]}]}",
        '{"reports": [' + "{}," * 300_000 + "{}]}",
        '{"timeZone": "' + "\\n" * 400_000 + '"}',
    ],
)
async def test_a_body_of_very_many_values_is_refused(client: httpx.AsyncClient, services: Services, body: str) -> None:
    """Reading one costs everybody who is served by the same thread."""
    answer = await client.post("/v1/stats:query", content=body.encode(), headers=JSON)
    assert_refused(answer, 400, 3, "INVALID_ARGUMENT", "the body holds too many values")
    assert services.work == []


async def test_many_values_pass(client: httpx.AsyncClient, services: Services) -> None:
    """As many as a filter may have."""
    values = [str(number) for number in range(10_000)]
    body = {"filters": [{"dimension": "DIMENSION_LINK", "values": values}]}
    assert (await client.post("/v1/stats:query", json=body)).status_code == 200
    assert list(services.only_call.request.filters[0].values) == values


async def test_nobody_waits_for_what_strangers_send(edge: Edge, services: Services) -> None:
    """Who is not known is refused before the body has come."""
    services.fail("envoy.service.auth.v3.Authorization/Check", Unavailable("nobody can say"))
    head = (
        b"POST /v1/stats:query HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 900000\r\n\r\n"
    )
    assert (await edge.raw(head)).startswith(b"HTTP/1.1 503")
    assert services.work == []
