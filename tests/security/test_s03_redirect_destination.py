"""S3 on redirects: the visitor cannot influence where a link leads."""

from pathlib import Path

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
