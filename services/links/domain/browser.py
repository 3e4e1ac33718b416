"""What a browser says with its calls, and when its cookies count.

A cookie goes along with whatever page makes a browser call us. So it counts only when the browser itself says that a
page of our own origin made the call, and only for gRPC-Web, which no form, image or link can send.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

COOKIE: Final = "cookie"
GRPC_WEB: Final = "x-grpc-web"
FETCH_SITE: Final = "sec-fetch-site"
ORIGIN: Final = "origin"
FORWARDED_PROTO: Final = "x-forwarded-proto"
# With which a page that shows a share says so; its value is the share's tag.
SHARE: Final = "x-share"
# Everything that decides who makes a call, beside the Authorization header and the Host.
HEADERS: Final = (COOKIE, GRPC_WEB, FETCH_SITE, ORIGIN, FORWARDED_PROTO, SHARE)

SESSION_COOKIE: Final = "session"
# Of an attempt to sign in through a provider.
OIDC_COOKIE: Final = "oidc"
# Browsers take a cookie of such a name from https alone, for this very host and all its paths.
_HOST_PREFIX: Final = "__Host-"
_SAME_ORIGIN: Final = "same-origin"
_FORGET: Final = 0


@dataclass(frozen=True, slots=True)
class BrowserCall:
    """A call by the headers that came with it, under lower-case names, and the Host that it was sent to."""

    headers: Mapping[str, str]
    host: str

    @property
    def is_of_other_page(self) -> bool:
        """Whether a page of another origin made the call; programs, which name no origin, did not."""
        names_origin = bool(self.headers.get(FETCH_SITE) or self.headers.get(ORIGIN))
        return names_origin and not self._is_of_own_page()

    def cookie(self, name: str) -> str:
        """Return what a cookie of ours holds; empty when there is none, or when cookies do not count for this call."""
        if not (self.headers.get(GRPC_WEB) and self._is_of_own_page()):
            return ""
        wanted = self._full_name(name)
        for pair in self.headers.get(COOKIE, "").split(";"):
            found, _, value = pair.strip().partition("=")
            if found == wanted:
                return value
        return ""

    def set_cookie(self, name: str, value: str, *, seconds: int) -> str:
        """Return the Set-Cookie header of a cookie for our own pages alone, which no script can read.

        seconds: how long the browser keeps it.
        """
        attributes = f"Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict"
        return f"{self._full_name(name)}={value}; {attributes}{'; Secure' if self._is_https() else ''}"

    def forget_cookie(self, name: str) -> str:
        """Return the Set-Cookie header that takes a cookie away."""
        return self.set_cookie(name, "", seconds=_FORGET)

    def _is_of_own_page(self) -> bool:
        site = self.headers.get(FETCH_SITE)
        if site:
            return site == _SAME_ORIGIN
        # Over plain http browsers send no Sec-Fetch-Site, but with each POST where its page is from.
        origin = self.headers.get(ORIGIN, "")
        return bool(self.host) and origin.lower() == f"{_scheme_of(origin)}://{self.host.lower()}"

    def _is_https(self) -> bool:
        """Return whether the browser uses https: behind proxies it knows best, and a lie hurts nobody else."""
        scheme = _scheme_of(self.headers.get(ORIGIN, "")) or self.headers.get(FORWARDED_PROTO, "")
        return scheme == "https"

    def _full_name(self, name: str) -> str:
        return f"{_HOST_PREFIX}{name}" if self._is_https() else name


def _scheme_of(origin: str) -> str:
    try:
        return urlsplit(origin).scheme
    except ValueError:
        return ""
