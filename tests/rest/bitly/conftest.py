"""Accounts, links and clients of Bitly's API on the real system."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import httpx
import pytest

from linkmeter.links.v1 import (
    account_service_pb2,
    account_service_pb2_grpc,
    api_key_service_pb2,
    api_key_service_pb2_grpc,
    link_service_pb2,
    link_service_pb2_grpc,
    links_pb2,
    oauth_service_pb2,
    oauth_service_pb2_grpc,
)
from services.common.caller import ADMIN, Caller
from services.runtime import caller_metadata
from tests.support.domains import add_domain
from tests.support.system import System

PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Account:
    """An account, its access token, and a client that shows none."""

    owner: links_pb2.Owner
    token: str
    system: System
    client: httpx.AsyncClient
    links: grpc.aio.Channel

    @property
    def metadata(self) -> tuple[tuple[str, bytes], ...]:
        """What makes native calls the account's."""
        return caller_metadata.metadata_for(Caller(owner_id=self.owner.owner_id, scopes=frozenset({ADMIN})))

    async def get(self, call: str, **parameters: Any) -> httpx.Response:
        """Call with the access token."""
        return await self.client.get(f"/v3/{call}", params={"access_token": self.token, **parameters})

    async def data(self, call: str, **parameters: Any) -> Any:
        """Call, and return the data of a call that must go well."""
        answer = await self.get(call, **parameters)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert (body["status_code"], body["status_txt"]) == (200, "OK"), body
        return body["data"]

    async def refused(self, call: str, **parameters: Any) -> tuple[int, str]:
        """Call, and return status_code and status_txt of a call that must fail."""
        answer = await self.get(call, **parameters)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body["data"] is None
        return body["status_code"], body["status_txt"]

    async def new_domain(self) -> str:
        """Add a short domain of the account's own; return its host."""
        host = f"b{secrets.token_hex(5)}.ly"
        await add_domain(self.system.stack.postgres_url, host, self.owner.owner_id, f"http://{host}")
        return host

    async def new_link(self, destination: str = "https://example.com/page", **fields: Any) -> links_pb2.Link:
        """Create a link of the account's."""
        stub: Any = link_service_pb2_grpc.LinkServiceStub(self.links)
        link = links_pb2.Link(destination=destination, **({"private_stats": False} | fields))
        request = link_service_pb2.CreateLinkRequest(link=link)
        created: links_pb2.Link = await stub.CreateLink(request, metadata=self.metadata)
        return created

    async def key_with(self, *scopes: str) -> str:
        """Create an API key with these scopes alone."""
        stub: Any = api_key_service_pb2_grpc.ApiKeyServiceStub(self.links)
        key = links_pb2.ApiKey(title="test", scopes=scopes)
        request = api_key_service_pb2.CreateApiKeyRequest(api_key=key)
        return str((await stub.CreateApiKey(request, metadata=self.metadata)).secret)


NewAccount = Callable[..., Awaitable[Account]]


@pytest.fixture
async def bitly(system: System) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the public port without any key."""
    async with system.client(api_key="") as client:
        yield client


@asynccontextmanager
async def accounts_on(system: System) -> AsyncIterator[NewAccount]:
    """Lend what creates accounts on a system."""
    async with system.channel("links") as channel, system.client(api_key="") as client:
        accounts: Any = account_service_pb2_grpc.AccountServiceStub(channel)
        oauth: Any = oauth_service_pb2_grpc.OAuthServiceStub(channel)

        async def create(login: str = "", *, workspace_id: int = 0) -> Account:
            login = login or f"user{secrets.token_hex(5)}"
            owner = await accounts.CreateOwner(
                account_service_pb2.CreateOwnerRequest(
                    owner=links_pb2.Owner(login=login, display_name=login.title(), workspace_id=workspace_id),
                    password=PASSWORD,
                )
            )
            key = await oauth.GrantApiKey(oauth_service_pb2.GrantApiKeyRequest(owner_id=owner.owner_id, title="test"))
            return Account(owner, key.secret, system, client, channel)

        yield create


@pytest.fixture
async def new_account(system: System) -> AsyncIterator[NewAccount]:
    """Return what creates accounts."""
    async with accounts_on(system) as create:
        yield create


@pytest.fixture
async def account(new_account: NewAccount) -> Account:
    """Return an account of its own for the test."""
    return await new_account()


@pytest.fixture
async def new_workspace(system: System) -> int:
    """Return a group without people."""
    async with system.channel("links") as channel:
        stub: Any = account_service_pb2_grpc.AccountServiceStub(channel)
        workspace = links_pb2.Workspace(title="test")
        request = account_service_pb2.CreateWorkspaceRequest(workspace=workspace)
        return int((await stub.CreateWorkspace(request)).workspace_id)


def unique(path: str = "") -> str:
    """Return a destination that no other test uses."""
    return f"https://d{secrets.token_hex(6)}.example/{path}"
