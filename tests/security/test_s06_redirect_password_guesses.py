"""S6 on the form: links limits the guesses, and the form says so."""

from pathlib import Path

from tests.support.redirect import running_redirect


async def test_too_many_guesses_are_429_with_whole_seconds(tmp_path: Path) -> None:
    """The form passes on what links says; no ticket is given."""
    async with running_redirect(tmp_path) as system:
        system.links.add("guarded", password_version="1")
        system.links.guesses_are_limited = True
        refused = await system.client.post("/guarded", data={"password": "x"})
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "42")
        assert "set-cookie" not in refused.headers


async def test_guesses_are_counted_for_the_visitors_own_address(tmp_path: Path) -> None:
    """The address that a trusted proxy names goes to links; one that a stranger invents does not."""
    spoofed = {"x-linkmeter-client-ip": "198.51.100.7", "x-forwarded-for": "198.51.100.8"}
    for proxies, expected in (("127.0.0.0/8", "198.51.100.7"), ("none", "127.0.0.1")):
        (tmp_path / expected).mkdir()
        async with running_redirect(tmp_path / expected, TRUSTED_PROXIES=proxies) as system:
            system.links.add("guarded", password_version="1")
            await system.client.post("/guarded", data={"password": "x"}, headers=spoofed)
            assert [guess.client_ip for guess in system.links.guesses] == [expected]


async def test_when_guesses_cannot_be_checked_the_link_stays_closed(tmp_path: Path) -> None:
    """Failing closed: 503, and no destination."""
    async with running_redirect(tmp_path) as system:
        link = system.links.add("guarded", password_version="1")
        await system.get("/guarded")
        await system.links_server.server.stop(0)
        answer = await system.client.post("/guarded", data={"password": "x"})
        assert (answer.status_code, answer.headers["retry-after"].isdigit()) == (503, True)
        assert link.destination not in answer.text


async def test_a_made_up_ticket_opens_nothing(tmp_path: Path) -> None:
    """Only a ticket that this installation signed does."""
    async with running_redirect(tmp_path) as system:
        system.links.add("guarded", password_version="1")
        for ticket in ("", "1", "99999999999.AAAA", "99999999999.", "." * 50, "x" * 5000):
            answer = await system.get("/guarded", headers={"cookie": f"lm_access_guarded={ticket}"})
            assert answer.status_code == 401
