"""The real process, over HTTP."""

import socket
from pathlib import Path

import httpx
import pytest

from linkmeter.links.v1 import links_pb2
from tests.support.redirect import BROWSER, running_redirect
from tests.support.redirect_doubles import HOST, SECRET
from tests.support.wait import eventually


async def test_a_followed_link_redirects_and_arrives_at_analytics_with_its_facts(tmp_path: Path) -> None:
    """One GET, one click that carries everything analysis needs."""
    async with running_redirect(tmp_path) as system:
        link = system.links.add("abc", redirect_status=307, domain_id=3)
        headers = {"referer": "https://t.co/x", "accept-language": "de-DE,de", "x-linkmeter-client-ip": "198.51.100.7"}
        response = await system.get("/abc?utm_source=a&b=%20", headers={**headers, "x-forwarded-proto": "https"})
        assert (response.status_code, response.headers["location"]) == (307, link.destination)
        await eventually(lambda: len(system.analytics.clicks) == 1)
        click = system.analytics.clicks[0]
        assert (click.link_id, click.owner_id, click.domain_id, click.domain, click.code) == (1, 7, 3, HOST, "abc")
        assert (click.destination, click.http_status, click.method) == (link.destination, 307, "GET")
        assert (click.scheme, click.ip, click.referrer) == ("https", "198.51.100.7", "https://t.co/x")
        assert (click.accept_language, click.query) == ("de-DE,de", "utm_source=a&b=%20")
        assert click.user_agent.startswith("Mozilla/5.0")
        assert 0 < click.latency_us < 5_000_000


async def test_a_query_goes_on_where_the_link_says_so(tmp_path: Path) -> None:
    """Each visitor's own, from memory too; the click is of the destination that the owner set."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc", forward_query=links_pb2.FORWARD_QUERY_MISSING)
        for visitor in ("a", "b", "c"):
            response = await system.get(f"/abc?utm_source={visitor}")
            assert response.headers["location"] == f"https://example.com/abc?utm_source={visitor}"
        long = "x" * 3000
        response = await system.get(f"/abc?long={long}")
        assert response.headers["location"] == f"https://example.com/abc?long={long}"
        assert (await system.get("/abc")).headers["location"] == "https://example.com/abc"
        await eventually(lambda: len(system.analytics.clicks) == 5)
        assert {click.destination for click in system.analytics.clicks} == {"https://example.com/abc"}
        assert max(len(click.query) for click in system.analytics.clicks) == 2048


async def test_a_query_goes_on_over_the_password_form(tmp_path: Path) -> None:
    """The form posts to the address with the query, and leads back to it."""
    async with running_redirect(tmp_path) as system:
        link = system.links.add("abc", forward_query=links_pb2.FORWARD_QUERY_ALL, password_version="1")
        system.links.passwords[link.link_id] = "x"
        right = await system.client.post("/abc?utm_source=a", data={"password": "x"})
        assert (right.status_code, right.headers["location"]) == (303, "/abc?utm_source=a")
        response = await system.get(right.headers["location"])
        assert response.headers["location"] == "https://example.com/abc?utm_source=a"


async def test_a_redirect_is_never_stored_and_keeps_the_browsers_referrer_policy(tmp_path: Path) -> None:
    """Also a permanent one: every follow has to reach us to be counted."""
    async with running_redirect(tmp_path) as system:
        system.links.add("perm", redirect_status=301)
        headers = (await system.get("/perm")).headers
        assert headers["cache-control"] == "private, no-store"
        assert headers["x-robots-tag"] == "noindex, nofollow"
        assert "referrer-policy" not in headers


async def test_crawlers_may_follow_links_and_list_none(tmp_path: Path) -> None:
    """So that they build cards of links; a setting and each link may say otherwise."""
    expected = {
        "noindex": ("Allow", [False, True, False]),
        "index": ("Allow", [True, True, False]),
        "refuse": ("Disallow", [False, True, False]),
    }
    for setting, (rule, indexable) in expected.items():
        async with running_redirect(tmp_path / setting, CRAWLERS=setting) as system:
            system.links.add("plain")
            system.links.add("listed", indexable=True)
            system.links.add("hidden", indexable=False)
            assert (await system.get("/robots.txt")).text == f"User-agent: *\n{rule}: /\n"
            # Once found, and once from memory.
            for _ in range(2):
                headers = [(await system.get(path)).headers for path in ("/plain", "/listed", "/hidden")]
                assert ["x-robots-tag" not in header for header in headers] == indexable


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_link_that_keeps_the_method_leads_every_method_on(tmp_path: Path, method: str) -> None:
    """307 and 308, whatever the body is; that is a click. The others take what they took."""
    async with running_redirect(tmp_path) as system:
        for status in (307, 308):
            link = system.links.add(f"keep{status}", redirect_status=status)
            answer = await system.client.request(method, f"/keep{status}?{status}", json={"a": 1})
            assert (answer.status_code, answer.headers["location"]) == (status, link.destination)
        system.links.add("abc")
        assert (await system.client.request(method, "/abc", json={})).status_code in (405, 415)
        assert (await system.client.request(method, "/nope", json={})).status_code in (404, 415)
        await eventually(lambda: system.analytics.followed() == {"307": 1, "308": 1})
        assert {click.method for click in system.analytics.clicks} == {method}


async def test_a_password_is_never_led_on(tmp_path: Path) -> None:
    """The form of our own page is for us, also when the link has lost its password meanwhile."""
    async with running_redirect(tmp_path) as system:
        system.links.passwords[system.links.add("guarded", password_version="1", redirect_status=307).link_id] = "x"
        system.links.add("plain", password_version="1")
        assert (await system.client.put("/plain", json={"a": 1})).status_code == 405
        assert (await system.client.post("/guarded", json={"a": 1})).status_code == 415
        assert (await system.client.put("/guarded", json={"a": 1})).status_code == 401
        assert (await system.client.post("/guarded", data={"password": "x"})).status_code == 303
        system.links.add("open", redirect_status=308)
        right = await system.client.post("/open", data={"password": "x"})
        assert (right.status_code, right.headers["location"]) == (303, "/open")
        assert (await system.client.post("/open", data={"password": "x", "user": "y"})).status_code == 308


async def test_a_used_up_link_is_gone_for_everybody(tmp_path: Path) -> None:
    """Who only looks is told what people are, and uses nothing up before."""
    async with running_redirect(tmp_path) as system:
        system.links.add("once", max_clicks=1)
        bot = {"user-agent": "Twitterbot/1.0"}

        async def answers() -> list[int]:
            looks = [await system.client.head("/once"), await system.get("/once", headers=bot)]
            return [answer.status_code for answer in [*looks, await system.get("/once+")]]

        assert await answers() == [200, 200, 200]
        assert (await system.get("/once")).status_code == 302
        assert await answers() == [410, 410, 410]
        assert (await system.get("/once")).status_code == 410


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-dest": "image"},
        {"sec-fetch-dest": "empty"},
        {"sec-fetch-dest": "iframe"},
        {"x-moz": "prefetch"},
        {"x-purpose": "preview"},
        {"purpose": "prefetch"},
        {"sec-purpose": "prefetch;anonymous-client-ip"},
        {"user-agent": "Dalvik/2.1.0 (Linux; U; Android 13; Pixel 6)"},
        {"user-agent": "SomeApp/1.0"},
    ],
)
async def test_a_one_time_link_is_used_up_by_navigations_alone(tmp_path: Path, headers: dict[str, str]) -> None:
    """Not by what a page or a program fetches; then a person still gets there."""
    async with running_redirect(tmp_path) as system:
        system.links.add("once", max_clicks=1)
        assert (await system.get("/once", headers=headers)).status_code == 200
        assert (await system.get("/once", headers={"sec-fetch-dest": "document"})).status_code == 302


async def test_only_a_get_that_leads_on_is_a_click(tmp_path: Path) -> None:
    """HEAD, previews, unknown codes, wrong methods and refused visits count nothing."""
    async with running_redirect(tmp_path) as system:
        link = system.links.add("abc")
        system.links.add("gone", expire_time=link.expire_time.__class__(seconds=1))
        system.links.add("guarded", password_version="1")
        head = await system.client.head("/abc")
        assert (head.status_code, head.headers["location"]) == (302, link.destination)
        answers = [(await system.get(path)).status_code for path in ("/abc+", "/nope", "/gone", "/guarded")]
        assert answers == [200, 404, 410, 401]
        assert (await system.client.put("/abc")).status_code == 405
        assert (await system.client.delete("/abc+")).headers["allow"] == "GET, HEAD"
        await system.get("/abc?last")
        await eventually(lambda: system.analytics.clicks)
        assert system.analytics.followed() == {"last": 1}


async def test_the_fixed_paths_answer(tmp_path: Path) -> None:
    """Alive, robots welcome, no icon, and a word on what this host is."""
    async with running_redirect(tmp_path) as system:
        assert (await system.get("/healthz")).text == "ok\n"
        assert (await system.get("/robots.txt")).text == "User-agent: *\nAllow: /\n"
        assert (await system.get("/favicon.ico")).status_code == 204
        assert "serves short links" in (await system.get("/")).text
        assert (await system.get("/", headers={"host": "other.example"})).status_code == 404


async def test_a_password_link_opens_with_the_form_and_a_cookie(tmp_path: Path) -> None:
    """401 with a form, 303 with the cookie for the right password, then the destination; the visit is one click."""
    async with running_redirect(tmp_path) as system:
        link = system.links.add("guarded", password_version="1")
        system.links.passwords[link.link_id] = "öpen sesame"
        form = await system.get("/guarded")
        assert form.status_code == 401
        assert 'method="post"' in form.text
        right = await system.client.post("/guarded", data={"password": "öpen sesame"})
        assert (right.status_code, right.headers["location"]) == (303, "/guarded")
        cookie = right.headers["set-cookie"]
        assert cookie.startswith("lm_access_guarded=")
        for attribute in ("Path=/guarded", "HttpOnly", "SameSite=Lax", "Expires="):
            assert attribute in cookie
        assert "Secure" not in cookie
        # The client keeps the cookie, as a browser does.
        opened = await system.get("/guarded?opened")
        assert (opened.status_code, opened.headers["location"]) == (302, link.destination)
        await eventually(lambda: system.analytics.followed() == {"opened": 1})


async def test_the_cookie_is_secure_on_https(tmp_path: Path) -> None:
    """As the visitor's own connection is, not ours to the proxy."""
    async with running_redirect(tmp_path) as system:
        system.links.passwords[system.links.add("guarded", password_version="1").link_id] = "x"
        right = await system.client.post("/guarded", data={"password": "x"}, headers={"x-forwarded-proto": "https"})
        assert "; Secure" in right.headers["set-cookie"]


async def test_a_ticket_ends_with_the_password_it_was_given_for(tmp_path: Path) -> None:
    """It is bound to the link and the version of its password."""
    async with running_redirect(tmp_path, SECRET=SECRET) as system:
        link = system.links.add("guarded", password_version="1")
        system.links.add("other", password_version="1")
        system.links.passwords[link.link_id] = "x"
        right = await system.client.post("/guarded", data={"password": "x"})
        ticket = right.cookies["lm_access_guarded"]
        assert (await system.get("/other", headers={"cookie": f"lm_access_other={ticket}"})).status_code == 401
        system.links.add("guarded", password_version="2")
        refused = await eventually(lambda: _status_is(system.client, "/guarded", 401))
        assert refused


async def _status_is(client: httpx.AsyncClient, path: str, status: int) -> bool:
    return (await client.get(path)).status_code == status


async def test_bad_forms_are_refused(tmp_path: Path) -> None:
    """Another type 415, no form 400, too large 413, wrong password 401, and none reaches links but the guess."""
    async with running_redirect(tmp_path) as system:
        system.links.add("guarded", password_version="1")
        post = system.client.post
        form = {"content-type": "application/x-www-form-urlencoded"}
        assert (await post("/guarded", json={"password": "x"})).status_code == 415
        assert (await post("/guarded")).status_code == 415
        for body in (b"", b"password", b"password=%ff", b"password=a&password=b", b"other=1", b"\xff\xfe"):
            assert (await post("/guarded", content=body, headers=form)).status_code == 400, body
        assert (await post("/guarded", content=b"password=" + b"x" * 5000, headers=form)).status_code == 413
        assert (await post("/guarded", data={"password": "x" * 300})).status_code == 401
        assert system.links.guesses == []
        wrong = await post("/guarded", data={"password": "x"})
        assert (wrong.status_code, "set-cookie" in wrong.headers) == (401, False)
        assert len(system.links.guesses) == 1


async def test_a_form_for_a_link_that_lost_its_password_leads_to_the_link(tmp_path: Path) -> None:
    """Nothing is in the way any more; a form for nothing is 404."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        assert (await system.client.post("/abc", data={"password": "x"})).headers["location"] == "/abc"
        assert (await system.client.post("/nope", data={"password": "x"})).status_code == 404


async def test_another_domains_link_is_not_ours(tmp_path: Path) -> None:
    """The same code may exist on several domains; an alias is the installation's own."""
    async with running_redirect(tmp_path, EXTRA_HOSTS="www.sho.rt") as system:
        system.links.add("abc")
        system.links.add("abc", host="other.example", destination="https://other.example/")
        where = {}
        for host in (HOST, "www.sho.rt:8080", "127.0.0.1", "OTHER.example.", "unknown.example"):
            where[host] = (await system.get("/abc", headers={"host": host})).headers.get("location")
        ours = "https://example.com/abc"
        expected = [ours, ours, ours, "https://other.example/", None]
        assert list(where.values()) == expected


async def test_a_lookup_carries_the_visitors_request_id(tmp_path: Path) -> None:
    """The gateway's id goes on to links, so that logs can be joined."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        await system.get("/abc", headers={"x-request-id": "0123456789-from-gateway"})
        assert system.links.request_ids == ["0123456789-from-gateway"]


async def test_headers_that_are_no_text_are_passed_over(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 do not fail a redirect, and are read as Latin-1."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        odd = b"User-Agent: \xff\xfe\r\nReferer: \xc0\xaf\r\nX-Request-Id: \xff\r\nCookie: \xff=\xff\r\n"
        answer = await system.raw(b"GET /abc?odd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + odd + b"\r\n")
        assert answer.startswith(b"HTTP/1.1 302")
        await eventually(lambda: system.analytics.followed() == {"odd": 1})
        assert system.analytics.clicks[0].user_agent == "ÿþ"


async def test_agents_and_referrers_beyond_ascii_arrive(tmp_path: Path) -> None:
    """A telephone with a trade mark in its name is somebody's, and uses up a one-time link."""
    async with running_redirect(tmp_path) as system:
        system.links.add("once", max_clicks=1)
        agent = BROWSER.replace("X11", "INCO AIR®")
        lines = f"User-Agent: {agent}\r\nReferer: https://forum.example/тест\r\nConnection: close\r\n".encode()
        answer = await system.raw(b"GET /once HTTP/1.1\r\nHost: localhost\r\n" + lines + b"\r\n")
        assert answer.startswith(b"HTTP/1.1 302")
        await eventually(lambda: system.analytics.clicks)
        click = system.analytics.clicks[0]
        assert (click.user_agent, click.referrer) == (agent, "https://forum.example/тест")


async def test_requests_of_old_find_the_installations_own_domain(tmp_path: Path) -> None:
    """HTTP/1.0 without a Host, and the connection stays when it asks for that."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        answer = await system.raw(b"GET /abc HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /abc HTTP/1.0\r\n\r\n")
        assert answer.count(b"HTTP/1.1 302") == 2
        assert answer.count(b"connection: keep-alive") == 1
        assert answer.count(b"connection: close") == 1


async def test_a_start_without_its_port_ends_with_a_failure(tmp_path: Path) -> None:
    """Whoever supervises the process sees it, and no outbox stays locked."""
    async with running_redirect(tmp_path) as system:
        await system.stop()
        with socket.create_server(("127.0.0.1", int(system.http_address.rpartition(":")[2]))):
            with pytest.raises(RuntimeError, match="http_server_failed"):
                await system.start()
            assert system.process
            assert system.process.exit_status == 1


async def test_json_clients_get_json_errors(tmp_path: Path) -> None:
    """A page is for people."""
    async with running_redirect(tmp_path) as system:
        response = await system.get("/nope", headers={"accept": "application/json"})
        assert (response.status_code, response.json()) == (404, {"error": "Link not found"})
