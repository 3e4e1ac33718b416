"""The main job, end to end: create a link, follow it, see the click."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.interval_pb2 import Interval

from linkmeter.analytics.v1 import (
    click_service_pb2,
    click_service_pb2_grpc,
    stats_service_pb2,
    stats_service_pb2_grpc,
)
from linkmeter.links.v1 import link_service_pb2, link_service_pb2_grpc, links_pb2
from linkmeter.redirect.v1 import redirect_service_pb2, redirect_service_pb2_grpc
from services.common.caller import STATS_READ, Caller
from services.runtime.caller_metadata import metadata_for
from tests.support.system import System
from tests.support.traffic import BROWSER
from tests.support.wait import eventually

# Promise R11.
_DESTINATION = "https://example.com/a/page?with=query"


async def test_rest_caller_creates_follows_and_counts(system: System) -> None:
    """A newcomer with curl gets from nothing to a counted click, and the click says what the visitor was."""
    async with system.client() as client:
        created = await client.post("/v1/links", json={"destination": _DESTINATION, "title": "Journey"})
        assert created.status_code == 200, created.text
        link = created.json()
        assert link["shortUrl"] == f"{system.settings.public_url}/{link['code']}"

        headers = {"user-agent": BROWSER, "referer": "https://news.example/today", "accept-language": "de-CH"}
        followed = await client.get(f"/{link['code']}", headers=headers)
        assert followed.status_code == 302
        assert followed.headers["location"] == _DESTINATION

        async def clicks() -> int:
            stats = await client.get(f"/v1/links/{link['linkId']}/stats")
            assert stats.status_code == 200, stats.text
            return int(stats.json().get("clicks", 0))

        assert await eventually(clicks) == 1
        listed = await client.get(f"/v1/links/{link['linkId']}/clicks")
        (click,) = listed.json()["clicks"]
        assert click["browser"] == "Chrome"
        assert click["os"] == "Linux"
        assert click["referrerHost"] == "news.example"
        assert click["language"] == "de-ch"
        assert click["destination"] == _DESTINATION


@pytest.mark.parametrize("through", ["gateway", "directly"])
async def test_native_caller_creates_follows_and_counts(system: System, through: str) -> None:
    """A caller with generated stubs does the same, through the public port and inside the installation."""
    at_links = system.channel("links" if through == "directly" else "")
    at_analytics = system.channel("analytics" if through == "directly" else "")
    async with at_links, at_analytics, system.client(api_key="") as visitor:
        links = link_service_pb2_grpc.LinkServiceStub(at_links)
        wanted = links_pb2.Link(destination=_DESTINATION, redirect_status=307)
        link = await links.CreateLink(
            link_service_pb2.CreateLinkRequest(link=wanted), metadata=system.metadata, timeout=60
        )
        followed = await visitor.get(f"/{link.code}", headers={"user-agent": BROWSER})
        assert followed.status_code == 307
        assert followed.headers["location"] == _DESTINATION

        stats = stats_service_pb2_grpc.StatsServiceStub(at_analytics)
        # Inside, the caller is vouched for by whoever calls; at the public port callers show their key.
        insider = metadata_for(Caller(owner_id=link.owner_id, scopes=frozenset({STATS_READ})))
        metadata = insider if through == "directly" else system.metadata
        now = datetime.now(UTC)
        interval = Interval(
            start_time=_timestamp(now - timedelta(days=1)), end_time=_timestamp(now + timedelta(days=1))
        )
        question = stats_service_pb2.GetLinkStatsRequest(link_id=link.link_id, interval=interval)

        async def clicks() -> int:
            answer = await stats.GetLinkStats(question, metadata=metadata, timeout=60)
            assert answer.human_clicks == answer.clicks
            return int(answer.clicks)

        assert await eventually(clicks) == 1
        reader = click_service_pb2_grpc.ClickServiceStub(at_analytics)
        listed = await reader.ListClicks(
            click_service_pb2.ListClicksRequest(link_id=link.link_id), metadata=metadata, timeout=60
        )
        assert [click.http_status for click in listed.clicks] == [307]


async def test_who_watches_sees_the_click_arrive(system: System) -> None:
    """As an event, while the link is followed; a key that was revoked meanwhile does not come back to the stream."""
    async with system.client() as client, system.client(api_key="") as visitor:
        link = (await client.post("/v1/links", json={"destination": _DESTINATION})).json()
        key = (await client.post("/v1/apiKeys", json={"scopes": ["stats:read"]})).json()
        shown = {"authorization": f"Bearer {key['secret']}"}
        parameters = {"linkId": link["linkId"]}
        async with visitor.stream("GET", "/v1/clicks:watch", params=parameters, headers=shown) as stream:
            lines = stream.aiter_lines()
            await _next(lines, "data: ")
            await visitor.get(f"/{link['code']}", headers={"user-agent": BROWSER})
            last_id = await _next(lines, "id: ")
            (click,) = json.loads(await _next(lines, "data: "))["clicks"]
            assert click["destination"] == _DESTINATION
        assert (await client.delete(f"/v1/apiKeys/{key['apiKeyId']}")).status_code == 200
        again = await visitor.get("/v1/clicks:watch", headers=shown | {"last-event-id": last_id})
        assert again.status_code == 401


async def _next(lines: AsyncIterator[str], beginning: str) -> str:
    """Return the rest of the next line that begins like this."""
    async for line in lines:
        if line.startswith(beginning):
            return line.removeprefix(beginning)
    raise AssertionError("the stream has ended")


async def test_internal_caller_resolves_without_counting(system: System) -> None:
    """Redirect says natively what following would lead to, and counts nothing."""
    async with system.client() as client, system.channel("redirect") as channel:
        created = await client.post("/v1/links", json={"destination": _DESTINATION})
        code = created.json()["code"]
        redirect = redirect_service_pb2_grpc.RedirectServiceStub(channel)
        answer = await redirect.Resolve(redirect_service_pb2.ResolveRequest(code=code), timeout=60)
        assert answer.verdict == redirect_service_pb2.VERDICT_FOUND
        assert answer.destination == _DESTINATION
        assert answer.http_status == 302
        missing = await redirect.Resolve(redirect_service_pb2.ResolveRequest(code="nothing-here"), timeout=60)
        assert missing.verdict == redirect_service_pb2.VERDICT_NOT_FOUND


async def test_stranger_cannot_create_natively(system: System) -> None:
    """A call without key is UNAUTHENTICATED, and creates nothing."""
    async with system.channel() as channel:
        links = link_service_pb2_grpc.LinkServiceStub(channel)
        request = link_service_pb2.CreateLinkRequest(link=links_pb2.Link(destination=_DESTINATION))
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await links.CreateLink(request, timeout=60)
        assert refused.value.code() == grpc.StatusCode.UNAUTHENTICATED


def _timestamp(moment: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp
