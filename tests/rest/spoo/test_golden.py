"""Every documented example, through the real gateway: whole bodies."""

import json
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.compat.spoo.legacy.parse import PLAIN_EMOJIS
from tests.rest.spoo import examples
from tests.rest.spoo.conftest import Shorten, SpooLink
from tests.support.system import System

FOLDER = Path(__file__).resolve().parent / "golden"
TIMES = ("created_at", "generated_at", "updated_at")


def filled(value: Any, words: Mapping[str, str]) -> Any:
    """Put words in the place of $words."""
    text = json.dumps(value, ensure_ascii=False)
    for word, meant in words.items():
        text = text.replace(f"${word}", meant)
    return json.loads(text)


PATTERNS = {"<id>": "[0-9a-f]{24}", "<claim token>": "clm_[0-9A-Za-z]{43}", "<time>": r"\d\d:\d\d:\d\d"}


def seen(value: Any, expected: Any) -> Any:
    """Describe an answer as golden files do: what differs from run to run is checked, and becomes its word."""
    if isinstance(value, dict) and isinstance(expected, dict):
        return {name: _seen_field(name, item, expected.get(name)) for name, item in value.items()}
    if isinstance(value, list) and isinstance(expected, list):
        return [seen(item, expected[min(place, len(expected) - 1)]) for place, item in enumerate(value)]
    return value


def _seen_field(name: str, value: Any, expected: Any) -> Any:
    if expected == "<now>":
        assert name in TIMES
        moment = datetime.fromtimestamp(value, UTC) if isinstance(value, int) else datetime.fromisoformat(value)
        assert abs(moment - datetime.now(UTC)) < timedelta(minutes=2)
        return expected
    if isinstance(expected, str) and expected in PATTERNS:
        assert re.fullmatch(PATTERNS[expected], value)
        return expected
    if expected == "<today>":
        assert abs(date.fromisoformat(value) - datetime.now(UTC).date()) <= timedelta(days=1)
        return expected
    if expected == "<25 zeros>":
        metric = name.removesuffix("_by_time")
        assert [row[metric] for row in value] == [0] * 25
        assert all(set(row) == {"time", metric} for row in value)
        assert (value[0]["time"], value[-1]["time"]) == ("2025-01-01 00:00", "2025-01-02 00:00")
        return expected
    return seen(value, expected)


async def matches(name: str, client: httpx.AsyncClient, **words: str) -> None:
    """Ask what a golden file asks, and compare the whole answer."""
    golden = filled(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")), words)
    asked = golden["request"]
    answer = await client.request(
        asked.get("method", "GET"),
        asked["path"],
        json=asked.get("body"),
        data=asked.get("form"),
        headers={"accept": "application/json"},
    )
    assert answer.status_code == golden["status"], answer.text
    assert answer.headers["content-type"] == "application/json"
    assert seen(answer.json(), golden["body"]) == golden["body"]


@pytest.fixture
async def example(anyone: httpx.AsyncClient, shorten: Shorten) -> SpooLink:
    """Return a public link with the clicks of the example."""
    link = await shorten(anyone)
    await link.ingest(examples.stats_example())
    return link


async def test_stats(anyone: httpx.AsyncClient, example: SpooLink) -> None:
    """The example of /stats, number by number."""
    await matches("stats", anyone, code=example.alias)


async def test_stats_in_another_zone(anyone: httpx.AsyncClient, example: SpooLink) -> None:
    """The same clicks by the days of India, asked for in Unix seconds, as the documentation promises."""
    await matches("stats_in_another_zone", anyone, code=example.alias)


async def test_stats_without_clicks(owner: httpx.AsyncClient) -> None:
    """Every field is there; a day has 25 hours, its end included."""
    await matches("stats_without_clicks", owner)


async def test_public_stats(anyone: httpx.AsyncClient, example: SpooLink) -> None:
    """The link, and all that everybody may know of its clicks."""
    await matches("public_stats", anyone, code=example.alias, short_url=example.short_url)


async def test_shorten(system: System, owner: httpx.AsyncClient) -> None:
    """With every field."""
    await matches("shorten", owner, code=f"g{secrets.token_hex(6)}", site=system.settings.public_url)


async def test_shorten_for_nobody(system: System, anyone: httpx.AsyncClient) -> None:
    """With the older name of the field; nobody's link has no owner and no private statistics."""
    await matches("shorten_for_nobody", anyone, code=f"g{secrets.token_hex(6)}", site=system.settings.public_url)


async def test_urls(owner: httpx.AsyncClient, shorten: Shorten) -> None:
    """A page of links, most clicks first."""
    other = await shorten(owner, block_bots=True, private_stats=False)
    answer = await owner.patch(f"/api/v1/urls/{other.url_id}/status", json={"status": "INACTIVE"})
    assert answer.json()["status"] == "INACTIVE"
    link = await shorten(owner, password="secret@123", max_clicks=100, expire_after=4133980799)
    await link.ingest(examples.stats_example())
    await matches("urls", owner, code=link.alias, other=other.alias)


async def test_form_stats(anyone: httpx.AsyncClient, example: SpooLink) -> None:
    """The first API's statistics; days between the last click and today have none, and are there."""
    answer = await anyone.post(f"/stats/{example.alias}")
    body = answer.json()
    for name in ("counter", "unique_counter"):
        days = [date.fromisoformat(day) for day in sorted(body[name])]
        assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
        assert days[-1] == datetime.now(UTC).date()
        body[name] = {day: number for day, number in body[name].items() if number}
    golden = filled(json.loads((FOLDER / "form_stats.json").read_text()), {"code": example.alias})
    assert answer.status_code == 200
    assert seen(body, golden["body"]) == golden["body"]


async def test_form_shorten(system: System, anyone: httpx.AsyncClient) -> None:
    """The documented form."""
    await matches("form_shorten", anyone, code=f"g{secrets.token_hex(6)}", site=system.settings.public_url)


async def test_form_emoji(system: System, anyone: httpx.AsyncClient) -> None:
    """The documented form; the short URL holds the emojis."""
    emojis = "".join(secrets.choice(PLAIN_EMOJIS) for _ in range(8))
    await matches("form_emoji", anyone, code=emojis, site=system.settings.public_url)
    answer = await anyone.get(f"/{emojis}")
    assert (answer.status_code, answer.headers["location"]) == (302, "https://example.com")
