"""What Short.io's clients send that a tidy server would refuse."""

import json
from datetime import UTC, datetime

import httpx
import pytest

from tests.rest.shortio.conftest import Domain, Shorten
from tests.rest.shortio.examples import MAC_SAFARI, click
from tests.support.system import System

JSON = {"content-type": "application/json"}
DAY = datetime(2024, 3, 4, tzinfo=UTC)


async def test_a_query_may_begin_with_an_ampersand(shortio: httpx.AsyncClient, shorten: Shorten) -> None:
    """The official client 1.1.0 builds ?&period=total&tzOffset=0."""
    link = await shorten()
    answer = await shortio.get(f"/statistics/link/{link['idString']}?&period=total&tzOffset=0")
    assert answer.status_code == 200
    assert answer.json()["interval"]["startDate"] is None


@pytest.mark.parametrize(
    "path", ["link/{link}", "domain/{domain}", "domain/{domain}/last_clicks", "link/{link}/by_interval"]
)
async def test_a_body_may_be_empty(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten, path: str) -> None:
    """JSON.stringify(undefined) is nothing, sent as application/json."""
    link = await shorten()
    filled = path.format(link=link["idString"], domain=domain.domain_id)
    answer = await shortio.post(f"/statistics/{filled}", headers=JSON)
    assert answer.status_code == 200, answer.text


async def test_reading_and_deleting_calls_may_say_they_are_json(shortio: httpx.AsyncClient, shorten: Shorten) -> None:
    """The official client says so on every call."""
    link = await shorten()
    assert (await shortio.get(f"/links/{link['idString']}", headers=JSON)).status_code == 200
    assert (await shortio.delete(f"/links/{link['idString']}", headers=JSON)).json()["success"] is True


async def test_ids_may_be_separated_by_raw_or_escaped_commas(
    shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten
) -> None:
    """Clients differ."""
    first, second = (await shorten())["idString"], (await shorten())["idString"]
    for comma in (",", "%2C", ", "):
        answer = await shortio.get(f"/statistics/domain/{domain.domain_id}/link_clicks?ids={first}{comma}{second}")
        assert answer.json() == {first: 0, second: 0}


async def test_no_ids_are_no_clicks(shortio: httpx.AsyncClient, domain: Domain) -> None:
    """Airbyte asks so, and reads an object."""
    answer = await shortio.get(f"/statistics/domain/{domain.domain_id}/link_clicks")
    assert (answer.status_code, answer.json()) == (200, {})


async def test_plain_numbers_name_links(shortio: httpx.AsyncClient, shorten: Shorten) -> None:
    """Older clients keep numbers, as text or as numbers."""
    link = await shorten()
    number = next(number for number in range(1, 10_000) if _base62(number) == link["idString"].removeprefix("lnk_lm_"))
    assert (await shortio.get(f"/links/{number}")).json()["idString"] == link["idString"]
    assert (await shortio.post("/links/archive", json={"link_id": number})).json() == {"success": True}
    assert (await shortio.get(f"/statistics/link/{number}")).status_code == 200


async def test_unknown_options_are_passed_over(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """Those that Short.io does not document, as there; in bodies and in queries."""
    link = await shorten(whatever=True, integrations={"GA": [1, {"a": None}]})
    answer = await shortio.post(
        f"/statistics/link/{link['idString']}", json={"period": "total", "whatever": {"a": [1]}}
    )
    assert answer.status_code == 200
    assert (await shortio.get(f"/api/links?domain_id={domain.domain_id}&x=2")).status_code == 200


async def test_sets_and_nulls_say_nothing(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """JSON.stringify makes {} of a Set, and clients send nulls for what is not set."""
    link = await shorten()
    await domain.ingest([click(DAY, user_agent=MAC_SAFARI)], link)
    nothing: dict[str, object] = {"paths": {}, "countries": None, "browsers": [], "human": None}
    for include in (nothing, None):
        answer = await shortio.post(
            f"/statistics/link/{link['idString']}",
            json={"period": "total", "include": include, "exclude": include, "tz": None, "startDate": None},
        )
        assert answer.json()["totalClicks"] == 1, answer.text


async def test_a_body_cannot_name_another_link_than_the_path(
    shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten
) -> None:
    """Fields of the body never take the place of the path's."""
    link, other = await shorten(), await shorten()
    await domain.ingest([click(DAY, user_agent=MAC_SAFARI)], other)
    body = {"period": "total", "linkId": other["idString"], "link_id": other["idString"]}
    answer = await shortio.post(f"/statistics/link/{link['idString']}", json=body)
    assert answer.json()["totalClicks"] == 0


async def test_a_key_may_come_with_a_scheme(system: System, shorten: Shorten) -> None:
    """The documentation has none; some clients add one."""
    link = await shorten()
    async with system.client(api_key="") as client:
        for value in (system.api_key, f"Bearer {system.api_key}", f"bearer {system.api_key}"):
            answer = await client.get(f"/links/{link['idString']}", headers={"authorization": value})
            assert answer.status_code == 200


async def test_unescaped_urls_in_a_query(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """The official client does not escape originalURL; what has no ampersand arrives whole."""
    url = "https://example.com/quirk?a=b/c:d"
    link = await shorten(originalURL=url)
    answer = await shortio.get(f"/links/by-original-url?domain={domain.host}&originalURL={url}")
    assert answer.json()["idString"] == link["idString"]


async def test_big_numbers_stay_numbers(shortio: httpx.AsyncClient, domain: Domain) -> None:
    """Ids are JSON numbers, never text."""
    answer = await shortio.get(f"/domains/{domain.domain_id}")
    assert json.loads(answer.text)["id"] == domain.domain_id
    assert f'"id":{domain.domain_id},' in answer.text


def _base62(number: int) -> str:
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, rest = divmod(number, 62)
        text = digits[rest] + text
    return text
