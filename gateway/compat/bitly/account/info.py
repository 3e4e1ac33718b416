"""What is known of the account that calls, and of others."""

from gateway.compat.backends import Backends
from gateway.compat.bitly.access import Access, Client
from gateway.compat.bitly.account import render
from gateway.compat.bitly.envelope import Result
from gateway.compat.bitly.errors import NOT_FOUND, Failure, invalid, missing
from gateway.compat.bitly.links.finder import Finder
from linkmeter.compat.bitly.v3 import bitly_pb2
from linkmeter.links.v1 import account_service_pb2, links_pb2
from services.common import errors


class AccountInfo:
    """Serves the calls about accounts."""

    def __init__(self, *, backends: Backends, access: Access, finder: Finder) -> None:
        self._backends = backends
        self._access = access
        self._finder = finder

    async def user_info(self, request: bitly_pb2.UserInfoRequest, client: Client) -> Result:
        """Return the caller's user, or another one of the same workspace.

        Raises Failure: INVALID_ARG_FULL_NAME for an attempt to give a name, NOT_FOUND for a login of no such account.
        """
        if request.full_name:
            raise invalid("full_name")
        login = request.login.strip().lower()
        if login in {"", client.owner.login}:
            domains = await self._finder.domains(client)
            return Result(data=render.own_profile(client.owner, domains))
        try:
            other = await self._backends.accounts.GetOwner(account_service_pb2.GetOwnerRequest(login=login))
        except errors.InvalidArgument:
            other = links_pb2.Owner()
        if not client.owner.workspace_id or other.workspace_id != client.owner.workspace_id:
            raise Failure(NOT_FOUND, 404)
        return Result(data=render.profile(other))

    async def validate(self, request: bitly_pb2.ValidateRequest, client: Client) -> Result:
        """Return whether a login and an API key belong together; raise Failure where one is missing."""
        if not request.x_login:
            raise missing("x_login")
        if not request.x_api_key:
            raise missing("x_apikey")
        found = await self._access.find(request.x_api_key, client.client_ip)
        is_valid = found is not None and found.owner.login == request.x_login.strip().lower()
        return Result(data={"valid": int(is_valid)})

    async def pro_domain(self, request: bitly_pb2.ProDomainRequest, client: Client) -> Result:
        """Return whether a host is a domain of the caller's own.

        Raises Failure: MISSING_ARG_DOMAIN, or INVALID_BARE_DOMAIN for what is more than a host.
        """
        host = request.domain.strip().lower()
        if not host:
            raise missing("domain")
        if "/" in host or ":" in host:
            raise Failure("INVALID_BARE_DOMAIN")
        own = {domain.host for domain in await self._finder.domains(client) if domain.owner_id}
        return Result(data={"bitly_pro_domain": host in own, "domain": request.domain.strip()})
