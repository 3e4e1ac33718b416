"""Short.io's link API on the real system."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.rest.shortio.conftest import Domain, Shorten
from tests.support.system import System


async def test_a_link_has_all_that_its_creator_said(shortio: httpx.AsyncClient, shorten: Shorten) -> None:
    """The answer to creating it is the answer to getting it, but for two fields."""
    url = f"https://example.com/{uuid4()}?a=1"
    path = uuid4().hex
    link = await shorten(
        originalURL=url,
        path=path,
        title="Spring",
        tags=["a", "b"],
        expiresAt=1893456000000,
        expiredURL="https://example.com/gone",
        clicksLimit=5,
        redirectType="307",
        password="secret",
        utmSource="mail",
    )
    assert link.pop("success") is True
    assert link.pop("duplicate") is False
    assert link == (await shortio.get(f"/links/{link['idString']}")).json()
    assert link["id"] == link["idString"]
    assert link["originalURL"] == f"{url}&utm_source=mail"
    assert (link["path"], link["lcpath"]) == (path, path)
    assert (link["title"], link["tags"], link["redirectType"]) == ("Spring", ["a", "b"], "307")
    assert (link["expiresAt"], link["expiredURL"]) == ("2030-01-01T00:00:00.000Z", "https://example.com/gone")
    assert (link["clicksLimit"], link["hasPassword"], link["utmSource"]) == (5, True, "mail")
    assert "password" not in link
    # This installation has no https.
    assert link["secureShortURL"] == link["shortURL"]
    assert link["User"]["photoURL"] == ""


async def test_absent_values_are_absent(shorten: Shorten) -> None:
    """The official schema takes neither null nor zero for them."""
    link = await shorten()
    assert not {"title", "expiresAt", "expiredURL", "clicksLimit", "utmSource", "nextPageToken"} & set(link)


async def test_the_public_call_creates_too(system: System, domain: Domain) -> None:
    """With a key that can do nothing else."""
    async with system.client() as native:
        made = await native.post("/v1/apiKeys", json={"title": "public", "scopes": ["links:write"]})
    async with system.client(api_key="") as client:
        client.headers["authorization"] = made.json()["secret"]
        body = {"domain": domain.host, "originalURL": f"https://example.com/{uuid4()}"}
        link = (await client.post("/links/public", json=body)).json()
        assert link["success"] is True
        again = (await client.post("/links/public", json=body)).json()
        assert (again["idString"], again["duplicate"]) == (link["idString"], True)
        answer = await client.get(f"/links/{link['idString']}")
        assert (answer.status_code, answer.json()["error"]) == (403, "This API key may not do that")


async def test_links_in_bulk(shortio: httpx.AsyncClient, domain: Domain) -> None:
    """In their order; what fails stays by itself, and the same link twice is one link."""
    urls = [f"https://example.com/{uuid4()}" for _ in range(40)]
    links: list[dict[str, Any]] = [{"originalURL": url, "title": str(number)} for number, url in enumerate(urls)]
    links += [{"originalURL": "javascript:alert(1)"}, links[0]]
    answer = await shortio.post("/links/bulk", json={"domain": domain.host, "links": links})
    assert answer.status_code == 200
    rows = answer.json()
    assert [row["originalURL"] for row in rows[:40]] == urls
    assert len({row["idString"] for row in rows[:40]}) == 40
    assert (rows[40]["success"], rows[40]["statusCode"]) == (False, 400)
    assert {row["duplicate"] for row in (rows[0], rows[41])} == {False, True}
    assert rows[0]["idString"] == rows[41]["idString"]
    assert isinstance(rows[0]["OwnerId"], int)


@pytest.mark.parametrize(
    "links", [[], [{}], [{"originalURL": "https://e.com/", "title": {}}], [{"originalURL": "https://e.com/"}] * 1001]
)
async def test_a_bulk_that_cannot_be_read_is_refused_whole(
    shortio: httpx.AsyncClient, domain: Domain, links: list[Any]
) -> None:
    """Nothing is created."""
    answer = await shortio.post("/links/bulk", json={"domain": domain.host, "links": links})
    assert answer.status_code == 400
    listed = await shortio.get("/api/links", params={"domain_id": domain.domain_id})
    assert listed.json() == {"count": 0, "links": []}


async def test_lists_have_pages(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """Newest first; the last page has no token; the other ways to page go on working."""
    ids = [(await shorten(tags=["even"] if number % 2 == 0 else []))["idString"] for number in range(5)]
    params: dict[str, Any] = {"domain_id": domain.domain_id, "limit": 2}
    seen: list[str] = []
    while True:
        page = (await shortio.get("/api/links", params=params)).json()
        assert page["count"] == 5
        seen += [link["id"] for link in page["links"]]
        if "nextPageToken" not in page:
            break
        params["pageToken"] = page["nextPageToken"]
    assert seen == ids[::-1]

    async def listed(**more: Any) -> list[str]:
        answer = await shortio.get("/api/links", params={"domain_id": domain.domain_id, **more})
        assert answer.status_code == 200, answer.text
        return [link["idString"] for link in answer.json()["links"]]

    assert await listed(dateSortOrder="asc") == ids
    assert await listed(offset=3) == ids[1::-1]
    assert await listed(before=ids[2]) == [ids[1], ids[0]]
    assert await listed(tag="even") == [ids[4], ids[2], ids[0]]
    assert await listed(idString=ids[2]) == [ids[2]]
    created = (await shortio.get(f"/links/{ids[2]}")).json()["createdAt"]
    assert set(await listed(afterDate=created)) <= set(ids[3:])
    assert set(await listed(beforeDate=created)) <= set(ids[:2])


async def test_links_are_found_by_path_and_by_url(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """expand, by-original-url and multiple-by-url."""
    url = f"https://example.com/{uuid4()}"
    first = await shorten(originalURL=url)
    second = await shorten(originalURL=url, allowDuplicates=True)
    for path in (first["path"], f"/{first['path']}"):
        found = await shortio.get("/links/expand", params={"domain": domain.host, "path": path})
        assert found.json()["idString"] == first["idString"]
    where = {"domain": domain.host, "originalURL": url}
    assert (await shortio.get("/links/by-original-url", params=where)).json()["idString"] == first["idString"]
    both = (await shortio.get("/links/multiple-by-url", params=where)).json()["links"]
    assert [link["idString"] for link in both] == [second["idString"], first["idString"]]


async def test_an_update_changes_what_it_names(shortio: httpx.AsyncClient, shorten: Shorten) -> None:
    """Null takes away; what is not named stays; nothing named changes nothing."""
    link = await shorten(title="Old", tags=["a"], expiresAt="2030-01-01", clicksLimit=3)
    path = f"/links/{link['idString']}"
    changed = (
        await shortio.post(path, json={"title": "New", "expiresAt": None, "redirectType": 301, "utmTerm": "x"})
    ).json()
    assert (changed["title"], changed["tags"], changed["redirectType"]) == ("New", ["a"], "301")
    assert "expiresAt" not in changed
    assert changed["clicksLimit"] == 3
    assert changed["originalURL"] == f"{link['originalURL']}?utm_term=x"
    moved = (await shortio.post(path, json={"originalURL": "https://example.com/new", "clicksLimit": None})).json()
    assert moved["originalURL"] == "https://example.com/new"
    assert "clicksLimit" not in moved
    assert (await shortio.post(path, json={})).json() == moved
    assert (await shortio.post(path, json={"password": "secret"})).json()["hasPassword"] is True
    assert (await shortio.post(path, json={"password": None})).json()["hasPassword"] is False
    refused = await shortio.post(path, json={"path": "another"})
    assert (refused.status_code, refused.json()["field"]) == (400, "path")


async def test_links_are_put_away_and_fetched_back(
    shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten
) -> None:
    """One by one and many at a time; lists do not show them meanwhile."""
    ids = [(await shorten())["idString"] for _ in range(3)]

    async def count() -> int:
        return int((await shortio.get("/api/links", params={"domain_id": domain.domain_id})).json()["count"])

    for call, body, left in (
        ("archive", {"link_id": ids[0]}, 2),
        ("archive_bulk", {"link_ids": ids}, 0),
        ("unarchive", {"link_id": ids[0]}, 1),
        ("unarchive_bulk", {"link_ids": ids}, 3),
    ):
        answer = await shortio.post(f"/links/{call}", json=body)
        assert (answer.status_code, answer.json()) == (200, {"success": True})
        assert await count() == left
    assert (await shortio.get(f"/links/{ids[0]}")).json()["archived"] is False


async def test_links_are_deleted(shortio: httpx.AsyncClient, shorten: Shorten) -> None:
    """One by one and many at a time; unknown ids stop a bulk before it begins."""
    ids = [(await shorten())["idString"] for _ in range(3)]
    answer = await shortio.delete(f"/links/{ids[0]}")
    assert answer.json() == {"success": True, "idString": ids[0]}
    wrong = await shortio.request("DELETE", "/links/delete_bulk", json={"link_ids": ids})
    assert wrong.status_code == 404
    many = await shortio.request("DELETE", "/links/delete_bulk", json={"link_ids": ids[1:]})
    assert many.json() == {"success": True}
    for link_id in ids:
        assert (await shortio.get(f"/links/{link_id}")).status_code == 404


async def test_labels_and_copies(shortio: httpx.AsyncClient, shorten: Shorten) -> None:
    """A label is given once; a copy has its own path, and asks for the same password."""
    link = await shorten(title="T", tags=["a"], password="secret")
    answer = await shortio.post("/tags/bulk", json={"tag": "b", "link_ids": [link["idString"]]})
    assert answer.json() == {"success": True}
    copied = (await shortio.post(f"/links/duplicate/{link['idString']}", json={})).json()
    assert copied["duplicatedFrom"] == link["idString"]
    assert (copied["title"], copied["tags"], copied["hasPassword"]) == ("T", ["a", "b"], True)
    assert copied["idString"] != link["idString"]


async def test_pictures_of_the_short_url(shortio: httpx.AsyncClient, shorten: Shorten) -> None:
    """PNG by default, SVG in colours; an empty body is no body."""
    link = await shorten()
    path = f"/links/qr/{link['idString']}"
    plain = await shortio.post(path, headers={"content-type": "application/json"})
    assert (plain.status_code, plain.headers["content-type"]) == (200, "image/png")
    assert plain.content.startswith(b"\x89PNG\r\n\x1a\n")
    drawn = await shortio.post(path, json={"type": "svg", "size": 3, "color": "ff0000", "backgroundColor": "00ff0080"})
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert b'"red"' in drawn.content


async def test_what_is_not_there_says_so(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """Empty answers to questions, 402 to changes."""
    link = await shorten(title="T")
    number = link["idString"]
    assert (await shortio.get(f"/links/opengraph/{domain.domain_id}/{number}")).json() == [["title", "T"]]
    assert (await shortio.get(f"/link_country/{number}")).json() == []
    assert (await shortio.get(f"/link_region/{number}")).json() == []
    for verb, path, body in (
        ("PUT", f"/links/opengraph/{domain.domain_id}/{number}", [["title", "x"]]),
        ("POST", f"/links/opengraph/{domain.domain_id}/{number}", [["title", "x"]]),
        ("POST", f"/link_country/{number}", {"country": "US", "originalURL": "https://e.com/"}),
        ("POST", f"/link_country/bulk/{number}", [{"country": "US", "originalURL": "https://e.com/"}]),
        ("DELETE", f"/link_country/{number}/US", None),
        ("POST", f"/link_region/{number}", {"country": "US", "region": "NY", "originalURL": "https://e.com/"}),
        ("DELETE", f"/link_region/{number}/US/NY", None),
    ):
        answer = await shortio.request(verb, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (402, "PAYMENT_REQUIRED"), path


async def test_domains_are_listed_and_added(shortio: httpx.AsyncClient, domain: Domain) -> None:
    """The installation's own first; a host is somebody's once."""
    rows = (await shortio.get("/api/domains")).json()
    assert "UserId" not in rows[0]
    mine = next(row for row in rows if row["id"] == domain.domain_id)
    assert (mine["hostname"], mine["state"], mine["UserId"]) == (domain.host, "configured", domain.owner_id)
    assert (await shortio.get("/api/domains", params={"pattern": domain.host})).json() == [mine]
    assert (await shortio.get("/api/domains", params={"limit": 1})).json() == rows[:1]
    details = (await shortio.get(f"/domains/{domain.domain_id}")).json()
    assert details.pop("userPlan") == "large"
    assert details.pop("ipExclusions") == []
    assert details == mine
    taken = await shortio.post("/domains", json={"hostname": domain.host})
    assert (taken.status_code, taken.json()["error"]) == (409, "This domain is already registered")
