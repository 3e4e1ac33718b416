"""How Airbyte reads Short.io: its connector cannot be run here, so its requests are made as its sources say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.rest.shortio.conftest import Domain, Shorten
from tests.rest.shortio.examples import BOT, MAC_SAFARI, click

FORMAT = "%Y-%m-%dT%H:%M:%S.%f%z"
START = datetime(2024, 3, 4, tzinfo=UTC)


async def test_the_manifest_reads_links_month_by_month(
    shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten
) -> None:
    """airbyte-source-shortio 0.2.13: windows in the query, nextPageToken absent or null, updatedAt as the cursor."""
    ids = {(await shorten())["idString"] for _ in range(3)}
    now = datetime.now(UTC) + timedelta(seconds=1)
    records = []
    for start, end in ((now - timedelta(days=62), now - timedelta(days=31)), (now - timedelta(days=31), now)):
        interval = {"afterDate": start.strftime(FORMAT), "beforeDate": end.strftime(FORMAT)}
        answer = await shortio.get("/api/links", params={"domain_id": domain.domain_id, **interval})
        assert answer.status_code == 200, answer.text
        assert not answer.json().get("nextPageToken")
        records += answer.json()["links"]
    assert {record["id"] for record in records} == ids
    assert all(datetime.strptime(record["updatedAt"], FORMAT).tzinfo for record in records)  # noqa: DTZ007 - It has %z.


async def test_the_manifest_asks_for_clicks_without_ids(shortio: httpx.AsyncClient, domain: Domain) -> None:
    """The answer is one record, which must be an object without a nextPageToken."""
    answer = await shortio.get(f"/statistics/domain/{domain.domain_id}/link_clicks")
    assert answer.json() == {}


async def test_the_older_connector_pages_through_clicks(
    shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten
) -> None:
    """People only, a thousand a page, beforeDate from the oldest row, until a page is not full."""
    people = [click(START + timedelta(seconds=number), user_agent=MAC_SAFARI) for number in range(2500)]
    bots = [click(START + timedelta(milliseconds=500, seconds=number), user_agent=BOT) for number in range(100)]
    await domain.ingest([*people, *bots], await shorten())
    limit, before, seen, pages = 1000, str(datetime.now()), [], 0  # noqa: DTZ005 - What the connector sends.
    while True:
        body: dict[str, Any] = {
            "limit": limit,
            "include": {"human": True},
            "beforeDate": before,
            "afterDate": "2024-01-01",
        }
        answer = await shortio.post(f"/statistics/domain/{domain.domain_id}/last_clicks", json=body)
        rows = answer.json()
        seen += [row["dt"] for row in rows]
        pages += 1
        if limit > len(rows):
            break
        before = min(row["dt"] for row in rows)
    assert pages == 3
    assert len(seen) == len(set(seen)) == 2500


async def test_the_older_connector_pages_through_links(
    shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten
) -> None:
    """Before is the idString of the link that was created first, until the same one comes again."""
    ids = [(await shorten())["idString"] for _ in range(5)]
    seen: list[str] = []
    before = None
    while True:
        params = {"limit": 2, "domain_id": domain.domain_id, **({"before": before} if before else {})}
        links = (await shortio.get("/api/links", params=params)).json()["links"]
        if not links:
            break
        seen += [link["idString"] for link in links]
        before = min(links, key=lambda link: str(link["createdAt"]))["idString"]
    assert seen == ids[::-1]
