"""The page that shows a new short URL to a person."""

import base64
import hashlib
from html import escape
from typing import Final

from google.api.httpbody_pb2 import HttpBody

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f4f5f7;color:#1c2733}"
    "main{max-width:32rem;margin:10vh auto;padding:2rem;background:#fff;border-radius:.5rem}"
    "h1{font-size:1.25rem;margin:0 0 1rem}a{overflow-wrap:anywhere}"
)
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS: Final = {
    "content_security_policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'none'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "x_content_type_options": "nosniff",
    "referrer_policy": "no-referrer",
    "cache_control": "no-store",
}


def result(short_url: str) -> HttpBody:
    """Return the page that shows a short URL."""
    url = escape(short_url)
    return _page("Your short link", f'<p><a href="{url}" rel="nofollow">{url}</a></p>')


def not_found() -> HttpBody:
    """Return the page of a link that is not there."""
    return _page("URL not found", "<p>There is no short link of this name.</p>")


def _page(title: str, content: str) -> HttpBody:
    text = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style><main><h1>{title}</h1>{content}</main></html>"
    )
    return HttpBody(content_type="text/html; charset=utf-8", data=text.encode())
