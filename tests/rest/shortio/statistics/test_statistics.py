"""The rest of Short.io's statistics on the real system."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.rest.shortio.conftest import Domain, Shorten
from tests.rest.shortio.examples import (
    ASHBURN,
    BOARDMAN,
    BOT,
    GERA,
    MAC_SAFARI,
    WINDOWS_CHROME,
    click,
    first_example,
)

DAY = datetime(2024, 3, 4, tzinfo=UTC)
CUSTOM = {"period": "custom", "startDate": "2024-03-04", "endDate": "2024-03-07"}


async def link_with_clicks(domain: Domain, shorten: Shorten, **body: Any) -> dict[str, Any]:
    """Make a link with five clicks on Monday and one each on Tuesday and Wednesday; two are a bot's."""
    link = await shorten(**body)
    await domain.ingest(
        [
            click(DAY, ip=ASHBURN, user_agent=WINDOWS_CHROME, referrer="https://news.example/a?b", scheme="http"),
            click(DAY + timedelta(hours=1), ip=ASHBURN, user_agent=WINDOWS_CHROME),
            click(DAY + timedelta(hours=23), ip=BOARDMAN, user_agent=MAC_SAFARI, referrer="https://t.co/x"),
            click(DAY + timedelta(hours=2), user_agent=BOT),
            click(DAY + timedelta(hours=3), user_agent=BOT),
            click(DAY + timedelta(days=1), ip=GERA, user_agent=MAC_SAFARI, query="utm_source=mail&utm_medium=letter"),
            click(DAY + timedelta(days=2), ip=GERA, user_agent=MAC_SAFARI, query="utm_campaign=spring"),
        ],
        link,
    )
    return link


async def post(client: httpx.AsyncClient, path: str, body: Any) -> Any:
    answer = await client.post(f"/statistics/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("period", ["today", "yesterday", "week", "month", "lastmonth", "last7", "last30"])
async def test_every_period_has_its_interval_and_its_days(
    shortio: httpx.AsyncClient, shorten: Shorten, period: str
) -> None:
    """Zeros are filled in; the chart spans the period."""
    link = await shorten()
    answer = await shortio.get(
        f"/statistics/link/{link['idString']}", params={"period": period, "clicksChartInterval": "day"}
    )
    body = answer.json()
    start, end, before, _ = (datetime.fromisoformat(value) for value in body["interval"].values())
    points = body["clickStatistics"]["datasets"][0]["data"]
    assert len(points) == (end - start).days + 1
    assert datetime.fromisoformat(points[0]["x"]) == start
    assert before < start
    assert {point["y"] for point in points} == {"0"}
    assert (body["totalClicksChange"], body["humanClicksChange"]) == ("0.00", "0.00")


async def test_a_get_and_a_post_are_one_question(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """The options go into the query or into the body."""
    link = await link_with_clicks(domain, shorten)
    got = await shortio.get(f"/statistics/link/{link['idString']}", params=CUSTOM)
    assert got.json() == await post(shortio, f"link/{link['idString']}", CUSTOM)
    assert got.json()["totalClicks"] == 7


async def test_conditions_narrow_the_statistics(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """Include and exclude, by POST alone."""
    link = await link_with_clicks(domain, shorten)
    path = f"link/{link['idString']}"
    safari = await post(shortio, path, {"period": "total", "include": {"browsers": ["Safari"]}})
    assert (safari["totalClicks"], safari["humanClicks"]) == (3, 3)
    others = await post(shortio, path, {"period": "total", "exclude": {"countries": ["us"], "human": False}})
    assert others["country"] == [{"score": 2, "country": "DE", "countryName": "Germany"}]
    assert others["totalClicks"] == 2


async def test_skipped_breakdowns(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """SkipTops leaves them out, by GET and POST."""
    link = await link_with_clicks(domain, shorten)
    answer = await shortio.get(f"/statistics/link/{link['idString']}", params={"period": "total", "skipTops": "true"})
    assert not {"referer", "social", "browser", "country", "city", "os"} & set(answer.json())
    body = await post(shortio, f"domain/{domain.domain_id}", {"period": "total", "skipTops": True})
    assert not {"referer", "utm_medium", "utm_source", "utm_campaign"} & set(body)


async def test_days_follow_the_zone(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """Tz by name, or minutes ahead of UTC: midnight in Berlin is an hour before it is in UTC."""
    link = await link_with_clicks(domain, shorten)
    for zone in ({"tz": "Europe/Berlin"}, {"tzOffset": 60}):
        body = await post(shortio, f"link/{link['idString']}", {**CUSTOM, **zone})
        points = body["clickStatistics"]["datasets"][0]["data"]
        assert [(point["x"][:16], point["y"]) for point in points] == [
            ("2024-03-03T23:00", "4"),
            ("2024-03-04T23:00", "2"),
            ("2024-03-05T23:00", "1"),
        ]
        assert body["interval"]["startDate"] == "2024-03-03T23:00:00.000Z"


async def test_the_chart_alone(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """by_interval of a link and of a domain, under both names, in buckets of any length."""
    link = await link_with_clicks(domain, shorten)
    for path in (f"link/{link['idString']}", f"domain/{domain.domain_id}"):
        body = await post(shortio, f"{path}/by_interval", {**CUSTOM, "clicksChartInterval": "day"})
        assert [point["y"] for point in body["clicksStatistics"]] == ["5", "1", "1"]
        assert body["clickStatistics"] == body["clicksStatistics"]
        weeks = await post(shortio, f"{path}/by_interval", {**CUSTOM, "interval": "week"})
        assert weeks["clicksStatistics"] == [{"x": "2024-03-04T00:00:00.000Z", "y": "7"}]


async def test_domain_statistics(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """All links of the owner in the domain, archived ones too."""
    first = await link_with_clicks(domain, shorten)
    await domain.ingest(first_example(), await shorten())
    await shortio.post("/links/archive", json={"link_id": first["idString"]})
    answer = await shortio.get(f"/statistics/domain/{domain.domain_id}", params={"period": "total"})
    body = answer.json()
    counts = {name: body[name] for name in ("clicks", "humanClicks", "links", "clicksPerLink", "humanClicksPerLink")}
    assert counts == {
        "clicks": 49,
        "humanClicks": 13,
        "links": 2,
        "clicksPerLink": "24.50",
        "humanClicksPerLink": "6.50",
    }
    assert body["utm_source"] == [{"score": 1, "utm_source": "mail"}]
    assert body["utm_medium"] == [{"score": 1, "utm_medium": "letter"}]
    assert body["utm_campaign"] == [{"score": 1, "utm_campaign": "spring"}]
    assert {"score": 1, "referer": "t.co", "refhost": "t.co"} in body["referer"]
    assert {"score": 3, "city": 2921232, "name": "Gera"} in body["city"]


async def test_domain_statistics_of_today_compare_with_yesterday(
    shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten
) -> None:
    """Links made today are new."""
    await shorten()
    body = (await shortio.get(f"/statistics/domain/{domain.domain_id}", params={"period": "today"})).json()
    assert (body["links"], body["linksChange"], body["linksChangePositive"]) == (1, "999.00", True)
    assert (body["prevClicks"], body["prevHumanClicks"]) == (0, 0)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("country", [("US", "United States", 3), ("DE", "Germany", 2)]),
        ("human", [("true", "true", 5), ("false", "false", 2)]),
        ("browser", [("Safari", "Safari", 3), ("Chrome", "Chrome", 2)]),
        ("proto", [("https", "https", 6), ("http", "http", 1)]),
        ("st", [("302", "302", 7)]),
        ("city", [("4744870", "Ashburn", 2), ("2921232", "Gera", 2), ("5714964", "Boardman", 1)]),
        ("refhost", [("news.example", "news.example", 1), ("t.co", "t.co", 1)]),
        ("social", [("Twitter", "Twitter", 1)]),
        ("utm_source", [("mail", "mail", 1)]),
        ("goal_completed", []),
        ("ab_path", []),
    ],
)
async def test_top_values(
    shortio: httpx.AsyncClient,
    domain: Domain,
    shorten: Shorten,
    column: str,
    expected: list[tuple[str, str, int]],
) -> None:
    """Of a domain and of a link; all clicks count, bots' too."""
    link = await link_with_clicks(domain, shorten)
    for path in (f"domain/{domain.domain_id}", f"link/{link['idString']}"):
        rows = await post(shortio, f"{path}/top", {"period": "total", "column": column})
        found = [(row["column"], row["displayName"], row["score"]) for row in rows if row["column"] != "Googlebot"]
        assert found == expected


async def test_top_paths(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """With their slash; by prefix and limit; paths that were not found are a column of their own."""
    await link_with_clicks(domain, shorten, path="spring")
    await domain.ingest([click(DAY, user_agent=MAC_SAFARI)], await shorten(path="summer"))
    await domain.ingest_orphans([click(DAY, user_agent=MAC_SAFARI)], "nothing")
    path = f"domain/{domain.domain_id}/top"
    both = await post(shortio, path, {"period": "total", "column": "path"})
    assert [(row["column"], row["score"]) for row in both] == [("/spring", 7), ("/summer", 1)]
    assert len(await post(shortio, path, {"period": "total", "column": "path", "limit": 1})) == 1
    one = await post(shortio, path, {"period": "total", "column": "path", "prefix": "/su"})
    assert [row["column"] for row in one] == ["/summer"]
    lost = await post(shortio, path, {"period": "total", "column": "path_404"})
    assert [(row["column"], row["score"]) for row in lost] == [("/nothing", 1)]
    statuses = await post(shortio, path, {"period": "total", "column": "st"})
    assert [(row["column"], row["score"]) for row in statuses] == [("302", 8), ("404", 1)]
    popular = (await shortio.get(f"/statistics/domain/{domain.domain_id}/paths?period=total&tzOffset=0")).json()
    assert popular == [{"path": "/spring", "score": 7}, {"path": "/summer", "score": 1}]


async def test_top_values_bucket_by_bucket(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """The values with most clicks of all the period, on each of its days."""
    await link_with_clicks(domain, shorten)
    body = {**CUSTOM, "column": "country", "interval": "day"}
    rows = await post(shortio, f"domain/{domain.domain_id}/top_by_interval", body)
    assert rows == [
        {"date": "2024-03-04T00:00:00.000Z", "statistics": [{"column": "US", "score": "3"}]},
        {"date": "2024-03-05T00:00:00.000Z", "statistics": [{"column": "DE", "score": "1"}]},
        {"date": "2024-03-06T00:00:00.000Z", "statistics": [{"column": "DE", "score": "1"}]},
    ]


async def test_clicks_of_links(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """By id as the client spells it, within dates; by path, since the link's birth."""
    link, silent = await link_with_clicks(domain, shorten, path="spring"), await shorten()
    number = link["idString"].removeprefix("lnk_lm_")
    base = f"/statistics/domain/{domain.domain_id}/link_clicks"
    answer = await shortio.get(f"{base}?ids={link['idString']},{silent['idString']},nonsense,lnk_{number}")
    assert answer.json() == {link["idString"]: 7, silent["idString"]: 0, f"lnk_{number}": 7}
    dated = await shortio.get(f"{base}?&ids={link['idString']}&startDate=2024-03-05&endDate=2024-03-06")
    assert dated.json() == {link["idString"]: 1}
    asked = [
        {"path": "spring", "createdAt": "2024-01-01T00:00:00.000Z"},
        {"path": "/spring", "createdAt": "2024-03-05T00:00:00.000Z"},
        {"path": "other", "createdAt": 1704067200000},
    ]
    by_path = await shortio.post(base, json={"pathsDates": asked})
    assert by_path.json() == {"spring": 7, "/spring": 2, "other": 0}


async def test_another_owners_clicks_are_nobodys(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """A link of another domain has no clicks in this one."""
    link = await link_with_clicks(domain, shorten)
    installation = next(row for row in (await shortio.get("/api/domains")).json() if "UserId" not in row)
    answer = await shortio.get(f"/statistics/domain/{installation['id']}/link_clicks?ids={link['idString']}")
    assert answer.json() == {link["idString"]: 0}


async def test_statistics_of_a_domain_are_deleted(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """All clicks of its links and its orphan visits; the links stay."""
    link = await link_with_clicks(domain, shorten)
    await domain.ingest_orphans([click(DAY, user_agent=MAC_SAFARI)], "nothing")
    answer = await shortio.delete(f"/statistics/domain/{domain.domain_id}/statistics")
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    body = (await shortio.get(f"/statistics/link/{link['idString']}", params={"period": "total"})).json()
    assert body["totalClicks"] == 0
    assert await post(shortio, f"domain/{domain.domain_id}/last_clicks", {}) == []
    assert (await shortio.get(f"/links/{link['idString']}")).status_code == 200
