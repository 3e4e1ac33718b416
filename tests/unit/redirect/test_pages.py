"""The pages that visitors see."""

import base64
import hashlib
import re
from typing import Any

import pytest

from services.redirect import pages
from services.redirect.domain.resolution import Resolution
from services.redirect.response import Response

ATTACK = "<script>alert(1)</script>\"'&"


def resolution(**changes: Any) -> Resolution:
    fields: dict[str, Any] = {
        "link_id": 1,
        "owner_id": 2,
        "domain_id": 3,
        "domain": "sho.rt",
        "code": "abc",
        "destination": "https://example.com/?a=1&b=<script>",
        "title": ATTACK,
        "short_url": "https://sho.rt/abc",
    }
    return Resolution(**fields | changes)


PAGES = [
    pages.not_found(),
    pages.gone(),
    pages.unavailable(2),
    pages.too_many_unknown(10),
    pages.bad_request(415, "Words."),
    pages.method_not_allowed("GET"),
    pages.open_in_browser(),
    pages.landing(),
    pages.password_form(),
    pages.password_form(is_wrong=True),
    pages.too_many_guesses(90),
    pages.preview(resolution()),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.status))
def test_every_page_is_locked_down(page: Response) -> None:
    """S12: strict policy, no script, no frame, nothing from elsewhere, never stored or indexed."""
    headers = dict(page.headers)
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "private, no-store"
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert not re.search(r"<script|<img|<link|<iframe|src=|url\(|@import| on[a-z]+=| style=", page.body)
    assert re.findall(r'(?:href|action)="([^"]*)"', page.body) in ([], ["/abc"], [""])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.status))
def test_the_policy_allows_just_the_pages_own_style(page: Response) -> None:
    """The hash is that of the style element."""
    style = re.search(r"<style>(.*?)</style>", page.body, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in dict(page.headers)["content-security-policy"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.status))
def test_every_page_is_accessible(page: Response) -> None:
    """Language, title, viewport, one heading; both colour schemes."""
    for needed in ('<html lang="en">', "<title>", 'name="viewport"', "<main>", "color-scheme:light dark"):
        assert needed in page.body
    assert page.body.count("<h1>") == 1


def test_a_preview_shows_title_and_destination_as_text() -> None:
    """S12: markup in either stays text."""
    body = pages.preview(resolution()).body
    assert "https://example.com/?a=1&amp;b=&lt;script&gt;" in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;" in body


@pytest.mark.parametrize("guard", [{"password_version": "1"}, {"max_clicks": 1}])
def test_a_preview_keeps_a_guarded_destination(guard: dict[str, Any]) -> None:
    """Who has not given the password, or would use up a click, does not learn it by looking."""
    assert "example.com" not in pages.preview(resolution(**guard)).body


def test_a_preview_keeps_the_title_of_a_link_with_a_password() -> None:
    """Words about what is protected belong to it."""
    assert "A secret plan" in pages.preview(resolution(title="A secret plan")).body
    assert "A secret plan" not in pages.preview(resolution(title="A secret plan", password_version="1")).body


def test_the_password_form_works_without_scripts() -> None:
    """It posts to the link itself; a wrong guess is announced."""
    first, again = pages.password_form(), pages.password_form(is_wrong=True)
    assert '<form method="post" action="">' in first.body
    assert (first.status, again.status) == (401, 401)
    assert 'role="alert"' not in first.body
    assert 'role="alert">The password is wrong' in again.body


def test_retry_after_is_whole_seconds() -> None:
    """S6: on limits and outages."""
    for page in (pages.unavailable(2), pages.too_many_unknown(2), pages.too_many_guesses(2)):
        assert dict(page.headers)["retry-after"] == "2"


def test_a_client_that_wants_json_gets_json() -> None:
    """The same status, and one error field."""
    response = pages.not_found(as_json=True)
    assert (response.status, dict(response.headers)["content-type"]) == (404, "application/json")
    assert response.body == '{"error": "Link not found"}\n'
