"""What is believed of a request."""

import ipaddress

import pytest

from services.common.hosts import OwnHosts, PublicUrl
from services.redirect.request_facts import RequestFacts, RequestFactsReader

PROXY = "10.0.0.1"
OWN = OwnHosts.of(PublicUrl.parse("https://sho.rt"), ())
READER = RequestFactsReader(hosts=OWN, trusted_proxies=[ipaddress.ip_network("10.0.0.0/8")])
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


def facts(peer: str = "203.0.113.9", method: str = "GET", **headers: str) -> RequestFacts:
    given_headers = {name.replace("_", "-"): value for name, value in {"user_agent": BROWSER, **headers}.items()}
    return READER.read(
        peer=peer,
        method=method,
        scheme="http",
        path="/abc",
        query="",
        header=lambda name: given_headers.get(name, ""),
    )


SPOOFS = {
    "host": "sho.rt",
    "x_linkmeter_client_ip": "1.2.3.4",
    "x_forwarded_for": "1.2.3.4",
    "x_real_ip": "1.2.3.4",
    "cf_connecting_ip": "1.2.3.4",
    "true_client_ip": "1.2.3.4",
    "x_envoy_external_address": "1.2.3.4",
    "x_forwarded_proto": "https",
    "x_original_host": "evil.example",
    "forwarded": "for=1.2.3.4;host=evil.example",
}


def test_a_stranger_cannot_say_where_a_request_comes_from() -> None:
    """Address, scheme and host are those of the connection, whatever headers say."""
    stranger = facts(**SPOOFS)
    assert (stranger.client_ip, stranger.scheme, stranger.host) == ("203.0.113.9", "http", "sho.rt")


def test_a_trusted_proxy_says_where_a_request_comes_from() -> None:
    """Our gateway's headers count when it brings them."""
    visitor = facts(PROXY, host="redirect:80", **{k: v for k, v in SPOOFS.items() if k != "host"})
    assert (visitor.client_ip, visitor.scheme, visitor.host) == ("1.2.3.4", "https", "evil.example")


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("", PROXY),
        ("198.51.100.7", "198.51.100.7"),
        ("6.6.6.6, 198.51.100.7, 10.2.3.4", "198.51.100.7"),
        ("10.9.9.9, 10.2.3.4", "10.9.9.9"),
        ("6.6.6.6, unknown, 10.2.3.4", "10.2.3.4"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
    ],
)
def test_behind_trusted_proxies_the_last_stranger_is_the_client(chain: str, client: str) -> None:
    """What stands left of the first address that is not trusted may be invented."""
    assert facts(PROXY, x_forwarded_for=chain).client_ip == client


def test_a_malformed_client_address_is_not_believed() -> None:
    """The peer's own address remains."""
    assert facts(PROXY, x_linkmeter_client_ip="1.2.3.4, 5.6.7.8").client_ip == PROXY


def test_long_headers_are_cut() -> None:
    """Each has its bound in bytes."""
    long = "a" * 70_000
    cut_facts = facts(user_agent=long, referer=long, accept_language=long, sec_purpose=long)
    sizes = [len(text) for text in (cut_facts.user_agent, cut_facts.referrer, cut_facts.accept_language)]
    assert (sizes, len(cut_facts.purpose)) == ([512, 2048, 256], 64)


@pytest.mark.parametrize(
    ("method", "headers", "is_looking"),
    [
        ("GET", {}, False),
        ("HEAD", {}, True),
        ("GET", {"sec_purpose": "prefetch;prerender"}, True),
        ("GET", {"purpose": "Preview"}, True),
        ("GET", {"user_agent": "Twitterbot/1.0"}, True),
        ("GET", {"user_agent": "curl/8.5"}, True),
        ("GET", {"user_agent": ""}, True),
        ("GET", {"x_moz": "prefetch"}, True),
        ("GET", {"x_purpose": "preview"}, True),
        ("GET", {"x_sec_purpose": "prefetch"}, True),
        ("GET", {"sec_fetch_dest": "document"}, False),
        ("GET", {"sec_fetch_dest": "image"}, True),
        ("GET", {"sec_fetch_dest": "empty"}, True),
        ("GET", {"sec_fetch_dest": "iframe"}, True),
        ("GET", {"user_agent": "MyApp/3.1 (iPhone; iOS 18)"}, True),
        ("GET", {"user_agent": "Dalvik/2.1.0 (Linux; U; Android 13; Pixel 6)"}, True),
        ("GET", {"user_agent": "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80; U; en) Presto/2.5.25 Version/10.54"}, False),
        ("GET", {"user_agent": "NokiaC3-00/5.0 (08.63) Profile/MIDP-2.1 Configuration/CLDC-1.1 UCBrowser9.5"}, False),
    ],
)
def test_who_only_looks(method: str, headers: dict[str, str], is_looking: bool) -> None:
    """Browsers that go there follow; whatever else a page, a browser or a program fetches is a look."""
    assert facts(method=method, **headers).is_looking is is_looking


def test_cookies_of_a_name_are_found_among_others() -> None:
    """Several of one name may be there; other names that end alike do not count."""
    visitor = facts(cookie="a=1; lm_access_abc=x; xlm_access_abc=y; lm_access_abc=z.=; lm_access_abcd=q")
    assert visitor.cookies_named("lm_access_abc") == ["x", "z.="]
