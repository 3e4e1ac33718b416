"""S9 at the native REST API: credentials are shown once, scoped, end in time, and all refusals are the same."""

import json
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.support.people import key_of_new_owner
from tests.support.system import System
from tests.support.wait import eventually

LINK = {"destination": "https://example.com/"}
READINGS = [
    "/v1/links",
    "/v1/links/1",
    "/v1/links:lookup?code=x",
    "/v1/domains",
    "/v1/tags",
    "/v1/apiKeys",
    "/v1/clicks",
    "/v1/ledger",
]
# Operations by the scope that each needs.
NEEDED: dict[str, list[tuple[str, str, object]]] = {
    "links:read": [
        ("GET", "/v1/links", None),
        ("GET", "/v1/domains", None),
        ("GET", "/v1/domains/1", None),
        ("GET", "/v1/tags", None),
    ],
    "links:write": [
        ("POST", "/v1/links", LINK),
        ("DELETE", "/v1/links/987654321", None),
        ("POST", "/v1/tags", {"name": ""}),
        ("PATCH", "/v1/tags/987654321", {"name": "a"}),
        ("DELETE", "/v1/tags/987654321", None),
    ],
    "stats:read": [
        ("GET", "/v1/clicks", None),
        ("POST", "/v1/clicks:query", {}),
        ("GET", "/v1/links/987654321/stats", None),
    ],
    "keys:manage": [("GET", "/v1/apiKeys", None), ("DELETE", "/v1/apiKeys/987654321", None)],
    "domains:manage": [
        ("POST", "/v1/domains", {"host": "localhost"}),
        ("PATCH", "/v1/domains/987654321", {"publicUrl": "https://a.example"}),
        ("POST", "/v1/domains/987654321:verify", {}),
        ("DELETE", "/v1/domains/987654321", None),
    ],
    "admin": [("GET", "/v1/ledger", None)],
}


async def new_key(client: httpx.AsyncClient, *scopes: str, **fields: str) -> dict[str, str]:
    """Create a key of the first owner."""
    answer = await client.post("/v1/apiKeys", json={"scopes": scopes, **fields})
    assert answer.status_code == 200, answer.text
    key: dict[str, str] = answer.json()
    return key


async def look(client: httpx.AsyncClient, path: str, authorization: str) -> tuple[int, str]:
    """Ask with a credential; return what a stranger can tell."""
    headers = {"authorization": authorization} if authorization else {}
    answer = await client.get(path, headers=headers)
    return answer.status_code, answer.text


@pytest.mark.parametrize("path", READINGS)
async def test_all_refused_credentials_meet_the_same_answer(system: System, path: str) -> None:
    """None, unknown, wrong by a letter, malformed, revoked: 401 with the same body, at every service."""
    async with system.client() as client:
        revoked = await new_key(client, "admin")
        assert (await client.delete(f"/v1/apiKeys/{revoked['apiKeyId']}")).status_code == 200
    credentials = [
        "lm_" + "x" * 43,
        "tok_" + "x" * 43,
        system.api_key[:-1] + "~",
        "short",
        "x" * 5000,
        "' OR 1=1 --",
        revoked["secret"],
    ]
    async with system.client(api_key="") as client:
        refusals = ["", "Bearer", "Basic eDp4", system.api_key, *(f"Bearer {credential}" for credential in credentials)]
        answers = {await look(client, path, authorization) for authorization in refusals}
        in_the_query = await client.get(path, params={"access_token": system.api_key, "key": system.api_key})
        assert in_the_query.status_code in (400, 401)
    [(status, body)] = answers
    assert (status, json.loads(body)["code"]) == (401, 16)


async def test_secrets_are_shown_once_and_long_and_random(system: System) -> None:
    """By the answer that issues them and by no other."""
    async with system.client() as client:
        keys = [await new_key(client, "links:read") for _ in range(3)]
        made = (await client.post("/v1/links", params={"issueEditToken": "true"}, json=LINK)).json()
        secrets = [made["editToken"], *(key["secret"] for key in keys)]
        assert len(set(secrets)) == 4
        assert re.fullmatch(r"tok_[0-9A-Za-z]{43}", secrets[0])
        assert all(re.fullmatch(r"lm_[0-9A-Za-z]{43}", secret) for secret in secrets[1:])
        later = [
            await client.get("/v1/apiKeys", params={"withRevoked": "true"}),
            await client.get("/v1/links"),
            await client.get(f"/v1/links/{made['linkId']}"),
            await client.patch(f"/v1/links/{made['linkId']}", json={"title": "x"}),
        ]
    for answer in later:
        assert answer.status_code == 200
        assert not any(secret in answer.text for secret in secrets)
    listed = [key["prefix"] for key in later[0].json()["apiKeys"]]
    assert set(listed) >= {key["secret"][:10] for key in keys}


@pytest.mark.parametrize("scope", NEEDED)
async def test_operation_outside_the_scope_is_refused(system: System, scope: str) -> None:
    """403 with every other scope; with the needed one alone it gets further."""
    without = await key_of_new_owner(system, *sorted({*NEEDED} - {scope, "admin"}))
    with_it = await key_of_new_owner(system, scope)
    async with system.client(api_key=without) as refused, system.client(api_key=with_it) as allowed:
        for verb, path, body in NEEDED[scope]:
            assert (await refused.request(verb, path, json=body)).status_code == 403, path
            assert (await allowed.request(verb, path, json=body)).status_code not in (401, 403), path


async def test_nobody_gives_away_what_they_do_not_have(system: System) -> None:
    """A key that manages keys makes no stronger one."""
    async with system.client(api_key=await key_of_new_owner(system, "keys:manage")) as client:
        for scopes in (["admin"], ["keys:manage", "links:read"]):
            assert (await client.post("/v1/apiKeys", json={"scopes": scopes})).status_code == 403
        assert (await client.post("/v1/apiKeys", json={"scopes": ["keys:manage"]})).status_code == 200


async def test_revoked_key_is_refused(system: System) -> None:
    """At links at once, everywhere within five seconds."""
    async with system.client() as client:
        key = await new_key(client, "links:read", "stats:read")
        bearer = f"Bearer {key['secret']}"
        for path in ("/v1/links", "/v1/clicks"):
            assert (await look(client, path, bearer))[0] == 200
        assert (await client.delete(f"/v1/apiKeys/{key['apiKeyId']}")).status_code == 200
        assert (await look(client, "/v1/links", bearer))[0] == 401

        async def is_refused() -> bool:
            return (await look(client, "/v1/clicks", bearer))[0] == 401

        await eventually(is_refused)


async def test_key_is_refused_from_its_expire_time_on(system: System) -> None:
    """At every service, and not before."""
    expiry = datetime.now(UTC) + timedelta(seconds=8)
    async with system.client() as client:
        bearer = f"Bearer {(await new_key(client, 'admin', expireTime=expiry.isoformat()))['secret']}"
        for path in ("/v1/links", "/v1/clicks"):

            async def is_refused(path: str = path) -> bool:
                asked = datetime.now(UTC)
                status = (await look(client, path, bearer))[0]
                assert status == 200 or datetime.now(UTC) >= expiry
                assert status == 401 or asked < expiry
                return status == 401

            assert not await is_refused() or datetime.now(UTC) >= expiry
            await eventually(is_refused)
