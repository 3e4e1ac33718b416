"""Short.io's errors on the real system."""

from typing import Any

import httpx
import pytest

from tests.rest.shortio import contracts
from tests.rest.shortio.conftest import Domain, Shorten
from tests.rest.shortio.contracts import problems
from tests.support.system import System

STATISTICS = ["/statistics/link/lnk_lm_1", "/statistics/domain/1", "/statistics/domain/1/link_clicks"]
LINKS = ["/api/domains", "/api/links?domain_id=1", "/links/lnk_lm_1", "/domains/1"]


@pytest.mark.parametrize("path", [*STATISTICS, *LINKS])
@pytest.mark.parametrize("key", ["", "sk_unknown", "Bearer", "lm_" + "0" * 40, "x" * 5000])
async def test_without_a_known_key_there_is_one_answer(system: System, path: str, key: str) -> None:
    """401, whatever is wrong with the key."""
    async with system.client(api_key="") as client:
        answer = await client.get(path, headers={"authorization": key} if key else {})
    assert answer.status_code == 401
    assert answer.json()["error"] == "A valid API key is required"


async def test_an_edit_token_is_no_key(system: System) -> None:
    """Tokens of links open nothing here."""
    async with system.client(api_key="") as client:
        token = (await client.post("/api/shorten", json={"url": "https://example.com/"})).json()["editToken"]
        assert (await client.get("/api/domains", headers={"authorization": token})).status_code == 401


@pytest.mark.parametrize(("scope", "status"), [("links:read", 403), ("stats:read", 200)])
async def test_a_key_needs_the_right(system: System, shorten: Shorten, scope: str, status: int) -> None:
    """Statistics need stats:read, and nothing besides."""
    link = await shorten()
    async with system.client() as native:
        key = (await native.post("/v1/apiKeys", json={"title": scope, "scopes": [scope]})).json()["secret"]
    async with system.client(api_key="") as client:
        client.headers["authorization"] = key
        answer = await client.get(f"/statistics/link/{link['idString']}?period=total")
        assert answer.status_code == status
        if status == 403:
            assert answer.json() == {"error": "This API key may not do that"}
            deleted = await client.delete(f"/links/{link['idString']}")
            assert (deleted.status_code, deleted.json()["code"]) == (403, "FORBIDDEN")


@pytest.mark.parametrize(
    "link_id", ["lnk_lm_zzzzzz", "999999999", "lnk_61Mb_0dnRjuKbo7tZ7hZ", "nonsense", "lnk_lm_1'--"]
)
async def test_links_that_are_not_there_look_the_same(shortio: httpx.AsyncClient, link_id: str) -> None:
    """Absent, deleted, somebody else's or nonsense."""
    statistics = await shortio.get(f"/statistics/link/{link_id}")
    assert (statistics.status_code, statistics.json()) == (404, {"error": "Link not found"})
    link = await shortio.get(f"/links/{link_id}")
    assert (link.status_code, link.json()["error"]) == (404, "Link not found")


async def test_links_without_an_account_are_nobodys(system: System, shortio: httpx.AsyncClient) -> None:
    """The numbers of links that others made are not there."""
    async with system.client(api_key="") as client:
        made = (await client.post("/api/shorten", json={"url": "https://example.com/"})).json()
        stats = await client.get(f"/api/links/{made['code']}/stats", params={"token": made["editToken"]})
    number = int(stats.json()["link"]["id"])
    assert (await shortio.get(f"/statistics/link/{number}")).json() == {"error": "Link not found"}
    assert (await shortio.delete(f"/links/{number}")).status_code == 404


@pytest.mark.parametrize("domain_id", ["999999", "nonsense", "-1", "0"])
async def test_domains_that_are_not_there(shortio: httpx.AsyncClient, domain_id: str) -> None:
    """Likewise."""
    for path in ("", "/link_clicks"):
        answer = await shortio.get(f"/statistics/domain/{domain_id}{path}")
        assert (answer.status_code, answer.json()) == (404, {"error": "Domain not found"})
    listed = await shortio.get("/api/links", params={"domain_id": domain_id})
    assert (listed.status_code, listed.json()["error"]) == (404, "Domain not found")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"originalURL": "javascript:alert(1)"}, "originalURL"),
        ({"originalURL": "https://e.com/\r\nx: y"}, "originalURL"),
        ({"originalURL": ""}, "originalURL"),
        ({"originalURL": "https://e.com/", "path": "a"}, "path"),
        ({"originalURL": "https://e.com/", "path": "api"}, "path"),
        ({"originalURL": "https://e.com/", "expiresAt": "2001-01-01"}, "expiresAt"),
        ({"originalURL": "https://e.com/", "clicksLimit": -1}, "clicksLimit"),
        ({"originalURL": "https://e.com/", "redirectType": 200}, "redirectType"),
        ({"originalURL": "https://e.com/", "expiredURL": "data:x"}, "expiredURL"),
        ({"originalURL": "https://e.com/", "tags": ["x" * 65]}, "tags"),
    ],
)
async def test_wrong_fields_are_named(
    shortio: httpx.AsyncClient, domain: Domain, body: dict[str, Any], field: str
) -> None:
    """As Short.io calls them, and nothing is created."""
    answer = await shortio.post("/links", json={"domain": domain.host, **body})
    assert answer.status_code == 400
    said = answer.json()
    assert (said["field"], said["success"], said["statusCode"]) == (field, False, 400)
    assert said["error"] == said["message"]
    assert said["error"].startswith(field)
    listed = await shortio.get("/api/links", params={"domain_id": domain.domain_id})
    assert listed.json()["count"] == 0


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b'{"period": }', b"\xff", b"{" * 200 + b"}" * 200])
@pytest.mark.parametrize("path", ["/statistics/domain/{domain}/last_clicks", "/links", "/links/bulk"])
async def test_what_is_no_json_object_is_refused(
    shortio: httpx.AsyncClient, domain: Domain, path: str, body: bytes
) -> None:
    """In this API's shape, by whoever sees it first."""
    answer = await shortio.post(
        path.format(domain=domain.domain_id), content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400, answer.text
    assert problems(answer.json(), contracts.ERROR if path.startswith("/links") else {"error": contracts.TEXT}) == []


@pytest.mark.parametrize(
    "path", ["/statistics", "/statistics/x", "/links", "/links/a/b/c", "/domains/1/2", "/link_country", "/tags/bulk/x"]
)
async def test_unknown_paths_have_this_apis_shape(shortio: httpx.AsyncClient, path: str) -> None:
    """404 or 405: statistics say {"error"}, the link API what it always says."""
    answer = await shortio.get(path)
    assert answer.status_code in {404, 405}
    if path.startswith("/statistics"):
        assert set(answer.json()) == {"error"}
    else:
        assert problems(answer.json(), contracts.ERROR) == []
        assert answer.json()["statusCode"] == answer.status_code


@pytest.mark.parametrize("path", ["/api/domains", "/api/links"])
async def test_paths_among_another_dialects_have_this_apis_shape(shortio: httpx.AsyncClient, path: str) -> None:
    """405 as the link API says it."""
    answer = await shortio.delete(path)
    assert (answer.status_code, answer.json()["statusCode"]) == (405, 405)
    assert problems(answer.json(), contracts.ERROR) == []


async def test_a_malformed_body_is_not_repeated(shortio: httpx.AsyncClient) -> None:
    """It may hold a password, and neither of the two texts of the answer has it."""
    body = b'{\n"password": "hunter2",\n"tags": [}\n'
    answer = await shortio.post("/links", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert "hunter2" not in answer.text


async def test_a_body_of_a_megabyte_is_too_large(shortio: httpx.AsyncClient, domain: Domain) -> None:
    """Refused in this API's shape, and what comes next is answered."""
    answer = await shortio.post("/links", json={"domain": domain.host, "title": "x" * 1_100_000})
    assert answer.status_code == 413
    assert problems(answer.json(), contracts.ERROR) == []
    assert (await shortio.get("/api/domains")).status_code == 200
