"""Bulk calls and claims, by the official client."""

import secrets
from typing import Any

import httpx
import pytest
import spoo

from linkmeter.links.v1 import link_service_pb2, links_pb2
from linkmeter.links.v1 import link_service_pb2_grpc as link_stubs
from services.common.caller import ADMIN, Caller
from services.runtime.caller_metadata import metadata_for
from tests.rest.spoo.conftest import Shorten, assert_error
from tests.rest.spoo.test_clients import client, sdk
from tests.support.domains import add_domain
from tests.support.system import System

__all__ = ["client"]

ABSENT = f"{2**40:024x}"


async def make(client: spoo.AsyncSpooClient, number: int) -> list[str]:
    """Create links of the client's; return their ids."""
    made = [await client.shorten("https://example.com/page") for _ in range(number)]
    return [str(link.id) for link in made]


async def test_bulk_calls(client: spoo.AsyncSpooClient, anyone: httpx.AsyncClient, shorten: Shorten) -> None:
    """Each link has an outcome of its own; a repeated id counts once, and what is not the caller's is not found."""
    first, second = await make(client, 2)
    foreign = (await shorten(anyone)).url_id
    asked = [first, ABSENT, second, first, foreign]
    for answer in (
        await client.links.bulk_set_status(asked, "INACTIVE"),
        await client.links.bulk_set_expiry(asked, "2100-01-01T00:00:00Z"),
        await client.links.bulk_set_domain(asked, None),
    ):
        assert (answer.summary.total, answer.summary.succeeded, answer.summary.failed) == (4, 2, 2)
        assert [row.id for row in answer.results] == [first, ABSENT, second, foreign]
        assert [row.ok for row in answer.results] == [True, False, True, False]
        assert [row.error_code for row in answer.results] == [None, "not_found", None, "not_found"]
        assert [bool(row.alias) for row in answer.results] == [True, False, True, False]
    link = await client.links.get(first)
    assert (link.status, link.expire_after) == ("INACTIVE", 4102444800)
    await client.links.bulk_set_expiry([first], None)
    assert (await client.links.get(first)).expire_after is None
    deleted = await client.links.bulk_delete([first, second, foreign])
    assert [row.ok for row in deleted.results] == [True, True, False]
    with pytest.raises(spoo.NotFoundError):
        await client.links.get(first)


@pytest.mark.parametrize(
    ("call", "body", "status"),
    [
        ("delete", {"ids": []}, 422),
        ("delete", {"ids": ["x"]}, 422),
        ("delete", {"ids": [f"{number:024x}" for number in range(1, 102)]}, 422),
        ("delete", {}, 422),
        ("status", {"ids": [ABSENT], "status": "EXPIRED"}, 422),
        ("status", {"ids": [ABSENT]}, 422),
        ("expiry", {"ids": [ABSENT]}, 422),
        ("expiry", {"ids": [ABSENT], "expire_after": "2000-01-01"}, 400),
        ("domain", {"ids": [ABSENT], "domain": "not-yours.example"}, 400),
    ],
)
async def test_wrong_bulk_calls(owner: httpx.AsyncClient, call: str, body: dict[str, Any], status: int) -> None:
    """What could be right for no link refuses the whole call."""
    assert_error(await owner.post(f"/api/v1/urls/bulk/{call}", json=body), status)


async def test_bulk_calls_need_a_key(anyone: httpx.AsyncClient) -> None:
    """And one that may manage links."""
    for path in ("bulk/delete", "bulk/status", "bulk/expiry", "bulk/domain", "claim"):
        assert_error(await anyone.post(f"/api/v1/urls/{path}", json={"ids": [ABSENT]}), 401)
    assert_error(await anyone.delete("/api/v1/urls", params={"domain": "x.example"}), 401)


async def test_claims(client: spoo.AsyncSpooClient, system: System) -> None:
    """Whoever made a link without a key can take it over once, with all its statistics."""
    async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
        made = await sdk(system, http).shorten("https://example.com/page")
    assert made.id
    assert made.claim_token
    other = await client.shorten("https://example.com/page")
    assert other.claim_token is None
    assert (await client.links.claim(made.id, "clm_wrong")).status == "invalid"
    answer = await client.links.claim_many(
        [(made.id, made.claim_token), (made.id, made.claim_token), (ABSENT, made.claim_token)]
    )
    assert [result.status for result in answer.results] == ["claimed", "already_yours", "invalid"]
    assert answer.claimed == 1
    assert (await client.links.get(made.id)).alias == made.alias
    assert (await client.stats.for_link(made.id)).summary.total_clicks == 0


async def test_the_claim_token_has_two_names(owner: httpx.AsyncClient, anyone: httpx.AsyncClient) -> None:
    """The clients in Python and TypeScript disagree."""
    made = (await anyone.post("/api/v1/shorten", json={"long_url": "https://example.com/"})).json()
    claims = [{"url_id": made["id"], "claim_token": made["claim_token"]}]
    answer = await owner.post("/api/v1/urls/claim", json={"claims": claims})
    assert answer.json() == {"results": [{"url_id": made["id"], "status": "claimed"}], "claimed": 1}
    for wrong in ([], ["x"], [{"url_id": made["id"]}], [{"url_id": "x", "token": "y"}], claims * 17):
        assert_error(await owner.post("/api/v1/urls/claim", json={"claims": wrong}), 422)


async def test_links_of_a_domain_are_deleted(owner: httpx.AsyncClient, system: System) -> None:
    """All of them, and no others; not those of the installation's own domain."""
    owner_id = int((await owner.get("/auth/me")).json()["user"]["id"], 16)
    vouched = metadata_for(Caller(owner_id=owner_id, scopes=frozenset({ADMIN})))
    host = f"d{secrets.token_hex(5)}.example"
    await add_domain(system.stack.postgres_url, host, owner_id)
    async with system.channel("links") as channel:
        links: Any = link_stubs.LinkServiceStub(channel)
        for number in range(3):
            link = links_pb2.Link(destination="https://example.com/", domain=host, archived=number == 0)
            await links.CreateLink(link_service_pb2.CreateLinkRequest(link=link), metadata=vouched)
    kept = (await owner.post("/api/v1/shorten", json={"long_url": "https://example.com/"})).json()
    answer = await owner.delete("/api/v1/urls", params={"domain": host})
    assert answer.json() == {"message": f"deleted 3 URLs on {host}", "count": 3, "domain": host}
    assert (await owner.delete("/api/v1/urls", params={"domain": host})).json()["count"] == 0
    assert (await owner.get(f"/api/v1/urls/{kept['id']}")).status_code == 200
    assert_error(await owner.delete("/api/v1/urls", params={"domain": "localhost"}), 400)
    assert_error(await owner.delete("/api/v1/urls", params={"domain": "not-yours.example"}), 404, "domain not found")
    assert_error(await owner.delete("/api/v1/urls"), 422)
