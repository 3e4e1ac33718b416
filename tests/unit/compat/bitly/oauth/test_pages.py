"""The page on which a person lets an application in."""

import pytest

from gateway.compat.bitly.oauth import pages
from gateway.compat.bitly.oauth.pages import AuthorizationRequest

MARKUP = "\"><script>alert('x')</script>"


def test_page_shows_data_never_markup() -> None:
    """Nothing that a stranger wrote becomes an element or leaves its attribute."""
    authorization = AuthorizationRequest(client_id=MARKUP, redirect_uri=MARKUP, state=MARKUP, title=MARKUP)
    page = pages.authorize_page(authorization, problem=MARKUP, login=MARKUP).data.decode()
    assert "<script" not in page
    assert 'value=""' not in page


def test_page_loads_nothing_and_is_framed_by_nobody() -> None:
    """The policy names the style by its hash, and where the form may lead."""
    policy = pages.page_headers("https://app.example:8443/back?x=;script-src *")["content_security_policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://app.example:8443;" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize(
    ("uri", "target"),
    [
        ("https://app.example/back", "https://app.example/back?code=c&state=s+t"),
        ("https://app.example/back?x=1#top", "https://app.example/back?x=1&code=c&state=s+t#top"),
        ("https://app.example/\r\nb\u00e4ck", "https://app.example/%0D%0Ab%C3%A4ck?code=c&state=s+t"),
    ],
)
def test_location_is_one_ascii_line(uri: str, target: str) -> None:
    """Parameters are added to those that the address has."""
    assert pages.location(uri, code="c", state="s t") == target
