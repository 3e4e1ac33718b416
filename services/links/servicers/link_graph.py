"""LinkGraphService: who else leads to the same place."""

from linkmeter.links.v1 import link_graph_service_pb2, link_graph_service_pb2_grpc
from services.common.errors import InvalidArgument
from services.links.authentication import Context
from services.links.convert.accounts import owner_message
from services.links.convert.times import timestamp
from services.links.domain import link_filter
from services.links.store.link_graph import LinkGraphStore


class LinkGraphServicer(link_graph_service_pb2_grpc.LinkGraphServiceServicer):
    """Implements LinkGraphService."""

    def __init__(self, *, store: LinkGraphStore) -> None:
        self._store = store

    async def ListEncoders(
        self, request: link_graph_service_pb2.ListEncodersRequest, context: Context
    ) -> link_graph_service_pb2.ListEncodersResponse:
        """Return the accounts that lead to a destination; InvalidArgument when none can be led to."""
        del context
        destination = link_filter.stored_destination(request.destination)
        if not destination:
            raise InvalidArgument("destination", "must not be empty")
        limit = link_filter.encoder_limit(request.limit)
        encoders, total = await self._store.list_encoders(destination, request.workspace_id, limit)
        return link_graph_service_pb2.ListEncodersResponse(
            encoders=[
                link_graph_service_pb2.Encoder(
                    owner=owner_message(encoder.owner),
                    short_url=encoder.short_url,
                    create_time=timestamp(encoder.create_time),
                )
                for encoder in encoders
            ],
            total_owners=total,
            aggregate_short_url=await self._store.oldest_short_url(destination),
        )
