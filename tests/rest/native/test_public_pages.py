"""What Envoy answers or passes on without a gRPC service: health, documentation, redirects, metrics."""

import base64
import hashlib
import json
import re
import urllib.request

import httpx
import pytest

from tests.support.edge import Edge, Services, running_edge
from tests.support.ports import free_port
from tests.support.wait import eventually


async def test_alive(client: httpx.AsyncClient) -> None:
    """/healthz says that the gateway runs."""
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


async def test_ready(client: httpx.AsyncClient, services: Services) -> None:
    """/readyz says that what stands behind it answers."""
    assert (await client.get("/readyz")).status_code == 200
    assert services.visits == []


async def test_openapi_document_is_served(client: httpx.AsyncClient) -> None:
    """/openapi.json is the document of this version."""
    answer = await client.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["openapi"] == "3.1.0"


async def test_documentation_page_loads_nothing(client: httpx.AsyncClient) -> None:
    """/docs is whole in itself: no script, no outside address, and a policy that allows just its own style."""
    answer = await client.get("/docs")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "<script" not in answer.text
    assert re.findall(r'(?:src|href)="(?!#|/openapi\.json")[^"]*"', answer.text) == []
    assert "url(" not in answer.text
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert "frame-ancestors 'none'" in policy


async def test_head_of_documentation(client: httpx.AsyncClient) -> None:
    """HEAD answers the headers alone."""
    answer = await client.head("/docs")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    "path", ["/", "/abc", "/abc+", "/abc?utm_source=x&y=%2F", "/a.b", "/favicon.ico", "/%C3%A9", "/-_"]
)
async def test_one_segment_is_for_redirect(client: httpx.AsyncClient, services: Services, path: str) -> None:
    """What is one path segment goes to the data plane as it is."""
    answer = await client.get(path)
    assert (answer.status_code, answer.text) == (200, "redirect was here")
    assert [visit.target for visit in services.visits] == [path]


@pytest.mark.parametrize("verb", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
async def test_redirect_gets_the_request_whole(client: httpx.AsyncClient, services: Services, verb: str) -> None:
    """Method, body, host and headers of a visitor reach the data plane."""
    headers = {"host": "sho.rt", "referer": "https://example.com/", "cookie": "a=b"}
    content = b"" if verb in ("GET", "HEAD") else b"password=x"
    answer = await client.request(verb, "/abc", content=content, headers=headers)
    assert answer.status_code == 200
    (visit,) = services.visits
    assert (visit.method, visit.body) == (verb, content)
    assert {name: visit.headers[name] for name in headers} == headers
    assert visit.headers["x-original-host"] == "sho.rt"
    assert visit.headers["x-linkmeter-client-ip"] == "127.0.0.1"


async def test_the_log_holds_no_secret(client: httpx.AsyncClient, edge: Edge) -> None:
    """The access log has path and status, but no query, credential or address."""
    listed = await client.get("/v1/links?query=secret-query", headers={"authorization": "Bearer secret-key"})
    await client.get("/api/links/abc/stats?token=tok_secret")
    await client.get("/some-code?secret-query")
    await eventually(lambda: "/api/links/abc/stats" in edge.log(), what="the request is logged")
    log = edge.log()
    assert "secret" not in log
    assert "127.0.0.1" not in log
    assert "some-code" not in log
    entry = next(json.loads(line) for line in log.splitlines() if listed.headers["x-request-id"] in line)
    assert (entry["method"], entry["path"], entry["cluster"]) == ("GET", "/v1/links", "links")


async def test_of_refusals_a_sample_is_logged(client: httpx.AsyncClient, edge: Edge) -> None:
    """Who is refused costs the log a tenth of what others do, whose requests are in it one and all."""
    for number in range(300):
        assert (await client.get(f"/v1/refused/{number}")).status_code == 404
    for number in range(20):
        assert (await client.get(f"/v1/links?pageToken={number}")).status_code == 200
    await client.get("/api/links/the-last/stats")
    await eventually(lambda: "/api/links/the-last/stats" in edge.log(), what="the last request is logged")
    # Without a path are requests that could not be read: those of other tests at the same gateway.
    paths = [json.loads(line)["path"] or "" for line in edge.log().splitlines() if line.startswith("{")]
    assert 0 < sum(path.startswith("/v1/refused/") for path in paths) < 100
    assert paths.count("/v1/links") >= 20


def test_metrics_have_a_port_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Prometheus finds Envoy's metrics at /metrics of the metrics port, and nothing else of the admin interface."""
    address = f"127.0.0.1:{free_port()}"
    with running_edge(tmp_path_factory.mktemp("edge"), metrics_listen=address):
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=60) as answer:
            assert b"envoy_http_downstream_rq" in answer.read()
        for path in ("/", "/quitquitquit", "/config_dump", "/metrics/../config_dump"):
            assert httpx.get(f"http://{address}{path}", trust_env=False).status_code == 404
