"""An account whose clicks are known one by one: what the screen of statistics is held against."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from tests.support.people import key_of_new_owner
from tests.support.system import System
from tests.support.wait import eventually

HOSTILE: Final = "<img src=x onerror=alert(1)>"
FORMULA: Final = '=HYPERLINK("https://evil.example")'
_CHROME: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
_BOT: Final = "Googlebot/2.1 (+http://www.google.com/bot.html)"
_COUNTRIES: Final = ("DE", "DE", "DE", "FR", "CH", "")
_REFERRERS: Final = ("https://news.example/a", "", "https://t.co/x", f"https://news.example/{HOSTILE}")
_SOURCES: Final = ("", "spring", FORMULA)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownClick:
    """A click as it was imported."""

    code: str
    time: datetime
    country: str
    referrer: str
    source: str
    is_bot: bool
    visitor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The account: its key, its links by code, and its clicks."""

    api_key: str
    links: Mapping[str, dict[str, Any]]
    clicks: tuple[KnownClick, ...]

    def since(self, start: datetime) -> list[KnownClick]:
        """Return the clicks from a moment on."""
        return [click for click in self.clicks if click.time >= start]


async def make_sample(system: System, now: datetime) -> Sample:
    """Make an account with two links, one of a hostile title, and 120 clicks in the 60 days before now."""
    api_key = await key_of_new_owner(system)
    name = uuid.uuid4().hex[:8]
    async with system.client(api_key=api_key) as client:
        links = {}
        for code, fields in {f"{name}a": {"title": f"First {HOSTILE}", "tags": ["spring"]}, f"{name}b": {}}.items():
            body = {"code": code, "destination": "https://example.com/landing", **fields}
            links[code] = _right(await client.post("/v1/links", json=body))
        clicks = tuple(_clicks([*links], now))
        made = _right(await client.post("/v1/imports", json={"origin": "sample", "originIdentity": name}))
        rows = [_imported(number, click) for number, click in enumerate(clicks, start=1)]
        address = f"/v1/imports/{made['importId']}/clicks:import"
        answer = _right(await client.post(address, json={"clicks": rows}))
        assert not answer.get("setAsideClicks"), answer
        await eventually(lambda: _has_all(client, len(clicks)), what="all clicks are counted")
    return Sample(api_key=api_key, links=links, clicks=clicks)


def counts(values: Iterable[str]) -> list[tuple[str, int]]:
    """Return how often each value is there, most first, equal ones by value."""
    return sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0]))


async def _has_all(client: httpx.AsyncClient, wanted: int) -> bool:
    answer = _right(await client.post("/v1/stats:query", json={"reports": [{}]}))
    return int(answer["results"][0]["rows"][0]["metrics"][0]) == wanted


def _clicks(codes: list[str], now: datetime) -> Iterable[KnownClick]:
    for number in range(120):
        yield KnownClick(
            code=codes[number % 3 == 0],
            # Half of the days, each with four clicks, more in the second month than in the first.
            time=now - timedelta(days=60 * (number / 120) ** 2, minutes=7 + number % 4),
            country=_COUNTRIES[number % len(_COUNTRIES)],
            referrer=_REFERRERS[number % len(_REFERRERS)],
            source=_SOURCES[number % len(_SOURCES)],
            is_bot=number % 5 == 0,
            visitor=number % 17,
        )


def _imported(sequence: int, click: KnownClick) -> dict[str, Any]:
    return {
        "sequence": str(sequence),
        "time": click.time.astimezone(UTC).isoformat(),
        "code": click.code,
        "country": click.country,
        "referrer": click.referrer,
        "userAgent": _BOT if click.is_bot else _CHROME,
        "ip": f"192.0.2.{click.visitor}",
        "query": str(httpx.QueryParams(utm_source=click.source)) if click.source else "",
    }


def _right(answer: httpx.Response) -> dict[str, Any]:
    assert answer.is_success, answer.text
    read: dict[str, Any] = answer.json()
    return read
