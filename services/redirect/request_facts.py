"""The facts of a request, each cut to its bound, with the address that can be trusted."""

import ipaddress
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from services.common import bots
from services.common.hosts import OwnHosts
from services.common.ip_addresses import CLIENT_IP_KEY, plain_address
from services.common.text import cut
from services.redirect.domain import agents
from services.redirect.domain.hosts import plain_host
from services.runtime import request_id

USER_AGENT_BYTES: Final = 512
REFERRER_BYTES: Final = 2048
LANGUAGE_BYTES: Final = 256
PURPOSE_BYTES: Final = 64
MEDIA_TYPE_BYTES: Final = 256
# Of one name; each costs a check of its signature.
MAX_COOKIES: Final = 4

# Stands for a peer on a Unix socket: it has no address, and who may enter the socket's folder is one of us.
GATEWAY: Final = "gateway"

ORIGINAL_HOST_HEADER: Final = "x-original-host"

# Returns a header's value by its lower-case name; None or empty when it is absent.
Header: TypeAlias = Callable[[str], str | None]
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


class RequestFacts(NamedTuple):
    """A request as the data plane sees it. A tuple, because one is made for every request.

    What most redirects have no use for is looked up only when it is asked for.
    """

    host: str
    path: str
    method: str
    scheme: str
    client_ip: str
    user_agent: str
    referrer: str
    accept_language: str
    # Whole, not cut.
    query: str
    purpose: str
    header: Header

    @property
    def content_type(self) -> str:
        """The Content-Type header."""
        return cut(self.header("content-type") or "", MEDIA_TYPE_BYTES)

    @property
    def request_id(self) -> str:
        """The id that the gateway gave, for what leaves this process."""
        return self.header(request_id.KEY) or ""

    @property
    def is_looking(self) -> bool:
        """Return whether this only looks at a link: whatever is no navigation of somebody's browser."""
        return (
            self.method == "HEAD"
            or not agents.is_navigation(self.header("sec-fetch-dest"))
            or bots.is_loading_ahead(self.purpose)
            or not agents.is_browser(self.user_agent)
            or bots.is_bot(self.user_agent)
        )

    @property
    def prefers_json(self) -> bool:
        """Return whether the client asked for JSON and not for a page."""
        accept = cut(self.header("accept") or "", MEDIA_TYPE_BYTES)
        return "application/json" in accept and "text/html" not in accept

    def cookies_named(self, name: str) -> list[str]:
        """Return the values of the cookies of a name, at most MAX_COOKIES; different paths may each have one."""
        pairs = (pair.strip().partition("=") for pair in (self.header("cookie") or "").split(";"))
        return [value for key, _, value in pairs if key == name][:MAX_COOKIES]


class RequestFactsReader:
    """Reads the facts of requests; trusts what one says of its origin only when a trusted proxy sends it."""

    def __init__(self, *, hosts: OwnHosts, trusted_proxies: Sequence[Network]) -> None:
        self._hosts = hosts
        self._trusted = tuple(trusted_proxies)
        self._is_trusted = lru_cache(maxsize=4096)(self._in_trusted_network)

    def read(self, *, peer: str, method: str, scheme: str, path: str, query: str, header: Header) -> RequestFacts:
        """Return the facts of a request that the peer, a bare address or GATEWAY, sent."""
        host, client_ip = header("host"), peer
        if host is None:
            # Only clients of HTTP/1.0 may leave it to us which host they mean.
            host = self._hosts.name
        if self._is_trusted(peer):
            host = header(ORIGINAL_HOST_HEADER) or host
            scheme = _scheme(header("x-forwarded-proto")) or scheme
            client_ip = self._client_behind(peer, header)
        return RequestFacts(
            host=self._hosts.canonical(plain_host(host)),
            path=path,
            method=method,
            scheme=scheme,
            client_ip=client_ip,
            user_agent=cut(header("user-agent") or "", USER_AGENT_BYTES),
            referrer=cut(header("referer") or "", REFERRER_BYTES),
            accept_language=cut(header("accept-language") or "", LANGUAGE_BYTES),
            query=query,
            purpose=cut(_purpose(header), PURPOSE_BYTES),
            header=header,
        )

    def trusts(self, peer: str) -> bool:
        """Return whether a peer, a bare address or GATEWAY, is a trusted proxy."""
        return self._is_trusted(peer)

    def _client_behind(self, peer: str, header: Header) -> str:
        """Return the address that our gateway names, else the last in X-Forwarded-For that is no trusted proxy's."""
        if named := header(CLIENT_IP_KEY):
            return plain_address(named) or plain_address(peer)
        client = plain_address(peer)
        for text in reversed((header("x-forwarded-for") or "").split(",")):
            address = plain_address(text.strip())
            if not address:
                break
            client = address
            if not self._is_trusted(address):
                break
        return client

    def _in_trusted_network(self, address: str) -> bool:
        if address == GATEWAY:
            return True
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._trusted)


def _purpose(header: Header) -> str:
    """Return the purpose of a request, by the standard's header or one of those that came before it.

    Purpose is WebKit's and old Chromium's, X-Purpose old Safari's, X-Moz old Firefox's, X-Sec-Purpose that of scripts.
    """
    return (
        header("sec-purpose")
        or header("purpose")
        or header("x-moz")
        or header("x-purpose")
        or header("x-sec-purpose")
        or ""
    )


def _scheme(forwarded: str | None) -> str:
    return forwarded if forwarded in ("http", "https") else ""
