"""Answers have the keys and types that the official OpenAPI document requires: typed clients refuse what does not."""

from typing import Any

import httpx
import pytest

from tests.rest.spoo.conftest import Shorten

# By the names of the document: type of each required key; of the others what they may be, when they are there.
STATUS = {"ACTIVE", "INACTIVE", "EXPIRED", "BLOCKED"}
PUBLIC_STATUS = {"active", "inactive", "expired", "blocked"}
TEXT, NUMBER, FLAG, OPTIONAL_TEXT, OPTIONAL_NUMBER = str, int, bool, (str, type(None)), (int, type(None))
Schema = dict[str, Any]

URL_RESPONSE: Schema = {
    "id": TEXT,
    "alias": TEXT,
    "short_url": TEXT,
    "long_url": TEXT,
    "owner_id": OPTIONAL_TEXT,
    "created_at": NUMBER,
    "status": STATUS,
    "private_stats": (bool, type(None)),
    "claim_token": OPTIONAL_TEXT,
    "tags": list,
}
URL_LIST_ITEM: Schema = {
    "id": TEXT,
    "alias": OPTIONAL_TEXT,
    "long_url": OPTIONAL_TEXT,
    "status": STATUS,
    "created_at": OPTIONAL_TEXT,
    "expire_after": OPTIONAL_NUMBER,
    "max_clicks": OPTIONAL_NUMBER,
    "private_stats": FLAG,
    "block_bots": FLAG,
    "password_set": FLAG,
    "total_clicks": OPTIONAL_NUMBER,
    "last_click": OPTIONAL_TEXT,
    "domain": OPTIONAL_TEXT,
    "tags": list,
}
URL_LIST: Schema = {
    "items": list,
    "page": NUMBER,
    "pageSize": NUMBER,
    "total": NUMBER,
    "hasNext": FLAG,
    "sortBy": {"created_at", "last_click", "total_clicks"},
    "sortOrder": {"ascending", "descending"},
}
UPDATED: Schema = {"id": TEXT, "status": STATUS, "password_set": FLAG, "updated_at": NUMBER, "tags": list}
TAG: Schema = {
    "id": TEXT,
    "name": TEXT,
    "color": TEXT,
    "icon": TEXT,
    "link_count": NUMBER,
    "created_at": TEXT,
    "updated_at": OPTIONAL_TEXT,
}
ALIAS_CHECK: Schema = {"available": FLAG, "reason": OPTIONAL_TEXT}
SUMMARY: Schema = {"total_clicks": NUMBER, "unique_clicks": NUMBER, "first_click": OPTIONAL_TEXT}
STATS: Schema = {
    "scope": {"all", "anon"},
    "filters": dict,
    "group_by": list,
    "timezone": TEXT,
    "time_range": {"start_date": OPTIONAL_TEXT, "end_date": OPTIONAL_TEXT},
    "summary": SUMMARY,
    "metrics": dict,
    "generated_at": TEXT,
    "api_version": TEXT,
    "time_bucket_info": {
        "strategy": TEXT,
        "mongo_format": TEXT,
        "display_format": TEXT,
        "timezone": TEXT,
        "interval_minutes": NUMBER,
    },
}
PUBLIC_STATS: Schema = {
    "generation": {"v1", "v2"},
    "link": {
        "alias": TEXT,
        "short_url": TEXT,
        "long_url": OPTIONAL_TEXT,
        "created_at": OPTIONAL_TEXT,
        "status": PUBLIC_STATUS,
        "max_clicks": OPTIONAL_NUMBER,
        "block_bots": FLAG,
        "password_protected": FLAG,
    },
    "stats": STATS,
}
PREVIEW: Schema = {
    "generation": {"v1", "v2"},
    "alias": TEXT,
    "short_url": TEXT,
    "status": PUBLIC_STATUS,
    "created_at": OPTIONAL_TEXT,
    "password_protected": FLAG,
    "destination": {"url": TEXT, "domain": TEXT, "path": TEXT, "is_https": FLAG},
    "geo_destinations": (list, type(None)),
}
PROFILE: Schema = {
    "id": TEXT,
    "email": OPTIONAL_TEXT,
    "email_verified": FLAG,
    "plan": TEXT,
    "password_set": FLAG,
    "auth_providers": list,
}
KEY: Schema = {"id": TEXT, "name": TEXT, "scopes": list, "created_at": NUMBER, "revoked": FLAG, "token_prefix": TEXT}
CHECK = {"ok", "error", "not_configured"}
HEALTH: Schema = {"status": TEXT, "version": TEXT, "checks": {"mongodb": CHECK, "redis": CHECK}}
ERROR: Schema = {"error": TEXT, "code": TEXT}


def check(body: Any, schema: Any, where: str = "body") -> None:
    """Fail unless a body is what a schema says: keys of an object, one of some words, or a type."""
    if isinstance(schema, dict):
        assert isinstance(body, dict), where
        for name, inner in schema.items():
            assert name in body, f"{where}.{name} is missing"
            check(body[name], inner, f"{where}.{name}")
    elif isinstance(schema, set):
        assert body in schema, f"{where} is {body!r}"
    else:
        assert isinstance(body, schema), f"{where} is {body!r}"
        # True is an int to Python, but to nobody else.
        assert not isinstance(body, bool) or schema is not int, where


async def test_answers_are_what_the_document_requires(
    owner: httpx.AsyncClient, anyone: httpx.AsyncClient, shorten: Shorten
) -> None:
    """Creation, reading, lists, changes, statistics, previews, tags, keys, accounts, health."""
    for creator in (owner, anyone):
        created = await creator.post("/api/v1/shorten", json={"long_url": "https://example.com/"})
        check(created.json(), URL_RESPONSE)
    url_id = (await shorten(owner)).url_id
    public = await shorten(anyone)
    for path, schema in {
        f"/api/v1/urls/{url_id}": URL_LIST_ITEM,
        "/api/v1/urls": URL_LIST,
        "/api/v1/shorten/check-alias?alias=free-one": ALIAS_CHECK,
        "/api/v1/stats": STATS,
        f"/api/v1/stats/links/{url_id}": {**STATS, "url_id": TEXT, "alias": TEXT},
        f"/api/v1/public/stats/{public.alias}": PUBLIC_STATS,
        f"/api/v1/public/preview/{public.alias}": PREVIEW,
        "/api/v1/keys": {"keys": list},
        "/auth/me": {"user": PROFILE},
        "/health": HEALTH,
    }.items():
        check((await owner.get(path)).json(), schema, path)
    for item in (await owner.get("/api/v1/urls")).json()["items"]:
        check(item, URL_LIST_ITEM)
    for status in ("INACTIVE", "ACTIVE"):
        check((await owner.patch(f"/api/v1/urls/{url_id}/status", json={"status": status})).json(), UPDATED)
    check((await owner.post("/api/v1/tags", json={"name": "n"})).json(), TAG)
    check((await owner.get("/api/v1/tags")).json(), {"items": list})
    key = await owner.post("/api/v1/keys", json={"name": "n", "scopes": ["stats:read"]})
    check(key.json(), {**KEY, "token": TEXT})
    check((await owner.delete(f"/api/v1/urls/{url_id}")).json(), {"message": TEXT, "id": TEXT})


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/urls", 401),
        ("/api/v1/stats", 401),
        ("/api/v1/urls/x/y/z", 404),
        ("/api/v1/no-such-call", 404),
        ("/api/v1/public/stats/absent-1", 404),
        ("/api/v1/public/preview/absent-1", 404),
        ("/api/v1/shorten/check-alias", 422),
    ],
)
async def test_errors_are_what_the_document_requires(anyone: httpx.AsyncClient, path: str, status: int) -> None:
    """Text and a code, whoever answers, be it the gateway."""
    answer = await anyone.get(path)
    assert answer.status_code == status, answer.text
    check(answer.json(), ERROR)
