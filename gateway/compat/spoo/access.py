"""Who calls, and which links they may see."""

import re
from dataclasses import dataclass, replace
from typing import Final

from gateway.compat.backends import Backends
from gateway.compat.shared import accounts, http_metadata
from gateway.compat.shared.accounts import Account, Accounts
from gateway.compat.shared.http_metadata import Context
from gateway.compat.shared.limits import ClientLimits
from gateway.compat.spoo import ids, scopes
from gateway.compat.spoo.errors import forbidden, login_needed
from linkmeter.links.v1 import link_service_pb2, links_pb2, resolution_service_pb2
from services.common import caller as callers
from services.common import emoji_codes, errors
from services.common.caller import Caller
from services.common.ip_addresses import client_network
from services.runtime import caller_metadata

_AUTHORIZATION: Final = "authorization"
_BEARER: Final = "bearer "
_THEIR_PREFIX: Final = "spoo_"
OUR_PREFIX: Final = "lm_"
_KEY: Final = re.compile(r"[!-~]{1,256}")
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_READING: Final = frozenset({callers.LINKS_READ, callers.STATS_READ})
STATS_SCOPES: Final = (scopes.STATS_READ, scopes.URLS_READ, scopes.ADMIN_ALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who sends a request: an account, or somebody of whom nothing but the address is known."""

    ip: str
    account: Account | None = None

    @property
    def caller(self) -> Caller | None:
        """The account's caller; None without an account."""
        return self.account.caller if self.account else None

    @property
    def limit_key(self) -> str:
        """By what the client's calls are counted: the key, else the address."""
        return self.caller.credential if self.caller else client_network(self.ip)

    def require(self, *wanted: str) -> Caller:
        """Return the caller.

        Raises Refusal, 401 for somebody without an account and 403 for a key without any of the scopes.
        """
        if self.caller is None:
            raise login_needed("Authentication required")
        self.check_scopes(*wanted)
        return self.caller

    def check_scopes(self, *wanted: str) -> None:
        """Raise Refusal, 403, for a key without any of the scopes; who has no key needs none."""
        if self.caller is not None and not scopes.has_any(self.caller, *wanted):
            raise forbidden("Insufficient scope for this operation")

    def owns(self, link: links_pb2.Link) -> bool:
        """Return whether a link is the caller's."""
        return self.caller is not None and link.owner_id == self.caller.owner_id


def shows_destination(link: links_pb2.Link, client: Client, *, knows_password: bool = False) -> bool:
    """Return whether a client may see where a link leads; of links that lead nowhere nobody sees where they led."""
    if client.owns(link):
        return link.state == links_pb2.LINK_STATE_ACTIVE
    audience = link.destination_audience
    return audience == links_pb2.AUDIENCE_ANYBODY or (audience == links_pb2.AUDIENCE_PASSWORD and knows_password)


def as_reader(caller: Caller) -> Caller:
    """Return the caller with the right to read: in this API each of several scopes is enough for it."""
    return replace(caller, scopes=caller.scopes | _READING)


def public_reader(link: links_pb2.Link) -> Caller:
    """Return the caller who stands for everybody who may see a link's statistics."""
    return Caller(link_id=link.link_id, scopes=_READING, credential="public")


class Access:
    """Authenticates callers and finds links for them; asking in vain again and again is slowed down."""

    def __init__(self, *, backends: Backends, accounts: Accounts, limits: ClientLimits, default_host: str) -> None:
        self._backends = backends
        self._accounts = accounts
        self._limits = limits
        self._default_host = default_host

    @property
    def default_host(self) -> str:
        """The host of the installation's own domain."""
        return self._default_host

    async def client(self, context: Context) -> Client:
        """Return who sends a request; a key that is not known, or no more, makes no account.

        Raises ResourceExhausted for an address that has tried too many of them.
        """
        client_ip = http_metadata.client_ip(context)
        key = _key(context)
        if not key:
            return Client(ip=client_ip)
        for credential in _credentials(key):
            if account := await self._accounts.find(credential):
                return Client(ip=client_ip, account=account)
        # Trying out keys is slowed down, without troubling accounts behind the same address.
        await self._limits.check_misses(client_ip)
        await self._limits.count_miss(client_ip)
        return Client(ip=client_ip)

    async def own_link(self, caller: Caller, url_id: str) -> links_pb2.Link:
        """Return a link of the caller by its id; raise NotFound when there is none, Refusal, 400, for no id."""
        try:
            return await self._backends.links.GetLink(
                link_service_pb2.GetLinkRequest(link_id=ids.link_id(url_id)),
                metadata=caller_metadata.metadata_for(as_reader(caller)),
            )
        except errors.NotFound:
            raise errors.NotFound("URL", url_id) from None

    async def shown_link(self, client: Client, code: str) -> links_pb2.Link:
        """Return the link whose statistics scope anon asks for: a public one, or the caller's own.

        Raises NotFound for no link, and Refusal, 401 or 403, for a private one.
        """
        link = await self.any_link(code, client.ip)
        if link.public_stats or client.owns(link):
            return link
        if client.caller is None:
            raise login_needed("this URL has private statistics - authentication required")
        raise forbidden("access denied - private statistics")

    async def public_link(self, client: Client, code: str) -> links_pb2.Link:
        """Return a link with public statistics, or the caller's own.

        Raises NotFound for all others, as if they were not there.
        """
        link = await self.any_link(code, client.ip)
        if not (link.public_stats or client.owns(link)):
            await self._limits.count_miss(client.ip)
            raise errors.NotFound("link", code)
        return link

    async def any_link(self, code: str, client_ip: str) -> links_pb2.Link:
        """Return a link by its code, whoever owns it; raise NotFound, or ResourceExhausted after too many of these."""
        await self._limits.check_misses(client_ip)
        code = emoji_codes.code_of(code) or code
        link = await self._find(code) if _CODE.fullmatch(code) else None
        if link is None:
            await self._limits.count_miss(client_ip)
            raise errors.NotFound("link", code)
        return link

    async def is_taken(self, host: str, code: str) -> bool:
        """Return whether a code is or was a link's."""
        answer = await self._backends.resolution.ResolveLink(
            resolution_service_pb2.ResolveLinkRequest(host=host or self._default_host, code=code)
        )
        return answer.HasField("resolution")

    async def check_password(self, link: links_pb2.Link, password: str, client_ip: str) -> bool:
        """Return whether a password is a link's; links limits the guesses."""
        try:
            await self._backends.resolution.VerifyPassword(
                resolution_service_pb2.VerifyPasswordRequest(
                    host=link.domain, code=link.code, password=password, client_ip=client_ip
                )
            )
        except (errors.PermissionDenied, errors.InvalidArgument):
            return False
        return True

    async def _find(self, code: str) -> links_pb2.Link | None:
        answer = await self._backends.resolution.ResolveLink(
            resolution_service_pb2.ResolveLinkRequest(host=self._default_host, code=code)
        )
        if not answer.resolution.link_id or answer.resolution.deleted:
            return None
        try:
            return await self._backends.links.GetLink(
                link_service_pb2.GetLinkRequest(link_id=answer.resolution.link_id),
                metadata=caller_metadata.metadata_for(public_reader(links_pb2.Link(link_id=answer.resolution.link_id))),
            )
        except errors.NotFound:
            return None


def stats_caller(client: Client) -> Caller:
    """Return the caller who asks for statistics of an account; raise Refusal, 401 or 403, where there is none."""
    if client.caller is None:
        raise login_needed("authentication required for scope=all")
    return client.require(*STATS_SCOPES)


def check_stats_scopes(client: Client) -> None:
    """Raise Refusal, 403, for a key that may not read statistics, also where none is needed."""
    client.check_scopes(*STATS_SCOPES)


def creator(client: Client) -> Caller:
    """Return the caller for whom a link is created; without an account, the anonymous one."""
    return client.caller or accounts.ANONYMOUS


def their_key(key: str) -> str:
    """Return a key of ours as this API's clients expect it."""
    return _THEIR_PREFIX + key.removeprefix(OUR_PREFIX)


def _credentials(key: str) -> list[str]:
    """Return which of our keys a client may mean: spoo_… is lm_…, or one that the operator chose."""
    if not _KEY.fullmatch(key):
        return []
    if not key.startswith(_THEIR_PREFIX):
        return [key]
    secret = key.removeprefix(_THEIR_PREFIX)
    return [OUR_PREFIX + secret, secret, key]


def _key(context: Context) -> str:
    for name, value in context.invocation_metadata() or ():
        if name == _AUTHORIZATION and isinstance(value, str) and value[: len(_BEARER)].lower() == _BEARER:
            return value[len(_BEARER) :].strip()
    return ""
