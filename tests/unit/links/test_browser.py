"""When a cookie counts: the one rule, for all that browsers say."""

import pytest

from services.links.domain.browser import SESSION_COOKIE, BrowserCall

SECRET = "ses_" + "s" * 43
HTTPS = f"__Host-session={SECRET}"
HTTP = f"session={SECRET}"
OWN = {"x-grpc-web": "1", "sec-fetch-site": "same-origin", "origin": "https://sho.rt", "cookie": HTTPS}
# Over plain http beyond localhost browsers send no Sec-Fetch-Site.
OLD = {"x-grpc-web": "1", "origin": "http://sho.rt:8080", "cookie": HTTP}


def call(headers: dict[str, str], host: str = "sho.rt") -> BrowserCall:
    return BrowserCall({name: value for name, value in headers.items() if value}, host)


@pytest.mark.parametrize(
    ("headers", "host"),
    [
        (OWN, "sho.rt"),
        (OLD, "sho.rt:8080"),
        (OLD, "SHO.rt:8080"),
        (OWN | {"cookie": f"theme=dark; {HTTPS}; other=1"}, "sho.rt"),
        (OWN | {"origin": "", "x-forwarded-proto": "https"}, "sho.rt"),
        (OWN | {"origin": "http://localhost:8080", "cookie": HTTP}, "localhost:8080"),
    ],
)
def test_cookie_of_our_own_page_counts(headers: dict[str, str], host: str) -> None:
    assert call(headers, host).cookie(SESSION_COOKIE) == SECRET


@pytest.mark.parametrize(
    ("headers", "host"),
    [
        (OWN | {"x-grpc-web": ""}, "sho.rt"),
        (OWN | {"sec-fetch-site": "same-site"}, "sho.rt"),
        (OWN | {"sec-fetch-site": "cross-site"}, "sho.rt"),
        (OWN | {"sec-fetch-site": "none"}, "sho.rt"),
        (OWN | {"sec-fetch-site": "Same-Origin, cross-site"}, "sho.rt"),
        (OWN | {"sec-fetch-site": "", "origin": ""}, "sho.rt"),
        (OLD | {"origin": "http://evil.example"}, "sho.rt:8080"),
        (OLD | {"origin": "http://sho.rt"}, "sho.rt:8080"),
        (OLD | {"origin": "http://sho.rt:8080.evil.example"}, "sho.rt:8080"),
        (OLD | {"origin": "http://evil@sho.rt:8080"}, "sho.rt:8080"),
        (OLD | {"origin": "null"}, "sho.rt:8080"),
        (OLD | {"origin": "http://["}, "sho.rt:8080"),
        (OLD | {"origin": "://"}, ""),
        (OWN | {"cookie": ""}, "sho.rt"),
        # Over https only a cookie counts that plain http cannot have set.
        (OWN | {"cookie": HTTP}, "sho.rt"),
        (OWN | {"cookie": f"x__Host-session={SECRET}"}, "sho.rt"),
    ],
)
def test_every_other_cookie_does_not(headers: dict[str, str], host: str) -> None:
    assert call(headers, host).cookie(SESSION_COOKIE) == ""


@pytest.mark.parametrize(
    ("headers", "is_of_other"),
    [
        ({}, False),
        ({"authorization": "Bearer x"}, False),
        ({"origin": "https://sho.rt"}, False),
        ({"sec-fetch-site": "same-origin", "origin": "https://sho.rt"}, False),
        ({"origin": "https://evil.example"}, True),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "https://sho.rt"}, True),
        ({"origin": "null"}, True),
    ],
)
def test_pages_of_other_origins_are_known(headers: dict[str, str], is_of_other: bool) -> None:
    assert call(headers).is_of_other_page is is_of_other


def test_cookie_is_for_our_pages_alone_and_for_no_script() -> None:
    secure = call(OWN).set_cookie("session", "x", seconds=60)
    assert secure == "__Host-session=x; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure"
    plain = call(OLD, "sho.rt:8080").set_cookie("session", "x", seconds=60)
    assert plain == "session=x; Path=/; Max-Age=60; HttpOnly; SameSite=Strict"


def test_scheme_is_the_browsers_word_before_the_proxys() -> None:
    """A proxy that ends TLS and forgets to say so takes nothing from the cookie."""
    assert "Secure" in call({"origin": "https://sho.rt", "x-forwarded-proto": "http"}).forget_cookie("session")
    assert "Secure" in call({"x-forwarded-proto": "https"}).forget_cookie("session")
    assert "Secure" not in call({"x-forwarded-proto": "http"}).forget_cookie("session")
    assert "Max-Age=0" in call(OWN).forget_cookie("session")
