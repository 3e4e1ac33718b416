"""Visits that follow no link: recorded apart, for whom the domain or the ended link belongs to."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from tests.support.redirect import System, running_redirect, statuses
from tests.support.redirect_doubles import HOST
from tests.support.wait import eventually

PAST = Timestamp(seconds=1)
FIXED = ("/", "/healthz", "/robots.txt", "/favicon.ico")
RESERVED = ("/api", "/API/v1/links", "/v1", "/.well-known/security.txt", "/dashboard")
LATER = "https://example.com/too-late"
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


async def recorded(system: System, count: int) -> list[tuple[str, int, str]]:
    """Wait for orphans; answer their codes, statuses and destinations in order."""
    await eventually(lambda: len(system.analytics.orphans) >= count)
    return [(visit.code, visit.http_status, visit.destination) for visit in system.analytics.orphans]


async def test_unknown_codes_are_recorded_for_the_domains_owner(tmp_path: Path) -> None:
    """With the asked path, the answered status and the visitor's facts, from links' answer and from memory."""
    async with running_redirect(tmp_path) as system:
        system.links.domains["brand.example"] = 9
        headers = {"host": "brand.example", "referer": "https://t.co/x"}
        for path in ("/nope?a=1", "/nope?a=2", "/deep/er/path", "/caf%C3%A9%00"):
            assert (await system.get(path, headers=headers)).status_code == 404
        expected = [("nope", 404, ""), ("nope", 404, ""), ("deep/er/path", 404, ""), ("café\ufffd", 404, "")]
        assert await recorded(system, 4) == expected
        visit = system.analytics.orphans[1]
        assert (visit.link_id, visit.owner_id, visit.domain_id, visit.domain) == (0, 9, 1, "brand.example")
        assert (visit.query, visit.referrer, visit.method) == ("a=2", "https://t.co/x", "GET")
        assert system.analytics.clicks == []


async def test_visits_of_links_that_lead_nowhere_belong_to_the_links_owner(tmp_path: Path) -> None:
    """Switched off, not valid yet, deleted: 404. Expired or used up: 410. None is a click of the link."""
    async with running_redirect(tmp_path) as system:
        system.links.add("off", disabled=True)
        system.links.add("early", valid_from_time=Timestamp(seconds=4_000_000_000))
        system.links.add("deleted", deleted=True, destination="")
        system.links.add("ended", expire_time=PAST)
        system.links.add("once", max_clicks=1)
        for path in ("/off", "/early", "/deleted", "/ended", "/once", "/once"):
            await system.get(path)
        expected = [("off", 404, ""), ("early", 404, ""), ("deleted", 404, ""), ("ended", 410, ""), ("once", 410, "")]
        assert await recorded(system, 5) == expected
        assert {visit.owner_id for visit in system.analytics.orphans} == {7}
        assert [click.code for click in system.analytics.clicks] == ["once"]


async def test_what_is_no_visit_of_a_link_is_not_recorded(tmp_path: Path) -> None:
    """HEAD, previews, forms, fixed and reserved paths, hosts of nobody, and what is refused for its method."""
    async with running_redirect(tmp_path) as system:
        system.links.add("guarded", password_version="1")
        await asyncio.gather(
            system.client.head("/nope"),
            system.client.head("/deep/er"),
            system.client.put("/nope"),
            system.client.post("/nope", data={"password": "x"}),
            system.client.post("/guarded", data={"password": "wrong"}),
            *(system.get(path) for path in ("/nope+", "/guarded", *FIXED, *RESERVED)),
            system.get("/", headers={"host": "nobody.example"}),
            system.get("/nope", headers={"host": "nobody.example"}),
            system.get("/", headers={"host": "a b"}),
        )
        await system.get("/last")
        assert await recorded(system, 1) == [("last", 404, "")]


async def test_a_scan_does_not_fill_the_outbox(tmp_path: Path) -> None:
    """What the limit refuses is not recorded."""
    async with running_redirect(tmp_path) as system:
        answers = [await system.get(f"/scan{number}") for number in range(60)]
        assert statuses(answers) == {404: 30, 429: 30}
        other = {"x-linkmeter-client-ip": "198.51.100.7"}
        await system.get("/last", headers=other)
        assert [code for code, _, _ in await recorded(system, 31)][-2:] == ["scan29", "last"]


async def test_unrecordable_strays_are_answered_all_the_same(tmp_path: Path) -> None:
    """A path that can name no link is 404 also when links cannot say whose domain it is."""
    async with running_redirect(tmp_path) as system:
        await system.links_server.server.stop(0)
        assert (await system.get("/deep/er")).status_code == 404


@pytest.mark.parametrize("link", [{"expire_time": PAST}, {"max_clicks": 1}], ids=["expired", "used up"])
async def test_an_ended_link_may_lead_elsewhere(tmp_path: Path, link: dict[str, Any]) -> None:
    """302 to the link's expired_destination, recorded as an orphan with both: it is no click of the link."""
    async with running_redirect(tmp_path) as system:
        system.links.add("ended", expired_destination=LATER, redirect_status=301, **link)
        if "max_clicks" in link:
            assert (await system.get("/ended")).status_code == 301
        answer = await system.get("/ended")
        assert (answer.status_code, answer.headers["location"]) == (302, LATER)
        assert await recorded(system, 1) == [("ended", 302, LATER)]
        assert len(system.analytics.clicks) == ("max_clicks" in link)


async def test_a_form_for_an_ended_link_leads_to_where_it_leads_now(tmp_path: Path) -> None:
    """The form stood open while the link ended."""
    async with running_redirect(tmp_path) as system:
        system.links.add("ended", expired_destination=LATER, expire_time=PAST, password_version="1")
        system.links.add("gone", expire_time=PAST, password_version="1")
        assert (await system.client.post("/ended", data={"password": "x"})).headers["location"] == "/ended"
        assert (await system.client.post("/gone", data={"password": "x"})).status_code == 410


async def test_a_link_that_blocks_bots_leads_them_on_unrecorded(tmp_path: Path) -> None:
    """People's visits are recorded as ever; other links record bots too."""
    async with running_redirect(tmp_path) as system:
        system.links.add("people", block_bots=True)
        system.links.add("anyone")
        bot = {"user-agent": CRAWLER, "host": HOST}
        answers = [await system.get(path, headers=bot) for path in ("/people", "/anyone")]
        assert statuses(answers) == {302: 2}
        await system.get("/people?last")
        await eventually(lambda: len(system.analytics.clicks) == 2)
        assert [(click.code, click.query) for click in system.analytics.clicks] == [("anyone", ""), ("people", "last")]
