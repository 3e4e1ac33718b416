"""API keys of the account."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from linkmeter import methods
from linkmeter.convert import timestamp
from linkmeter.links.v1 import api_key_service_pb2 as messages
from linkmeter.links.v1 import links_pb2
from linkmeter.resource import Resource, TransportT, listing, operation
from linkmeter.rpc import Call, Listing

# What a key may do; admin is all of them, and the ledger.
Scope = Literal["links:read", "links:write", "stats:read", "keys:manage", "domains:manage", "links:import", "admin"]


class ApiKeys(Resource[TransportT]):
    """The account's API keys. Every call needs the scope keys:manage."""

    @operation
    def create(
        self,
        title: str = "",
        *,
        scopes: Sequence[Scope],
        description: str = "",
        expire_time: datetime | None = None,
    ) -> Call[links_pb2.ApiKey]:
        """Create a key and return it, with its `secret`, this once.

        Args:
            title: Text for people, at most 128 characters.
            scopes: What the key may do; at least one.
            description: More text for people, at most 1024 characters.
            expire_time: First moment at which the key is refused. Default: never.

        Raises:
            PermissionDenied: A scope that the caller does not have.

        """
        key = links_pb2.ApiKey(
            title=title,
            scopes=scopes,
            description=description,
            expire_time=None if expire_time is None else timestamp(expire_time, "expire_time"),
        )
        return methods.CREATE_API_KEY(messages.CreateApiKeyRequest(api_key=key))

    @listing
    def list(
        self, *, with_revoked: bool = False, page_size: int = 1000, page_token: str = ""
    ) -> Listing[links_pb2.ApiKey]:
        """Return the account's keys, oldest first, without their secrets.

        Args:
            with_revoked: True to list revoked keys, too.
            page_size: How many are fetched at a time, 1 to 1000.
            page_token: Where to begin; see Page.next_page_token. Default: at the first key.

        """
        request = messages.ListApiKeysRequest(with_revoked=with_revoked, page_size=page_size, page_token=page_token)
        return Listing(methods.LIST_API_KEYS(request), "api_keys")

    @operation
    def delete(self, api_key_id: int) -> Call[None]:
        """Revoke a key at once. NotFound: no such key of the account."""
        return methods.DELETE_API_KEY(messages.DeleteApiKeyRequest(api_key_id=api_key_id)).then(lambda _: None)
