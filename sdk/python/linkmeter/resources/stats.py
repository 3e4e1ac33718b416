"""Statistics: of one link, of the whole account, or of whatever clicks filters choose."""

from collections.abc import Iterable, Sequence

from linkmeter import methods
from linkmeter.analytics.v1 import stats_service_pb2 as messages
from linkmeter.convert import Between, enum_value, interval_message, interval_messages
from linkmeter.resource import Resource, TransportT, operation
from linkmeter.resources.conditions import Dimension, Filter, Filters, filter_messages
from linkmeter.resources.reports import Bucket, Metric, Order, Report, Table, tables_of
from linkmeter.rpc import Call


class Stats(Resource[TransportT]):
    """Statistics of the account's links; links that are not the caller's have no clicks."""

    @operation
    def query(
        self,
        *,
        metrics: Sequence[Metric] = ("clicks",),
        dimensions: Sequence[Dimension] = (),
        bucket: Bucket | None = None,
        limit: int | None = None,
        order: Order | None = None,
        link_id: int | None = None,
        filters: Filters = (),
        interval: Between | None = None,
        excluded_intervals: Iterable[Between] = (),
        time_zone: str = "UTC",
        with_orphans: bool = False,
    ) -> Call[Table]:
        """Return one table of numbers.

        Args:
            metrics: What to count: clicks, human_clicks, visitors, human_visitors, mean_latency, last_click_time,
                first_click_time.
            dimensions: Group by these, at most 4.
            bucket: Also group by time: minute, ten_minutes, hour, day, week, month.
            limit: Most rows, 1 to 10,000. Default: 100 with dimensions, all of them for buckets alone.
            order: Default: by time when there is a bucket, else by the first metric, greatest first.
            link_id: Only clicks of this link. Default: of all links of the account.
            filters: Only clicks that pass these, as {"country": ["DE", "CH"]} or [Filter("code", "x", prefix=True)].
            interval: Start (included) and end (not); None leaves an end open. Default: all clicks until now.
            excluded_intervals: No clicks in these.
            time_zone: IANA name or fixed offset (+05:30) that buckets follow.
            with_orphans: True to count visits that found no link, too, on domains that a filter names.

        Raises:
            InvalidArgument: A word that the contract does not know, an interval that ends before it starts, more than
                10,000 buckets, or an answer of more than 8 MiB.
            RateLimited: Too many queries at once, or more memory than queries have.

        """
        report = Report(metrics=metrics, dimensions=dimensions, bucket=bucket, limit=limit, order=order)
        request = _request([report], link_id, filters, interval, excluded_intervals, time_zone, with_orphans)
        return methods.QUERY_STATS(request).then(lambda answer: tables_of([report], answer)[0])

    @operation
    def reports(
        self,
        reports: Iterable[Report],
        *,
        link_id: int | None = None,
        filters: Filters = (),
        interval: Between | None = None,
        excluded_intervals: Iterable[Between] = (),
        time_zone: str = "UTC",
        with_orphans: bool = False,
    ) -> Call[list[Table]]:
        """Return several tables over the same clicks, all of one moment; the rest is as for query.

        Args:
            reports: The tables that are asked for, 1 to 20.
            link_id: Only clicks of this link. Default: of all links of the account.
            filters: Only clicks that pass these.
            interval: Start (included) and end (not).
            excluded_intervals: No clicks in these.
            time_zone: IANA name or fixed offset that buckets follow.
            with_orphans: True to count visits that found no link, too, on domains that a filter names.

        """
        asked = list(reports)
        request = _request(asked, link_id, filters, interval, excluded_intervals, time_zone, with_orphans)
        return methods.QUERY_STATS(request).then(lambda answer: tables_of(asked, answer))

    @operation
    def get(
        self,
        link_id: int,
        *,
        interval: Between | None = None,
        time_zone: str = "UTC",
        bucket: Bucket = "day",
        limit: int = 10,
    ) -> Call[messages.GetLinkStatsResponse]:
        """Return the usual statistics of one link: totals, clicks over time, and the top of each common dimension.

        Args:
            link_id: The link.
            interval: Start (included) and end (not). Default: the last 30 days.
            time_zone: IANA name or fixed offset that buckets follow.
            bucket: Length of the steps of clicks_over_time.
            limit: Most rows of each breakdown, 1 to 1000.

        """
        request = messages.GetLinkStatsRequest(
            link_id=link_id,
            interval=interval_message(interval, "interval"),
            time_zone=time_zone,
            bucket=enum_value(messages.Bucket, "BUCKET", bucket, "bucket"),
            limit=limit,
        )
        return methods.GET_LINK_STATS(request)

    @operation
    def delete(self, *, link_id: int = 0, domain: str = "") -> Call[int]:
        """Forget clicks for ever, and return how many they were.

        Clicks that wait in an outbox come in afterwards. The ledger stays.

        Args:
            link_id: The link whose clicks are forgotten; or
            domain: the host name of the domain whose clicks and orphan visits are forgotten.

        Raises:
            InvalidArgument: Neither or both are named.

        """
        request = messages.DeleteStatsRequest(link_id=link_id, domain=domain)
        return methods.DELETE_STATS(request).then(lambda answer: answer.deleted_clicks)


def _request(
    reports: Iterable[Report],
    link_id: int | None,
    filters: Filters,
    interval: Between | None,
    excluded_intervals: Iterable[Between],
    time_zone: str,
    with_orphans: bool,
) -> messages.QueryStatsRequest:
    only_link = [Filter("link", link_id)] if link_id is not None else []
    return messages.QueryStatsRequest(
        filters=filter_messages(only_link) + filter_messages(filters),
        interval=interval_message(interval, "interval"),
        time_zone=time_zone,
        reports=[report.message() for report in reports],
        excluded_intervals=interval_messages(excluded_intervals, "excluded_intervals"),
        with_orphans=with_orphans,
    )
