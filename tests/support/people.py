"""More accounts in a running system."""

import uuid

from linkmeter.links.v1 import (
    account_service_pb2,
    account_service_pb2_grpc,
    api_key_service_pb2,
    api_key_service_pb2_grpc,
    links_pb2,
)
from services.common.caller import ADMIN, SCOPES, Caller
from services.runtime.caller_metadata import metadata_for
from tests.support.system import System


async def key_of_new_owner(system: System, *scopes: str) -> str:
    """Make an account and answer an API key of it, with these scopes or all but admin's."""
    async with system.channel("links") as channel:
        accounts = account_service_pb2_grpc.AccountServiceStub(channel)
        request = account_service_pb2.CreateOwnerRequest(owner=links_pb2.Owner(login=f"a{uuid.uuid4().hex}"))
        owner = await accounts.CreateOwner(request, timeout=60)
        vouched = metadata_for(Caller(owner_id=owner.owner_id, scopes=frozenset({ADMIN})))
        keys = api_key_service_pb2_grpc.ApiKeyServiceStub(channel)
        wanted = links_pb2.ApiKey(scopes=scopes or sorted({*SCOPES} - {ADMIN}))
        key = await keys.CreateApiKey(
            api_key_service_pb2.CreateApiKeyRequest(api_key=wanted), metadata=vouched, timeout=60
        )
    return key.secret
