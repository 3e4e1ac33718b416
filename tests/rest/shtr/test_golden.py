"""Every example of shtr's documentation, through the real gateway: whole bodies and headers."""

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.rest.shtr import examples
from tests.rest.shtr.conftest import Shorten, ShtrLink, link_id_of
from tests.rest.shtr.golden import Golden, seen
from tests.support.system import System

CREATED = "2024-01-15T10:30:00Z"


async def matches(name: str, shtr: httpx.AsyncClient, link: ShtrLink, **placeholders: str | int) -> Any:
    """Ask what a golden file asks, about a link, and compare the whole answer."""
    golden = Golden.load(name)
    answer = await golden.ask(shtr, {"$code": link.code, "$token": link.token})
    assert seen(answer, {"$code": link.code, "$token": link.token, **placeholders}) == golden.answer
    return answer.json()


def assert_now(text: str) -> None:
    """Fail unless a text is the present time as shtr writes it."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)
    assert abs(datetime.fromisoformat(text) - datetime.now(UTC)) < timedelta(minutes=2)


async def created_at(shtr: httpx.AsyncClient, link: ShtrLink) -> str:
    """Return when a link was created, as its full view has it."""
    text = str((await shtr.get(f"/api/links/{link.code}", params={"token": link.token})).json()["createdAt"])
    assert_now(text)
    return text


async def with_stats_example(system: System, shtr: httpx.AsyncClient, shorten: Shorten) -> tuple[ShtrLink, int]:
    """Create a link with the clicks of the statistics example."""
    link = await shorten()
    link_id = await link_id_of(shtr, link)
    await examples.ingest(system, link_id, link.code, examples.clicks_of_stats_example())
    return link, link_id


def without_ids(body: dict[str, Any], field: str) -> dict[str, Any]:
    """Check that the clicks of an answer have whole numbers of their own; return the body with ids counted from 1."""
    numbers = [click["id"] for click in body[field]]
    assert all(isinstance(number, int) and 0 <= number < 10**15 for number in numbers)
    assert len(set(numbers)) == len(numbers)
    return body | {field: [click | {"id": place} for place, click in enumerate(body[field], start=1)]}


async def test_shorten_with_a_url_alone(system: System, shtr: httpx.AsyncClient) -> None:
    """The curl line of the documentation; the code is drawn at random."""
    golden = Golden.load("shorten")
    answer = await golden.ask(shtr, {})
    code, token = answer.json()["code"], answer.json()["editToken"]
    assert re.fullmatch(r"[A-Za-z0-9]{7}", code)
    assert re.fullmatch(r"tok_[A-Za-z0-9_-]{22,}", token)
    placeholders = {"$code": code, "$token": token, "$site": system.settings.public_url}
    assert seen(answer, placeholders) == golden.answer


async def test_shorten_with_every_field(system: System, shtr: httpx.AsyncClient) -> None:
    """The documented body; its expiresAt lies in the past by now, so the year is another."""
    golden = Golden.load("shorten_with_every_field")
    code = f"my-link-{secrets.token_hex(4)}"
    answer = await golden.ask(shtr, {"$code": code})
    placeholders = {"$code": code, "$token": answer.json()["editToken"], "$site": system.settings.public_url}
    assert seen(answer, placeholders) == golden.answer


async def test_public_view(system: System, shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """Without a token: code, clicks, isActive."""
    link, _ = await with_stats_example(system, shtr, shorten)
    await matches("link_public", shtr, link)


async def test_full_view(system: System, shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """With the token: everything."""
    link, _ = await with_stats_example(system, shtr, shorten)
    await matches("link_full", shtr, link, **{"$created": await created_at(shtr, link)})


async def test_stats(system: System, shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """The whole statistics, of clicks that make the documented figures; see examples.py."""
    link, link_id = await with_stats_example(system, shtr, shorten)
    golden = Golden.load("stats")
    answer = await golden.ask(shtr, {"$code": link.code, "$token": link.token})
    placeholders = {"$code": link.code, "$created": await created_at(shtr, link)}
    described = seen(answer, placeholders)
    body = without_ids(described["body"], "recentClicks")
    assert body["link"]["id"] == link_id
    body["link"]["id"] = 1
    assert described | {"body": body} == golden.answer


async def test_clicks(system: System, shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """The first of three pages, newest first; its first click is the documented one."""
    link = await shorten()
    clicks = examples.clicks_of_clicks_example()
    await examples.ingest(system, await link_id_of(shtr, link), link.code, clicks)
    golden = Golden.load("clicks")
    answer = await golden.ask(shtr, {"$code": link.code, "$token": link.token})
    described = seen(answer, {})
    assert described | {"body": without_ids(described["body"], "clicks")} == golden.answer


async def test_lookup(shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """A token names its link."""
    await matches("lookup", shtr, await shorten())


async def test_delete(shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """After the deletion the link is gone for everybody."""
    link = await shorten()
    await matches("delete", shtr, link)
    await matches("deleted_link", shtr, link)
    assert (await shtr.get(f"/{link.code}")).status_code == 404


async def test_verify_password(shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """The right password sets the cookie."""
    await matches("verify_password", shtr, await shorten(password="secret123"))


async def test_errors_are_one_text(shtr: httpx.AsyncClient) -> None:
    """All errors are {"error": "Description of what went wrong"}."""
    golden = Golden.load("error")
    assert seen(await golden.ask(shtr, {}), {}) == golden.answer
