"""spoo.me's keys and accounts: convert, call, convert."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from gateway.compat.backends import Backends
from gateway.compat.shared import http_metadata
from gateway.compat.shared.http_metadata import Context
from gateway.compat.spoo import ids, rates
from gateway.compat.spoo.access import Access
from gateway.compat.spoo.account import parse, render
from gateway.compat.spoo.errors import forbidden, invalid, login_needed
from gateway.compat.spoo.limits import CallLimits
from linkmeter.compat.spoo.v1 import account_service_pb2, account_service_pb2_grpc
from linkmeter.links.v1 import api_key_service_pb2, links_pb2
from services.common import caller as callers
from services.common import errors
from services.common.caller import Caller
from services.common.clock import Clock
from services.runtime import caller_metadata, version

_MOST_KEYS: Final = 20
_PATIENCE_SECONDS: Final = 2
_TRUE: Final = frozenset({"true", "1", "yes", "on", "t", "y"})


class AccountServicer(account_service_pb2_grpc.AccountServiceServicer):
    """Implements AccountService through links."""

    def __init__(self, *, backends: Backends, access: Access, limits: CallLimits, clock: Clock) -> None:
        self._backends = backends
        self._access = access
        self._limits = limits
        self._clock = clock

    async def CreateKey(
        self, request: account_service_pb2.CreateKeyRequest, context: Context
    ) -> account_service_pb2.Key:
        """Create a key and show it, this once."""
        caller = await self._manager(context, rates.CREATE_KEY)
        key = parse.new_key(request, self._clock.now())
        metadata = caller_metadata.metadata_for(caller)
        known = await self._backends.keys.ListApiKeys(api_key_service_pb2.ListApiKeysRequest(), metadata=metadata)
        if len(known.api_keys) >= _MOST_KEYS:
            raise invalid("", f"maximum {_MOST_KEYS} active keys allowed")
        created = await self._backends.keys.CreateApiKey(
            api_key_service_pb2.CreateApiKeyRequest(api_key=key), metadata=metadata
        )
        await http_metadata.send_status(context, 201)
        return render.key(created)

    async def ListKeys(
        self, request: account_service_pb2.ListKeysRequest, context: Context
    ) -> account_service_pb2.ListKeysResponse:
        """List the caller's keys."""
        del request
        caller = await self._manager(context, rates.READ_KEYS)
        return account_service_pb2.ListKeysResponse(keys=map(render.key, await self._all_keys(caller)))

    async def _all_keys(self, caller: Caller) -> list[links_pb2.ApiKey]:
        """List the caller's keys, revoked ones too: spoo.me's answer has no pages."""
        request, found = api_key_service_pb2.ListApiKeysRequest(with_revoked=True), list[links_pb2.ApiKey]()
        while True:
            page = await self._backends.keys.ListApiKeys(request, metadata=caller_metadata.metadata_for(caller))
            found += page.api_keys
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    async def DeleteKey(
        self, request: account_service_pb2.DeleteKeyRequest, context: Context
    ) -> account_service_pb2.DeleteKeyResponse:
        """Revoke a key."""
        caller = await self._manager(context, rates.DELETE_KEY)
        await self._backends.keys.DeleteApiKey(
            api_key_service_pb2.DeleteApiKeyRequest(api_key_id=ids.key_id(request.key_id)),
            metadata=caller_metadata.metadata_for(caller),
        )
        is_revoked = request.revoke.strip().lower() in _TRUE
        return account_service_pb2.DeleteKeyResponse(success=True, action="revoked" if is_revoked else "deleted")

    async def GetMe(
        self, request: account_service_pb2.GetMeRequest, context: Context
    ) -> account_service_pb2.GetMeResponse:
        """Show the account that the key belongs to."""
        del request
        client = await self._access.client(context)
        await self._limits.spend(rates.READ_KEYS, client)
        if client.account is None:
            raise login_needed("Authentication required")
        return account_service_pb2.GetMeResponse(user=render.profile(client.account.owner))

    async def GetHealth(
        self, request: account_service_pb2.GetHealthRequest, context: Context
    ) -> account_service_pb2.GetHealthResponse:
        """Return how the API is."""
        del request
        links_serve = await _passes(self._backends.check_links)
        redis = await self._limits.state()
        if not links_serve:
            await http_metadata.send_status(context, 503)
        return account_service_pb2.GetHealthResponse(
            status=render.health(links_serve=links_serve, redis=redis),
            checks=account_service_pb2.HealthChecks(mongodb="ok" if links_serve else "error", redis=redis),
            version=version.of_installation(),
        )

    async def _manager(self, context: Context, group: str) -> Caller:
        """Return a caller who may manage keys: there are no sessions here, so a key that may must do."""
        client = await self._access.client(context)
        await self._limits.spend(group, client)
        if client.caller is None:
            raise login_needed("Authentication required")
        if not client.caller.may(callers.KEYS_MANAGE):
            raise forbidden("API keys cannot be used to manage API keys")
        return client.caller


async def _passes(check: Callable[[], Awaitable[None]]) -> bool:
    """Return whether a check passes within a moment: who asks how we are does not wait for long."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await check()
    except (errors.LinkmeterError, TimeoutError):
        return False
    return True
