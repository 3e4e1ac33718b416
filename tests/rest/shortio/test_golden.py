"""The examples of Short.io's documentation, figure by figure."""

import json
from pathlib import Path
from typing import Any

import httpx

from tests.rest.shortio.conftest import Domain, MakeDomain, Shorten
from tests.rest.shortio.examples import first_example, second_example, stream_example

_FOLDER = Path(__file__).resolve().parent / "golden"


def golden(name: str) -> Any:
    """Read the whole answer that is expected."""
    return json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def in_order(breakdown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put equal scores into one order: the documentation has no rule for them."""
    return sorted(breakdown, key=lambda row: (-row["score"], json.dumps(row, sort_keys=True)))


def comparable(answer: dict[str, Any]) -> dict[str, Any]:
    """Sort the breakdowns; scores must have been falling."""
    for name, value in answer.items():
        if isinstance(value, list):
            scores = [row["score"] for row in value]
            assert scores == sorted(scores, reverse=True), name
            answer[name] = in_order(value)
    return answer


async def test_statistics_of_all_time(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """42 clicks, 8 of them people's, and where these came from."""
    link = await shorten()
    await domain.ingest(first_example(), link)
    answer = await shortio.get(f"/statistics/link/{link['idString']}", params={"period": "total", "tzOffset": "0"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    expected = golden("link_total")
    data = body["clickStatistics"]["datasets"][0].pop("data")
    assert data[:2] == expected["clickStatistics"]["datasets"][0].pop("data")[:2]
    assert sum(int(point["y"]) for point in data) == 42
    assert comparable(body) == comparable(expected)


async def test_statistics_of_a_custom_period(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """21 clicks, 7 of them people's: the start counts, the end does not."""
    link = await shorten()
    await domain.ingest(second_example(), link)
    options = {"period": "custom", "tzOffset": "0", "startDate": "1588251413000", "endDate": "1588683413000"}
    answer = await shortio.get(f"/statistics/link/{link['idString']}", params=options)
    assert answer.status_code == 200
    body = answer.json()
    data = body["clickStatistics"]["datasets"][0].pop("data")
    assert [point["x"] for point in data] == [f"2020-{day}T00:00:00.000Z" for day in ("04-30", *_MAY)]
    assert sum(int(point["y"]) for point in data) == 21
    # The example has no such list at all, and t.co is Twitter's.
    assert body.pop("social") == [{"score": 1, "social": "Twitter"}]
    assert comparable(body) == comparable(golden("link_custom"))


async def test_the_clickstream(shortio: httpx.AsyncClient, make_domain: MakeDomain) -> None:
    """People without Chrome: the one click of the example, whole."""
    domain = await make_domain("shortcm.xyz")
    body = {"domain": domain.host, "originalURL": "https://app.short.cm/login"}
    # The example's path is a word that new links cannot have here.
    link = (await shortio.post("/links", json=body)).json() | {"path": "login"}
    await domain.ingest(stream_example(), link)
    options = {"limit": 30, "include": {"human": True}, "exclude": {"browsers": ["Chrome"]}}
    answer = await shortio.post(f"/statistics/domain/{domain.domain_id}/last_clicks", json=options)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == golden("last_clicks")


_MAY = ("05-01", "05-02", "05-03", "05-04", "05-05")
