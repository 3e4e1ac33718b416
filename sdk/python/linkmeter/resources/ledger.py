"""The proof that no click is missing."""

from linkmeter import methods
from linkmeter.analytics.v1 import stats_service_pb2 as messages
from linkmeter.resource import Resource, TransportT, operation
from linkmeter.rpc import Call


class Ledger(Resource[TransportT]):
    """What became of every click that was accepted: accepted = stored + set_aside + pending + dropped."""

    @operation
    def get(self) -> Call[messages.Ledger]:
        """Return an entry for each outbox, and their sum in `total`. Needs the scope admin."""
        return methods.GET_LEDGER(messages.GetLedgerRequest())
