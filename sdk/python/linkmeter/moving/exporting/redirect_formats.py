"""Static redirects as configuration of nginx and Caddy, and as Netlify's `_redirects`, escaped as each reads it.

Codes are case-sensitive, which rules out nginx' `map` (it matches text in any case) and Caddy's path matcher.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Final
from urllib.parse import quote

from linkmeter.moving.exporting.static_redirects import StaticRedirect

# In a format's configuration: lines for redirects that come sorted.
Render = Callable[[Iterable[StaticRedirect]], Iterator[str]]

# All of RFC 3986, and the percent sign of what is escaped already.
_OF_URLS: Final = "%:/?#[]@!$&'()*+,;=-._~"
# In text of nginx, a dollar sign always begins a variable; the only way to write one is a variable that holds it.
_NGINX_DOLLAR: Final = "${linkmeter_dollar}"
_NETLIFY_PLACEHOLDER: Final = re.compile(r":(?=[A-Za-z_])")


def nginx(redirects: Iterable[StaticRedirect]) -> Iterator[str]:
    """Yield a file to include at the level of http: a server for each host, a location for each code."""
    yield 'geo $linkmeter_dollar { default "$"; }\n'
    for host, of_host in groupby(redirects, key=lambda redirect: redirect.host):
        yield f"server {{\n    listen 80;\n    server_name {host};\n"
        for redirect in of_host:
            location = _nginx_text(f"/{redirect.code}")
            target = _nginx_text(redirect.destination).replace("$", _NGINX_DOLLAR)
            yield f"    location = {location} {{ return {redirect.status} {target}; }}\n"
        yield "    location / { return 404; }\n}\n"


def caddy(redirects: Iterable[StaticRedirect]) -> Iterator[str]:
    """Yield a Caddyfile, or a part of one: a site for each host, a map for each status."""
    for host, of_host in groupby(redirects, key=lambda redirect: redirect.host):
        yield f"{host} {{\n"
        for status, of_status in groupby(of_host, key=lambda redirect: redirect.status):
            name = f"linkmeter_{status}"
            yield f"\tmap {{path}} {{{name}}} {{\n"
            for redirect in of_status:
                yield f'\t\t"/{redirect.code}" "{_escaped_url(redirect.destination)}"\n'
            yield '\t\tdefault ""\n\t}\n'
            yield f'\t@{name} not vars {{{name}}} ""\n\tredir @{name} {{{name}}} {status}\n'
        yield "\trespond 404\n}\n"


def netlify(redirects: Iterable[StaticRedirect]) -> Iterator[str]:
    """Yield a file `_redirects`: a line for each redirect, with its host."""
    for redirect in redirects:
        path = quote(redirect.code, safe="/-_.~")
        yield f"https://{redirect.host}/{path} {_netlify_target(redirect.destination)} {redirect.status}\n"


def is_expressible(redirect: StaticRedirect, render: Render) -> bool:
    """Return whether a redirect can be written down: Caddy has no way to write some characters in a path."""
    return render is not caddy or not set(redirect.code) & set('{}"\\\r\n')


def _nginx_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _escaped_url(url: str) -> str:
    """Return the URL with those characters escaped that no URL should hold, among them all quotes and braces."""
    return quote(url, safe=_OF_URLS)


def _netlify_target(url: str) -> str:
    """Return the URL such that nothing in it is a placeholder (:name); a port stays a port."""
    scheme, _, rest = _escaped_url(url).partition("://")
    authority = re.match(r"[^/?#]*", rest)
    end = authority.end() if authority else 0
    return f"{scheme}://{rest[:end]}{_NETLIFY_PLACEHOLDER.sub('%3A', rest[end:])}"


FORMATS: Final[dict[str, Render]] = {"nginx": nginx, "caddy": caddy, "netlify": netlify}
