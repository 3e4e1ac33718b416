"""ApiKeyService: credentials that owners manage themselves."""

from google.protobuf.empty_pb2 import Empty

from linkmeter.links.v1 import api_key_service_pb2, api_key_service_pb2_grpc, links_pb2
from services.common.caller import KEYS_MANAGE
from services.common.clock import Clock
from services.common.errors import NotFound
from services.links.authentication import Authenticator, Context, owner_of
from services.links.convert.accounts import api_key_draft, api_key_message
from services.links.domain import credentials
from services.links.domain.page_tokens import PageTokens
from services.links.key_issuer import KeyIssuer
from services.links.store.credentials import CredentialStore


class ApiKeyServicer(api_key_service_pb2_grpc.ApiKeyServiceServicer):
    """Implements ApiKeyService."""

    def __init__(
        self,
        *,
        authenticator: Authenticator,
        store: CredentialStore,
        issuer: KeyIssuer,
        page_tokens: PageTokens,
        clock: Clock,
    ) -> None:
        self._authenticator = authenticator
        self._store = store
        self._issuer = issuer
        self._page_tokens = page_tokens
        self._clock = clock

    async def CreateApiKey(
        self, request: api_key_service_pb2.CreateApiKeyRequest, context: Context
    ) -> links_pb2.ApiKey:
        """Create a key and return its secret, this once."""
        caller = await self._authenticator.caller(context)
        owner_id = owner_of(caller, KEYS_MANAGE)
        draft = api_key_draft(request.api_key)
        credentials.check_api_key(draft, self._clock.now())
        for scope in sorted(draft.scopes):
            caller.require(scope)
        key, secret = await self._issuer.issue(owner_id, draft)
        return api_key_message(key, secret.text)

    async def ListApiKeys(
        self, request: api_key_service_pb2.ListApiKeysRequest, context: Context
    ) -> api_key_service_pb2.ListApiKeysResponse:
        """Return a page of the caller's keys, without their secrets."""
        owner_id = owner_of(await self._authenticator.caller(context), KEYS_MANAGE)
        size = credentials.page_size(request.page_size)
        list_name = f"keys:{owner_id}:{request.with_revoked}"
        after_id = self._page_tokens.read(request.page_token, list_name)
        # One more than asked tells whether there is a next page.
        found = await self._store.list_api_keys(
            owner_id, with_revoked=request.with_revoked, after_id=after_id, limit=size + 1
        )
        page = found[:size]
        return api_key_service_pb2.ListApiKeysResponse(
            api_keys=[api_key_message(key) for key in page],
            next_page_token=self._page_tokens.make(page[-1].api_key_id, list_name) if len(found) > size else "",
        )

    async def DeleteApiKey(self, request: api_key_service_pb2.DeleteApiKeyRequest, context: Context) -> Empty:
        """Revoke a key; NotFound when the caller has none of the kind."""
        owner_id = owner_of(await self._authenticator.caller(context), KEYS_MANAGE)
        if not await self._store.revoke_api_key(request.api_key_id, owner_id, self._clock.now()):
            raise NotFound("API key", request.api_key_id)
        self._authenticator.forget(request.api_key_id)
        return Empty()
