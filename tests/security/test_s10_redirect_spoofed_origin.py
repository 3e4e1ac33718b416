"""S10 on redirects: what an untrusted peer says of its origin changes nothing."""

from pathlib import Path

from services.runtime.addresses import unix
from tests.support.inside import http_client
from tests.support.redirect import running_redirect, statuses
from tests.support.redirect_doubles import HOST
from tests.support.wait import eventually

SPOOFS = {
    "x-forwarded-for": "1.2.3.4",
    "cf-connecting-ip": "1.2.3.4",
    "true-client-ip": "1.2.3.4",
    "x-real-ip": "1.2.3.4",
    "forwarded": "for=1.2.3.4;proto=https;host=evil.example",
    "x-linkmeter-client-ip": "1.2.3.4",
    "x-envoy-external-address": "1.2.3.4",
    "x-envoy-original-path": "/other",
    "x-original-host": "evil.example",
    "x-original-path": "/other",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "evil.example",
}


async def test_a_strangers_headers_do_not_reach_the_click(tmp_path: Path) -> None:
    """Address, scheme and domain of a click are those of the connection."""
    async with running_redirect(tmp_path, TRUSTED_PROXIES="none") as system:
        system.links.add("abc")
        assert (await system.get("/abc", headers=SPOOFS)).status_code == 302
        await eventually(lambda: system.analytics.clicks)
        click = system.analytics.clicks[0]
        assert (click.ip, click.scheme, click.domain, click.code) == ("127.0.0.1", "http", HOST, "abc")


async def test_a_stranger_cannot_dodge_the_limit_of_unknown_codes(tmp_path: Path) -> None:
    """An invented address for each request is still one client."""
    async with running_redirect(tmp_path, TRUSTED_PROXIES="none") as system:
        answers = []
        for number in range(60):
            spoofs = dict.fromkeys(SPOOFS, f"1.2.3.{number}")
            answers.append(await system.get(f"/nope{number}", headers=spoofs))
        assert statuses(answers) == {404: 30, 429: 30}


async def test_headers_that_no_proxy_of_ours_sets_are_never_believed(tmp_path: Path) -> None:
    """Not even from a trusted peer."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        foreign = ("cf-connecting-ip", "true-client-ip", "x-real-ip", "forwarded", "x-envoy-external-address")
        await system.get("/abc", headers={name: SPOOFS[name] for name in foreign})
        await eventually(lambda: system.analytics.clicks)
        assert system.analytics.clicks[0].ip == "127.0.0.1"


async def test_on_a_unix_socket_the_gateway_is_believed(tmp_path: Path) -> None:
    """Only who may enter its folder reaches it, whatever networks are trusted; what it does not say is unknown."""
    listen = unix(tmp_path / "http")
    async with running_redirect(tmp_path, HTTP_LISTEN=listen, TRUSTED_PROXIES="none") as system:
        system.links.add("abc")
        async with http_client(listen) as gateway:
            for headers in ({"x-linkmeter-client-ip": "203.0.113.7", "x-original-host": HOST}, {"host": HOST}):
                assert (await gateway.get("/abc", headers=headers)).status_code == 302
        await eventually(lambda: len(system.analytics.clicks) == 2)
        assert [click.ip for click in system.analytics.clicks] == ["203.0.113.7", ""]
