"""Unmodified clients of Short.io from npm; collected where there is npm."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.rest.shortio.conftest import Domain, Shorten
from tests.rest.shortio.examples import MAC_SAFARI, click
from tests.support.npm import packages, run_node
from tests.support.system import System

_CLIENTS = Path(__file__).resolve().parent / "clients"
_ZERO_BREAKDOWNS = ("referer", "social", "browser", "country", "city", "os")


def run(script: str, system: System, domain: Domain, *needed: str) -> Any:
    """Run a script that talks to the system as if it were Short.io."""
    return run_node(
        "--import",
        (_CLIENTS / "elsewhere.mjs").as_uri(),
        str(_CLIENTS / script),
        TARGET=system.base_url,
        PACKAGES=str(packages(*needed)),
        KEY=system.api_key,
        HOST=domain.host,
        DOMAIN=str(domain.domain_id),
        NO_PROXY="*",
    )


async def test_the_official_client_with_statistics(system: System, domain: Domain, shorten: Shorten) -> None:
    """@short.io/client-node 1.1.0: every call that it has."""
    link = await shorten(originalURL="https://example.com/official-1", path="official", title="One", tags=["a"])
    now = datetime.now(UTC)
    await domain.ingest([click(now - timedelta(minutes=minute), user_agent=MAC_SAFARI) for minute in (1, 2)], link)
    seen = run("official_1.mjs", system, domain, "@short.io/client-node@1.1.0")
    assert [row["id"] for row in seen["domains"]].count(domain.domain_id) == 1
    assert (seen["create"]["idString"], seen["create"]["duplicate"]) == (link["idString"], True)
    assert seen["createPublic"]["success"] is True
    assert "originalURL" in seen["createSecure"]["error"]
    assert [row["originalURL"] for row in seen["bulkCreate"]] == ["https://example.com/b1", "https://example.com/b2"]
    assert seen["list"]["count"] == len(seen["list"]["links"]) == 4
    assert [row["idString"] for row in seen["listLimited"]["links"]] == [link["idString"]]
    assert seen["listLimited"]["nextPageToken"]
    assert seen["getByPath"]["idString"] == seen["getByOriginalURL"]["idString"] == link["idString"]
    assert seen["update"]["title"] == "Two"
    assert seen["qr"].endswith("PNG")
    assert seen["openGraph"] == [["title", "Two"]]
    assert seen["countries"] == seen["regions"] == []
    assert seen["updateOpenGraph"]["statusCode"] == seen["newCountry"]["statusCode"] == 402
    assert seen["archive"] == {"success": True}
    for name in ("byLink", "byLinkDefault", "byLinkPost", "byLinkPostFiltered"):
        assert (seen[name]["totalClicks"], seen[name]["humanClicks"]) == (2, 2), name
    assert len(seen["byLinkDefault"]["clickStatistics"]["datasets"][0]["data"]) == 31
    assert (seen["byDomain"]["links"], seen["byDomainPost"]["clicks"]) == (4, 2)
    assert seen["linkClicks"] == {link["idString"]: 2, seen["createPublic"]["idString"]: 0}
    assert seen["pathClicks"] == {"official": 0}
    assert seen["top"] == [{"score": 2, "column": "Safari", "displayName": "Safari"}]
    assert sum(int(row["score"]) for bucket in seen["topByInterval"] for row in bucket["statistics"]) == 2
    assert [row["path"] for row in seen["lastClicks"]] == ["/official", "/official"]
    assert seen["clear"] == {"success": True}
    assert seen["delete"] == {"success": True, "idString": link["idString"]}
    assert seen["deleted"] == {"error": "Link not found"}


async def test_the_official_client_with_schemas(system: System, domain: Domain) -> None:
    """@short.io/client-node 3.3.1: every answer passes the schema that it ships with."""
    seen = run("official_3.mjs", system, domain, "@short.io/client-node@3.3.1")
    assert seen["problems"] == {}
    assert set(seen["statuses"].values()) == {200}
    assert (seen["refusedStatus"], seen["refused"]["error"]) == (404, "Link not found")


async def test_a_third_partys_client(system: System, domain: Domain) -> None:
    """short.io 1.3.1: every call that it has, the forgotten one for popular paths too."""
    seen = run("ichii.cjs", system, domain, "short.io@1.3.1")
    assert seen["link"]["idString"] == seen["byUrl"]["idString"] == seen["create"]["idString"]
    assert seen["update"]["originalURL"] == "https://example.com/moved"
    assert seen["archive"] == {"action": "archive", "result": True}
    assert (seen["domainStats"]["clicks"], seen["linkStats"]["totalClicks"]) == (0, 0)
    assert all(seen["linkStats"][name] == [] for name in _ZERO_BREAKDOWNS)
    assert seen["clicks"] == {seen["create"]["idString"]: 0}
    assert seen["paths"] == []
    assert seen["delete"] == {"action": "delete", "result": True}
    assert seen["refusal"] == "Error: Link not found"
