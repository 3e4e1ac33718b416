"""AccessService: authentication for the other services."""

from linkmeter.links.v1 import access_service_pb2, access_service_pb2_grpc
from services.links.authentication import Authenticator, Context
from services.links.convert.accounts import owner_message
from services.links.store.owners import OwnerStore
from services.runtime.caller_metadata import to_message


class AccessServicer(access_service_pb2_grpc.AccessServiceServicer):
    """Implements AccessService."""

    def __init__(self, *, authenticator: Authenticator, owners: OwnerStore) -> None:
        self._authenticator = authenticator
        self._owners = owners

    async def Authenticate(
        self, request: access_service_pb2.AuthenticateRequest, context: Context
    ) -> access_service_pb2.AuthenticateResponse:
        """Return who holds a credential; Unauthenticated when nobody does."""
        del context
        caller = await self._authenticator.of_credential(request.credential)
        owner = await self._owners.find(caller.owner_id) if caller.owner_id else None
        return access_service_pb2.AuthenticateResponse(
            caller=to_message(caller), owner=owner_message(owner) if owner else None
        )
