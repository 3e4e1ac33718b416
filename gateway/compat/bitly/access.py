"""Who calls: by an access token, or by the older pair of login and API key."""

from dataclasses import dataclass
from typing import Protocol

from gateway.compat.bitly.errors import NOT_ALLOWED, Failure, missing
from gateway.compat.shared.accounts import Account, Accounts
from linkmeter.links.v1 import links_pb2


class Credentials(Protocol):
    """The credentials that every request message has; empty ones are not given."""

    access_token: str
    login: str
    api_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """An account that calls, and the address that it calls from."""

    account: Account
    client_ip: str

    @property
    def owner(self) -> links_pb2.Owner:
        """The owner whom the account is."""
        return self.account.owner

    @property
    def metadata(self) -> tuple[tuple[str, bytes], ...]:
        """The metadata of calls on the account's behalf."""
        return self.account.metadata


class Access:
    """Turns credentials into accounts."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def by_token(self, request: Credentials, client_ip: str) -> Client:
        """Return the client that an access token names.

        Raises Failure: MISSING_ARG_ACCESS_TOKEN without one, INVALID_ARG_ACCESS_TOKEN for one of no account.
        """
        if not request.access_token:
            raise missing("access_token")
        client = await self.find(request.access_token, client_ip)
        if client is None:
            raise Failure(NOT_ALLOWED)
        return client

    async def by_either(self, request: Credentials, client_ip: str) -> Client:
        """Return the client that an access token names or, without one, login and API key.

        Raises Failure as by_token and by_login do.
        """
        if request.access_token:
            return await self.by_token(request, client_ip)
        return await self.by_login(request.login, request.api_key, client_ip)

    async def by_login(self, login: str, api_key: str, client_ip: str) -> Client:
        """Return the client that a login and one of its API keys name.

        Raises Failure: MISSING_ARG_LOGIN or MISSING_ARG_APIKEY without one, INVALID_APIKEY for a key of no account,
        INVALID_LOGIN for one of another account.
        """
        if not login:
            raise missing("login")
        if not api_key:
            raise missing("apikey")
        client = await self.find(api_key, client_ip)
        if client is None:
            raise Failure("INVALID_APIKEY")
        if client.owner.login != login.strip().lower():
            raise Failure("INVALID_LOGIN")
        return client

    async def find(self, credential: str, client_ip: str) -> Client | None:
        """Return the client that an API key names; None when it is no account's."""
        account = await self._accounts.find(credential)
        return Client(account=account, client_ip=client_ip) if account else None
