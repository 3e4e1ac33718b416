"""Rules of applications that act for accounts."""

import re
from dataclasses import replace

import pytest

from services.common.errors import InvalidArgument
from services.links.domain import oauth
from services.links.domain.oauth import OAuthAppDraft

GOOD = OAuthAppDraft(title="App", owner_id=2, redirect_uris=("https://app.example/callback",))


@pytest.mark.parametrize(
    "uri", ["https://app.example/", "http://127.0.0.1:8000/?a=b", "https://app.example", "HTTPS://APP.example/%7E"]
)
def test_redirect_uri_is_kept_as_it_is(uri: str) -> None:
    """Whatever is the same as a Location header passes."""
    oauth.check_app(replace(GOOD, redirect_uris=(uri,)))
    oauth.check_redirect_uri(uri, (uri,))


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "app.example",
        "myapp://callback",
        "https://app.example/#x",
        "https://user@app.example/",
        "https://app.example/a b",
        "https://app.example/\r\nx: y",
        "https://bücher.example/",
        "",
    ],
)
def test_redirect_uri_that_would_be_changed_or_is_none_is_refused(uri: str) -> None:
    """Comparing exactly makes sense for what stays as it is only."""
    with pytest.raises(InvalidArgument, match=r"app\.redirect_uris"):
        oauth.check_app(replace(GOOD, redirect_uris=(uri,)))


def test_application_has_a_title_and_few_addresses() -> None:
    """1 to 128 characters, 1 to 16 addresses."""
    many = tuple(f"https://app.example/{number}" for number in range(17))
    oauth.check_app(replace(GOOD, redirect_uris=many[:16]))
    for wrong in (
        replace(GOOD, title=""),
        replace(GOOD, title="x" * 129),
        replace(GOOD, redirect_uris=()),
        replace(GOOD, redirect_uris=many),
    ):
        with pytest.raises(InvalidArgument):
            oauth.check_app(wrong)


def test_what_is_drawn_is_long_and_never_the_same() -> None:
    """Client ids, secrets and codes."""
    assert len({oauth.new_client_id() for _ in range(50)}) == 50
    for draw, form in ((oauth.new_client_secret, r"app_[0-9A-Za-z]{43}"), (oauth.new_code, r"code_[0-9A-Za-z]{43}")):
        texts = {draw().text for _ in range(50)}
        assert len(texts) == 50
        assert all(re.fullmatch(form, text) for text in texts)


def test_applications_get_no_right_over_keys_and_domains() -> None:
    """What a person agrees to is links and statistics."""
    assert oauth.key_draft("App").scopes == {"links:read", "links:write", "stats:read"}
