"""Every answer has the keys and types that shtr's documentation shows: typed clients refuse what does not."""

from typing import Any

import httpx
import pytest

from tests.rest.shtr import examples
from tests.rest.shtr.conftest import Shorten, ShtrLink, link_id_of
from tests.support.contract import FLAG, NOTHING, NUMBER, OPTIONAL_TEXT, TEXT, check
from tests.support.system import System

Schema = dict[str, Any]

URL = "https://example.com/page"
ENDS = "2100-12-31T23:59:59Z"
PASSWORD = "secret123"

SHORTENED: Schema = {"shortUrl": TEXT, "code": TEXT, "editToken": TEXT, "qrCode": TEXT}
PUBLIC_VIEW: Schema = {"code": TEXT, "clicks": NUMBER, "isActive": FLAG}
FULL_VIEW: Schema = {
    **PUBLIC_VIEW,
    "originalUrl": TEXT,
    "createdAt": TEXT,
    "expiresAt": OPTIONAL_TEXT,
    "isPasswordProtected": FLAG,
    "isOneTime": FLAG,
}
CLICK: Schema = {
    "id": NUMBER,
    "clicked_at": TEXT,
    "ip_address": TEXT,
    "user_agent": TEXT,
    "referer": TEXT,
    "country": TEXT,
    "country_code": TEXT,
    "city": TEXT,
    "device_type": TEXT,
    "browser_name": TEXT,
    "os_name": TEXT,
    "is_bot": FLAG,
}
STATS: Schema = {
    "link": {
        "id": NUMBER,
        "code": TEXT,
        "original_url": TEXT,
        "created_at": TEXT,
        "expires_at": OPTIONAL_TEXT,
        "password_hash": NOTHING,
        "is_one_time": FLAG,
        "is_active": FLAG,
        "clicks": NUMBER,
    },
    "clicksOverTime": [{"date": TEXT, "clicks": NUMBER}],
    "topCountries": [{"country": TEXT, "country_code": TEXT, "clicks": NUMBER}],
    "deviceBreakdown": [{"device_type": TEXT, "clicks": NUMBER}],
    "browserBreakdown": [{"browser_name": TEXT, "clicks": NUMBER}],
    "osBreakdown": [{"os_name": TEXT, "clicks": NUMBER}],
    "topReferers": [{"referer": TEXT, "clicks": NUMBER}],
    "recentClicks": [CLICK],
    "uniqueVisitors": NUMBER,
    "totalClickEvents": NUMBER,
}
CLICKS: Schema = {"clicks": [CLICK], "total": NUMBER, "page": NUMBER, "limit": NUMBER, "totalPages": NUMBER}
LOOKUP: Schema = {"code": TEXT, "originalUrl": TEXT, "isActive": FLAG}
SUCCESS: Schema = {"success": FLAG}
ERROR: Schema = {"error": TEXT}

READS: list[tuple[str, Schema]] = [
    ("/api/links/{code}", PUBLIC_VIEW),
    ("/api/links/{code}?token={token}", FULL_VIEW),
    ("/api/links/{code}/stats?token={token}", STATS),
    ("/api/links/{code}/clicks?token={token}", CLICKS),
    ("/api/lookup?token={token}", LOOKUP),
]


async def body_of(shtr: httpx.AsyncClient, path: str, link: ShtrLink) -> Any:
    """Return the body of what is at a path, in which the link's code and token are filled in."""
    answer = await shtr.get(path.format(code=link.code, token=link.token))
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    "fields",
    [{}, {"password": PASSWORD, "expiresAt": ENDS, "isOneTime": True}, {"password": None, "isOneTime": False}],
    ids=["plain", "with every field", "with fields that say nothing"],
)
async def test_links_are_what_the_documentation_shows(
    shtr: httpx.AsyncClient, shorten: Shorten, fields: dict[str, Any]
) -> None:
    """Created, read, looked up and deleted, without clicks: no key is missing where there is nothing to tell."""
    created = await shtr.post("/api/shorten", json={"url": URL, **fields})
    assert created.status_code == 201, created.text
    check(created.json(), SHORTENED)
    link = await shorten(**fields)
    for path, schema in READS:
        check(await body_of(shtr, path, link), schema, path)
    deleted = await shtr.delete(f"/api/links/{link.code}", params={"token": link.token})
    check(deleted.json(), SUCCESS)
    assert deleted.json()["success"] is True


async def test_only_an_end_is_a_text_and_no_end_is_null(shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """Both expiresAt and expires_at are there in either case."""
    for link, kind in ((await shorten(), NOTHING), (await shorten(expiresAt=ENDS), TEXT)):
        check(await body_of(shtr, READS[1][0], link), {**FULL_VIEW, "expiresAt": kind})
        check(await body_of(shtr, READS[2][0], link), {"link": {**STATS["link"], "expires_at": kind}})


async def test_lists_are_what_the_documentation_shows(
    system: System, shtr: httpx.AsyncClient, shorten: Shorten
) -> None:
    """With clicks, known and unknown ones: each list has items, and each item all its keys."""
    link = await shorten()
    link_id = await link_id_of(shtr, link)
    await examples.ingest(system, link_id, link.code, examples.clicks_of_stats_example())
    stats, clicks = await body_of(shtr, READS[2][0], link), await body_of(shtr, READS[3][0], link)
    check(stats, STATS)
    check(clicks, CLICKS)
    assert [name for name, schema in STATS.items() if isinstance(schema, list) and not stats[name]] == []
    assert clicks["clicks"]


async def test_a_verified_password_is_a_success(shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """On every address of the call."""
    link = await shorten(password=PASSWORD)
    body = {"code": link.code, "password": PASSWORD}
    of_link = f"/api/links/{link.code}"
    for path in ("/api/verify-password", "/api/verify", f"{of_link}/verify-password", f"{of_link}/verify"):
        answer = await shtr.post(path, json=body)
        check(answer.json(), SUCCESS, path)
        assert "set-cookie" in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/api/shorten", {}, 400),
        ("POST", "/api/shorten", {"url": URL, "customCode": "a"}, 400),
        ("POST", "/api/shorten", {"url": URL, "unknown": 1}, 400),
        ("POST", "/api/verify-password", {"code": "absent1", "password": "x"}, 403),
        ("GET", "/api/links/absent1", None, 404),
        ("GET", "/api/links/absent1?token=tok_x", None, 403),
        ("GET", "/api/links/absent1/stats", None, 401),
        ("GET", "/api/links/absent1/clicks?token=tok_x", None, 403),
        ("GET", "/api/lookup", None, 401),
        ("GET", "/api/lookup?token=tok_x", None, 404),
        ("DELETE", "/api/links/absent1", None, 401),
        ("GET", "/api/no-such-call", None, 404),
        ("PUT", "/api/shorten", {}, 405),
    ],
)
async def test_errors_are_what_the_documentation_shows(
    shtr: httpx.AsyncClient, method: str, path: str, body: Any, status: int
) -> None:
    """One text, whoever answers, be it the gateway."""
    answer = await shtr.request(method, path, json=body)
    assert answer.status_code == status, answer.text
    check(answer.json(), ERROR)
    assert set(answer.json()) == set(ERROR)
