"""The account that the client acts for."""

from linkmeter import methods
from linkmeter.links.v1 import session_service_pb2 as messages
from linkmeter.resource import Resource, TransportT, operation
from linkmeter.rpc import Call


class Account(Resource[TransportT]):
    """Who calls."""

    @operation
    def get(self) -> Call[messages.GetCallerResponse]:
        """Return whose the credential is and what it may do: `owner`, `scopes`, `credential`. Needs no scope.

        For an edit token there is no `owner`, but `link_id`.
        """
        return methods.GET_CALLER(messages.GetCallerRequest())
