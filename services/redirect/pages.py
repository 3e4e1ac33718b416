"""The pages that visitors see: one template, no script, nothing from anywhere else."""

import base64
import hashlib
import json
from html import escape
from typing import Final

from services.redirect.domain.resolution import Resolution
from services.redirect.response import CACHE_CONTROL, ROBOTS, HeaderList, Response

_STYLE: Final = """
:root{color-scheme:light dark;--ink:#1a1d23;--soft:#5a6270;--paper:#f6f7f9;--card:#fff;--line:#d9dde3;--blue:#1f5fd0;
--red:#b3261e}
@media (prefers-color-scheme:dark){:root{--ink:#eceef2;--soft:#a3abb8;--paper:#14161a;--card:#1d2026;--line:#363b45;
--blue:#86b1ff;--red:#ff9a92}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--paper);color:var(--ink);
font:1rem/1.55 system-ui,sans-serif}
main{width:100%;max-width:34rem;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem}
h1{margin:0 0 .5rem;font-size:1.4rem;line-height:1.3;overflow-wrap:anywhere}
p{margin:.5rem 0;color:var(--soft)}
.destination{padding:.75rem;border:1px solid var(--line);border-radius:.5rem;color:var(--ink);
font-family:ui-monospace,monospace;font-size:.9rem;overflow-wrap:anywhere}
.wrong{color:var(--red)}
label{display:block;margin:1.25rem 0 .35rem;font-weight:600}
input{width:100%;padding:.65rem .75rem;font:inherit;color:inherit;background:var(--paper);border:1px solid var(--soft);
border-radius:.5rem}
button,.button{display:inline-block;margin-top:1.25rem;padding:.65rem 1.25rem;font:inherit;font-weight:600;
cursor:pointer;color:var(--card);background:var(--blue);border:0;border-radius:.5rem;text-decoration:none}
:focus-visible{outline:3px solid var(--blue);outline-offset:2px}
"""
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
_HEADERS: Final[HeaderList] = [
    ("content-type", "text/html; charset=utf-8"),
    ("content-security-policy", _POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    CACHE_CONTROL,
    ROBOTS,
]
# Some browsers apply form-action to every redirect that follows a form, and this form's ends at the link's destination.
_FORM_HEADERS: Final[HeaderList] = [
    (name, f"{value} https: http:" if name == "content-security-policy" else value) for name, value in _HEADERS
]
_JSON_HEADERS: Final[HeaderList] = [
    ("content-type", "application/json"),
    ("x-content-type-options", "nosniff"),
    CACHE_CONTROL,
    ROBOTS,
]


def not_found(*, as_json: bool = False) -> Response:
    """Return 404: there is no such link."""
    return _notice(
        404, "Link not found", "There is no such link. Check the address for typing errors.", as_json=as_json
    )


def gone(*, as_json: bool = False) -> Response:
    """Return 410: the link has ended."""
    return _notice(410, "This link has ended", "It has expired or was followed as often as allowed.", as_json=as_json)


def unavailable(retry_after_seconds: int, *, as_json: bool = False) -> Response:
    """Return 503: links cannot be asked."""
    message = "The link cannot be looked up at the moment. Please try again in a moment."
    return _notice(503, "Temporarily unavailable", message, as_json=as_json, retry_after_seconds=retry_after_seconds)


def too_many_unknown(retry_after_seconds: int, *, as_json: bool = False) -> Response:
    """Return 429, for a client that asks for one unknown code after the other."""
    message = "Too many links that do not exist were asked for from your address. Please wait a little."
    return _notice(429, "Too many requests", message, as_json=as_json, retry_after_seconds=retry_after_seconds)


def bad_request(status: int, message: str, *, as_json: bool = False) -> Response:
    """Return the page that refuses a malformed request with a status."""
    return _notice(status, "This request cannot be understood", message, as_json=as_json)


def method_not_allowed(allowed: str, *, as_json: bool = False) -> Response:
    """Return 405, with the methods that the path takes."""
    response = _notice(405, "Method not allowed", f"This address takes {allowed}.", as_json=as_json)
    return Response(response.status, [*response.headers, ("allow", allowed)], response.body)


def open_in_browser(*, as_json: bool = False) -> Response:
    """Return 200 without the destination, for whoever is no person with a browser: following would use up a click."""
    message = "This link can be followed a limited number of times. Open it in a browser to follow it."
    return _notice(200, "Open this link in a browser", message, as_json=as_json)


def landing() -> Response:
    """Return the page of the root."""
    return _notice(200, "Short links", "This host serves short links. Each of them leads somewhere else.")


def password_form(*, is_wrong: bool = False, as_json: bool = False) -> Response:
    """Return 401 with the form for the link's password."""
    if as_json:
        return _json(401, "A password is required" if not is_wrong else "The password is wrong")
    return _form(401, "The password is wrong. Please try again." if is_wrong else "", [])


def too_many_guesses(retry_after_seconds: int, *, as_json: bool = False) -> Response:
    """Return 429: no more guesses for now."""
    retry = [("retry-after", str(retry_after_seconds))]
    if as_json:
        response = _json(429, "Too many guesses")
        return Response(response.status, [*response.headers, *retry], response.body)
    return _form(429, f"Too many guesses. Please try again in {_span(retry_after_seconds)}.", retry)


def preview(resolution: Resolution) -> Response:
    """Return the page that shows where a link leads; without the destination when that takes a password or a click."""
    title = resolution.title
    if resolution.password_version:
        # Words about what is protected belong to it.
        title = ""
        where = "<p>The link is protected: its destination is shown to whoever has the password.</p>"
    elif resolution.max_clicks:
        where = "<p>The link can be followed a limited number of times: only following it shows its destination.</p>"
    else:
        where = f'<p>It leads to</p><p class="destination">{escape(resolution.destination)}</p>'
    title = title or f"{resolution.domain}/{resolution.code}"
    body = (
        f"<h1>{escape(title)}</h1><p>This is a preview of {escape(resolution.short_url or resolution.code)}. "
        f"Looking at it does not count as a click.</p>{where}"
        f'<a class="button" href="/{escape(resolution.code)}">Follow the link</a>'
    )
    return Response(200, list(_HEADERS), _page(title, body))


def _notice(status: int, title: str, message: str, *, as_json: bool = False, retry_after_seconds: int = 0) -> Response:
    response = (
        _json(status, title) if as_json else Response(status, list(_HEADERS), _page(title, _heading(title, message)))
    )
    if retry_after_seconds:
        response.headers.append(("retry-after", str(retry_after_seconds)))
    return response


def _form(status: int, problem: str, headers: HeaderList) -> Response:
    # Posting to the empty address posts to this very link, whatever stands before its code.
    alert = f'<p class="wrong" id="problem" role="alert">{escape(problem)}</p>' if problem else ""
    described = ' aria-describedby="problem" aria-invalid="true"' if problem else ""
    body = (
        f"{_heading('Password required', 'This link is protected. Enter its password to go on.')}{alert}"
        '<form method="post" action=""><label for="password">Password</label>'
        f'<input id="password" name="password" type="password" maxlength="256" autocomplete="off" required{described}>'
        "<button>Continue</button></form>"
    )
    return Response(status, [*_FORM_HEADERS, *headers], _page("Password required", body))


def _heading(title: str, message: str) -> str:
    return f"<h1>{escape(title)}</h1><p>{escape(message)}</p>"


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )


def _json(status: int, message: str) -> Response:
    return Response(status, list(_JSON_HEADERS), json.dumps({"error": message}) + "\n")


def _span(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return f"{seconds} seconds" if minutes == 1 else f"{minutes} minutes"
