"""What links asks of analytics for lists: which links have how many clicks."""

from __future__ import annotations  # enum value types are in the stubs only

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import grpc

from linkmeter.analytics.v1 import stats_service_pb2, stats_service_pb2_grpc
from services.common.caller import Caller
from services.common.errors import DeadlineExceeded, Unavailable
from services.links.domain.link_order import MOST_RANKED, LinkOrder, Ranking
from services.runtime.caller_metadata import metadata_for

if TYPE_CHECKING:
    from linkmeter.analytics.v1.stats_service_pb2_grpc import StatsServiceAsyncStub

IDEMPOTENT: Final = ("linkmeter.analytics.v1.StatsService/QueryStats",)
_METRICS: Final[Mapping[LinkOrder, stats_service_pb2.Metric.ValueType]] = {
    LinkOrder.CLICKS: stats_service_pb2.METRIC_CLICKS,
    LinkOrder.LAST_CLICK: stats_service_pb2.METRIC_LAST_CLICK_TIME,
}
# Below the gateway's patience, so that whoever waits learns what is the matter.
_SECONDS: Final = 15.0
_AWAY: Final = (
    "links cannot be ordered by clicks while the statistics do not answer; try again, or choose another order"
)


class LinkRankings:
    """Ranks an account's links by their clicks."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stats: StatsServiceAsyncStub = stats_service_pb2_grpc.StatsServiceStub(channel)

    async def ranking(self, order: LinkOrder, caller: Caller) -> Ranking:
        """Return the links of a caller that come first in an order by clicks, CLICKS or LAST_CLICK.

        Raises Unavailable when analytics does not answer.
        """
        report = stats_service_pb2.Report(
            dimensions=[stats_service_pb2.DIMENSION_LINK], metrics=[_METRICS[order]], limit=MOST_RANKED
        )
        request = stats_service_pb2.QueryStatsRequest(reports=[report])
        try:
            response = await self._stats.QueryStats(request, timeout=_SECONDS, metadata=metadata_for(caller))
        except (Unavailable, DeadlineExceeded) as problem:
            raise Unavailable(_AWAY, problem.retry_after_seconds) from problem
        return Ranking({int(row.dimensions[0].value): row.metrics[0] for row in response.results[0].rows})
