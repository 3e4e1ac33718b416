"""The page on which a person authorizes an application."""

import base64
import hashlib
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from google.api.httpbody_pb2 import HttpBody

_TEMPLATE: Final = Template((Path(__file__).resolve().parent / "authorize.html").read_text(encoding="utf-8"))
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f4f5f7;color:#1c2733}"
    "main{max-width:24rem;margin:10vh auto;padding:2rem;background:#fff;border-radius:.5rem}"
    "h1{font-size:1.25rem;margin:0 0 1rem}label{display:block;margin:0 0 1rem}"
    "input{display:block;width:100%;box-sizing:border-box;padding:.5rem;font:inherit}"
    "button{padding:.5rem 1.5rem;font:inherit;margin-right:.5rem}.wrong{color:#a3141f}"
)
# What this page may do is so little that the style's hash can name all of it.
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_SAFE_IN_LOCATION: Final = "!#$%&'()*+,/:;=?@[]~"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """What an application asks: to be authorized, and to get the code at its redirect_uri."""

    client_id: str
    redirect_uri: str
    state: str
    # The application's name.
    title: str


def authorize_page(authorization: AuthorizationRequest, *, problem: str = "", login: str = "") -> HttpBody:
    """Return the page with the form, and a problem of the last attempt."""
    values = {
        "title": f"Let “{authorization.title or 'an application'}” use your account?",
        "client_id": authorization.client_id,
        "redirect_uri": authorization.redirect_uri,
        "state": authorization.state,
        "login": login,
    }
    markup = {"style": _STYLE, "message": f'<p class="wrong">{escape(problem)}</p>' if problem else ""}
    return _html(_TEMPLATE.substitute({name: escape(value) for name, value in values.items()} | markup))


def problem_page(problem: str) -> HttpBody:
    """Return the page that shows a problem in place of the form."""
    return _html(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Not possible</title>'
        f"<style>{_STYLE}</style><main><h1>Not possible</h1><p>{escape(problem)}</p></main></html>"
    )


def page_headers(redirect_uri: str = "") -> dict[str, str]:
    """Return the headers of a page; its form may lead to redirect_uri, for browsers hold redirects to that, too."""
    parts = urlsplit(redirect_uri)
    target = f" {parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} and parts.netloc else ""
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'{quote(target, safe=' :/[].')}; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    return {
        "content_security_policy": policy,
        "x_content_type_options": "nosniff",
        "x_frame_options": "DENY",
        "referrer_policy": "no-referrer",
        "cache_control": "no-store",
    }


def location(redirect_uri: str, **parameters: str) -> str:
    """Return redirect_uri with these parameters added, as one ASCII line."""
    base, hash_sign, fragment = redirect_uri.partition("#")
    separator = "&" if "?" in base else "?"
    query = urlencode({name: value for name, value in parameters.items() if value})
    return quote(f"{base}{separator}{query}{hash_sign}{fragment}", safe=_SAFE_IN_LOCATION)


def _html(text: str) -> HttpBody:
    return HttpBody(content_type="text/html; charset=utf-8", data=text.encode())
