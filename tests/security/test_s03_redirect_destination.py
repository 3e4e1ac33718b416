"""S3 on redirects: the visitor cannot influence where a link leads."""

from pathlib import Path

from linkmeter.links.v1 import links_pb2
from tests.support.redirect import System, running_redirect

DESTINATION = "https://example.com/page?kept=1"


async def lands_at(system: System, path: str, headers: dict[str, str] | None = None) -> str | None:
    response = await system.get(path, headers=headers)
    location: str | None = response.headers.get("location")
    return location


async def test_no_query_parameter_changes_the_destination(tmp_path: Path) -> None:
    """Neither names that elsewhere mean a destination, nor a second code, nor anything that looks like a URL."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc", destination=DESTINATION)
        for name in ("url", "next", "redir_url", "redirect", "destination", "code", "to", "return", "host"):
            assert await lands_at(system, f"/abc?{name}=https://evil.example/") == DESTINATION
        assert await lands_at(system, "/abc?https://evil.example/") == DESTINATION


async def test_a_forwarded_query_changes_the_query_alone(tmp_path: Path) -> None:
    """The owner allowed parameters, and those of the destination's own names or not; nothing else is the visitor's."""
    async with running_redirect(tmp_path) as system:
        system.links.add("more", destination=f"{DESTINATION}#part", forward_query=links_pb2.FORWARD_QUERY_MISSING)
        system.links.add("all", destination=f"{DESTINATION}#part", forward_query=links_pb2.FORWARD_QUERY_ALL)
        for code in ("more", "all"):
            for query in ("//evil.example/", "@evil.example", "https://evil.example/#x", "%0d%0alocation:x", "/../x"):
                location = await lands_at(system, f"/{code}?{query}") or ""
                assert location.startswith(f"{DESTINATION}&")
                assert location.endswith("#part")
        assert await lands_at(system, "/more?kept=2") == f"{DESTINATION}#part"
        assert await lands_at(system, "/all?kept=2") == "https://example.com/page?kept=2#part"


async def test_no_header_changes_the_destination(tmp_path: Path) -> None:
    """Not even from a proxy that is trusted, as this test's address is."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc", destination=DESTINATION)
        for header in ("x-forwarded-host", "x-original-url", "x-rewrite-url", "forwarded", "referer"):
            assert await lands_at(system, "/abc", {header: "evil.example"}) == DESTINATION
            assert await lands_at(system, "/abc", {header: "https://evil.example/"}) == DESTINATION


async def test_the_host_chooses_among_domains_and_nothing_else(tmp_path: Path) -> None:
    """An unknown host has no links, rather than leading to itself; a form leads to the path alone."""
    async with running_redirect(tmp_path) as system:
        link = system.links.add("abc", destination=DESTINATION, password_version="1")
        system.links.passwords[link.link_id] = "x"
        assert (await system.get("/abc", headers={"host": "evil.example"})).status_code == 404
        right = await system.client.post("/abc?next=https://evil.example/", data={"password": "x"})
        assert right.headers["location"] == "/abc"
