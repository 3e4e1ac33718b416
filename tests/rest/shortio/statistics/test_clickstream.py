"""Short.io's clickstream on the real system."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.rest.shortio.conftest import Domain, Shorten
from tests.rest.shortio.examples import ANDROID_CHROME, BOT, GERA, INDIA, MAC_SAFARI, WINDOWS_CHROME, click
from tests.support.system import System
from tests.support.wait import eventually

START = datetime(2024, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
async def stream(domain: Domain, shorten: Shorten) -> Domain:
    """Fill a domain with six visits, a second apart: four people, a bot, and one that found no link."""
    link = await shorten(path="Spring")
    second = timedelta(seconds=1)
    await domain.ingest(
        [
            click(START, ip=GERA, user_agent=MAC_SAFARI, referrer="https://t.co/a"),
            click(
                START + second, ip=INDIA, user_agent=ANDROID_CHROME, query="utm_source=a&utm_medium=b&utm_campaign=c"
            ),
            click(START + 2 * second, user_agent=WINDOWS_CHROME, scheme="http"),
            click(START + 3 * second, user_agent=WINDOWS_CHROME, method="POST", http_status=301),
            click(START + 4 * second, user_agent=BOT),
        ],
        link,
    )
    await domain.ingest_orphans([click(START + 5 * second, user_agent=MAC_SAFARI)], "nothing")
    return domain


async def clicks(client: httpx.AsyncClient, domain: Domain, **body: Any) -> list[dict[str, Any]]:
    answer = await client.post(f"/statistics/domain/{domain.domain_id}/last_clicks", json=body)
    assert answer.status_code == 200, answer.text
    listed: list[dict[str, Any]] = answer.json()
    return listed


def seconds(listed: list[dict[str, Any]]) -> list[int]:
    """Return the seconds by which visits are told apart."""
    return [datetime.fromisoformat(row["dt"]).second for row in listed]


async def test_without_conditions_everything_is_listed_newest_first(shortio: httpx.AsyncClient, stream: Domain) -> None:
    """Bots and visits that found no link, too."""
    listed = await clicks(shortio, stream)
    assert seconds(listed) == [5, 4, 3, 2, 1, 0]
    orphan = listed[0]
    assert (orphan["st"], orphan["path"], orphan["url"], orphan["host"]) == (404, "/nothing", "", stream.host)
    assert (listed[1]["path"], listed[1]["lcpath"], listed[1]["human"]) == ("/Spring", "/spring", False)


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        ({"human": True}, [5, 3, 2, 1, 0]),
        ({"human": False}, [4]),
        ({"countries": ["de", "IN"]}, [1, 0]),
        ({"browsers": ["Chrome"]}, [3, 2]),
        ({"browsers": ["Chrome", "Chrome Mobile"]}, [3, 2, 1]),
        ({"browserVersions": ["81"]}, [1]),
        ({"socials": ["Twitter"]}, [0]),
        ({"refhosts": ["T.CO"]}, [0]),
        ({"statuses": [404, "301"]}, [5, 3]),
        ({"paths": ["/nothing"]}, [5]),
        ({"paths": ["Spring"]}, [4, 3, 2, 1, 0]),
        ({"protos": ["http"]}, [2]),
        ({"methods": ["post"]}, [3]),
        ({"utmSources": ["a"]}, [1]),
        ({"utmMediums": ["b"]}, [1]),
        ({"utmMediums": ["unknown"]}, [5, 4, 3, 2, 0]),
        ({"utmCampaigns": ["c"]}, [1]),
        ({"dt": ["2024-03-04T12:00:01.000Z", "2024-03-04T12:00:03.000Z"]}, [2, 1]),
        ({"human": True, "browsers": ["Chrome"], "methods": ["GET"]}, [2]),
    ],
)
async def test_every_condition_includes_and_excludes(
    shortio: httpx.AsyncClient, stream: Domain, condition: dict[str, Any], met: list[int]
) -> None:
    """What is included meets all of it; what is excluded meets any of it."""
    assert seconds(await clicks(shortio, stream, include=condition)) == met
    if len(condition) == 1:
        rest = [second for second in range(5, -1, -1) if second not in met]
        assert seconds(await clicks(shortio, stream, exclude=condition)) == rest


async def test_pages_go_back_in_time(shortio: httpx.AsyncClient, stream: Domain) -> None:
    """BeforeDate is the dt of the last row, until nothing is left."""
    seen: list[int] = []
    options: dict[str, Any] = {"limit": 2}
    while listed := await clicks(shortio, stream, **options):
        seen += seconds(listed)
        options["beforeDate"] = listed[-1]["dt"]
    assert seen == [5, 4, 3, 2, 1, 0]


async def test_the_window_excludes_its_ends(shortio: httpx.AsyncClient, stream: Domain) -> None:
    """AfterDate and beforeDate, also as Python writes dates."""
    interval = {"afterDate": "2024-03-04 12:00:01", "beforeDate": "2024-03-04T12:00:04.000Z"}
    assert seconds(await clicks(shortio, stream, **interval)) == [3, 2]
    assert len(await clicks(shortio, stream, period="total", **interval)) == 6
    assert await clicks(shortio, stream, period="today") == []
    assert len(await clicks(shortio, stream, period="custom", startDate="2024-03-04", endDate="2024-03-05")) == 6


async def test_with_a_zone_times_are_local(shortio: httpx.AsyncClient, stream: Domain) -> None:
    """And digits are read as local time."""
    listed = await clicks(shortio, stream, tz="Asia/Kolkata", afterDate="2024-03-04T17:30:04.000Z")
    assert [row["dt"] for row in listed] == ["2024-03-04T17:30:05.000+05:30"]


async def test_real_visits_arrive(system: System, shortio: httpx.AsyncClient) -> None:
    """A followed link and a code that nobody has are rows of the installation's own domain."""
    installation = next(row for row in (await shortio.get("/api/domains")).json() if "UserId" not in row)
    body = {"domain": installation["hostname"], "originalURL": "https://example.com/real"}
    link = (await shortio.post("/links", json=body)).json()
    missing = f"{link['path']}-nothing"
    async with system.client(api_key="") as visitor:
        agent = {"user-agent": MAC_SAFARI}
        assert (await visitor.get(f"/{link['path']}", headers=agent)).status_code == 302
        assert (await visitor.get(f"/{missing}", headers=agent)).status_code == 404

    async def statuses() -> dict[str, int]:
        answer = await shortio.post(f"/statistics/domain/{installation['id']}/last_clicks", json={"limit": 1000})
        return {row["path"]: row["st"] for row in answer.json()}

    async def both() -> bool:
        return {f"/{link['path']}", f"/{missing}"} <= set(await statuses())

    await eventually(both, 10, 0.1, "both visits are listed")
    assert (await statuses())[f"/{missing}"] == 404
