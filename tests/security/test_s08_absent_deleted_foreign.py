"""S8 at the native API: absent, deleted and not-yours look the same to someone without the right."""

import re
import statistics
import time

import grpc
import httpx
import pytest

from linkmeter.links.v1 import link_service_pb2, link_service_pb2_grpc
from tests.support.system import System

ABSENT = 987_654_321


@pytest.fixture
async def links(system: System) -> dict[str, int]:
    """Make a link of the first owner, one that is deleted, and one of somebody else's."""
    async with system.client() as client:
        mine = await client.post("/v1/links", json={"destination": "https://example.com/mine"})
        gone = await client.post("/v1/links", json={"destination": "https://example.com/gone"})
        assert (await client.delete(f"/v1/links/{gone.json()['linkId']}")).status_code == 200
        created = await client.post("/api/shorten", json={"url": "https://example.com/theirs"})
        code, token = created.json()["code"], created.json()["editToken"]
        theirs = await client.get(f"/v1/links:lookup?code={code}", headers={"authorization": f"Bearer {token}"})
    return {
        "mine": int(mine.json()["linkId"]),
        "deleted": int(gone.json()["linkId"]),
        "theirs": int(theirs.json()["linkId"]),
        "absent": ABSENT,
    }


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("GET", "/v1/links/{}", None),
        ("PATCH", "/v1/links/{}", {"title": "x"}),
        ("POST", "/v1/links/{}:disable", {}),
        ("POST", "/v1/links/{}:enable", {}),
        ("DELETE", "/v1/links/{}", None),
        ("GET", "/v1/links/{}/clicks", None),
        (
            "GET",
            "/v1/links/{}/stats?interval.startTime=2026-03-01T00:00:00Z&interval.endTime=2026-03-02T00:00:00Z",
            None,
        ),
    ],
)
async def test_an_owner_cannot_tell_them_apart(
    system: System, links: dict[str, int], verb: str, path: str, body: object
) -> None:
    """Status, headers and body are equal but for the id that was asked for."""
    seen = set()
    async with system.client() as client:
        for kind in ("absent", "deleted", "theirs"):
            answer = await client.request(verb, path.format(links[kind]), json=body)
            seen.add(_look(answer, links[kind]))
    assert len(seen) == 1, seen


async def test_the_holder_of_a_token_cannot_tell_them_apart(system: System, links: dict[str, int]) -> None:
    """An edit token opens its own link, and nothing is to be learnt about others."""
    async with system.client() as client:
        issued = await client.post("/v1/links?issueEditToken=true", json={"destination": "https://example.com/"})
        token = issued.json()["editToken"]
        headers = {"authorization": f"Bearer {token}"}
        assert (await client.get(f"/v1/links/{issued.json()['linkId']}", headers=headers)).status_code == 200
        seen = {_look(await client.get(f"/v1/links/{number}", headers=headers), number) for number in links.values()}
    assert len(seen) == 1, seen
    assert next(iter(seen))[0] == 404


async def test_a_stranger_cannot_tell_them_apart(system: System, links: dict[str, int]) -> None:
    """Without a valid credential every link is 401, whatever there is."""
    async with system.client(api_key="lm_wrong") as client:
        seen = {_look(await client.get(f"/v1/links/{number}"), number) for number in links.values()}
    assert len(seen) == 1, seen
    assert next(iter(seen))[0] == 401


async def test_a_native_caller_cannot_tell_them_apart(system: System, links: dict[str, int]) -> None:
    """The same by gRPC."""
    seen = set()
    async with system.channel() as channel:
        stub = link_service_pb2_grpc.LinkServiceStub(channel)
        for kind in ("absent", "deleted", "theirs"):
            with pytest.raises(grpc.aio.AioRpcError) as raised:
                await stub.GetLink(link_service_pb2.GetLinkRequest(link_id=links[kind]), metadata=system.metadata)
            seen.add((raised.value.code(), _without(links[kind], raised.value.details() or "")))
    assert seen == {(grpc.StatusCode.NOT_FOUND, "link not found: ID")}


async def test_the_time_tells_nothing(system: System, links: dict[str, int]) -> None:
    """The medians of a hundred answers lie closer together than any one of them is steady."""
    times: dict[str, list[float]] = {"absent": [], "theirs": [], "deleted": []}
    async with system.client() as client:
        for _ in range(100):
            for kind, measured in times.items():
                start = time.perf_counter()
                await client.get(f"/v1/links/{links[kind]}")
                measured.append(time.perf_counter() - start)
    medians = [statistics.median(measured) for measured in times.values()]
    spread = max(statistics.quantiles(times["absent"], n=10)) - min(times["absent"])
    assert max(medians) - min(medians) < spread


def _look(answer: httpx.Response, number: int) -> tuple[int, str, str]:
    changing = ("date", "x-request-id", "content-length")
    headers = sorted((name, value) for name, value in answer.headers.items() if name not in changing)
    return answer.status_code, str(headers), _without(number, answer.text)


def _without(number: int, text: str) -> str:
    return re.sub(rf'( |"linkId":"){number}\b', r"\1ID", text)
