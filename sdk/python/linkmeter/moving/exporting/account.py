"""What an account has: its links and its raw clicks, page by page."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Any, Final

from google.type.interval_pb2 import Interval

from linkmeter.analytics.v1 import click_service_pb2, clicks_pb2, stats_service_pb2
from linkmeter.links.v1 import link_service_pb2, links_pb2
from linkmeter.methods import LIST_CLICKS, LIST_LINKS, QUERY_STATS
from linkmeter.moving.patience import PatientSender
from linkmeter.paging import Pager
from linkmeter.rpc import Listing

_LARGEST_PAGE: Final = 1000


class Account:
    """Reads what there is of an account, or of one of its links or domains."""

    def __init__(
        self,
        sender: PatientSender,
        *,
        domain: str = "",
        link_id: int = 0,
        since: datetime | None = None,
        human_only: bool = False,
    ) -> None:
        """Say what is wanted.

        Args:
            sender: Sends the calls.
            domain: Only links of this host name, and their clicks. Empty: of all.
            link_id: Only clicks of this link. 0: of all links.
            since: Only clicks from this moment on. None: of all time.
            human_only: Only clicks of people.

        """
        self._send = sender.send
        self._domain = domain
        self._link_id = link_id
        self._since = since
        self._human_only = human_only

    def links(self) -> Iterator[links_pb2.Link]:
        """Yield the links, archived ones included, by the time of their creation, then by domain and code.

        The server lists them as they came to it, which is another order for those that were imported. They are sorted
        on disk, so that memory stays flat.
        """
        # An empty name: a database in a temporary file, which is deleted when it is closed.
        with closing(sqlite3.connect("")) as database:
            database.execute("CREATE TABLE links (time, nanos, domain, code, message)")
            for archived in (False, True):
                rows = map(_sortable, self._links(archived=archived))
                database.executemany("INSERT INTO links VALUES (?, ?, ?, ?, ?)", rows)
            for (message,) in database.execute("SELECT message FROM links ORDER BY time, nanos, domain, code"):
                yield links_pb2.Link.FromString(message)

    def count_links(self) -> int:
        """Return how many links there are."""
        return sum(self._count_links(archived=archived) for archived in (False, True))

    def clicks(self, until: datetime | None) -> Iterator[clicks_pb2.Click]:
        """Yield the clicks that are older than a moment, or all, newest first."""
        request = click_service_pb2.ListClicksRequest(
            link_id=self._link_id,
            interval=self._interval(until),
            page_size=_LARGEST_PAGE,
            human_only=self._human_only,
            filters=self._filters(),
        )
        listing: Listing[clicks_pb2.Click] = Listing(LIST_CLICKS(request), "clicks")
        return iter(Pager(self._send, listing))

    def count_clicks(self, until: datetime | None) -> int:
        """Return how many clicks are older than a moment, or how many there are: those kept as sums only count, too."""
        human = stats_service_pb2.METRIC_HUMAN_CLICKS
        metric = human if self._human_only else stats_service_pb2.METRIC_CLICKS
        filters = self._filters()
        if self._link_id:
            filters.append(_filter(stats_service_pb2.DIMENSION_LINK, str(self._link_id)))
        request = stats_service_pb2.QueryStatsRequest(
            interval=self._interval(until),
            filters=filters,
            reports=[stats_service_pb2.Report(metrics=[metric])],
        )
        rows = self._send(QUERY_STATS(request)).results[0].rows
        return int(rows[0].metrics[0]) if rows else 0

    def _links(self, *, archived: bool) -> Iterator[links_pb2.Link]:
        request = link_service_pb2.ListLinksRequest(page_size=_LARGEST_PAGE, domain=self._domain, archived=archived)
        listing: Listing[links_pb2.Link] = Listing(LIST_LINKS(request), "links")
        return iter(Pager(self._send, listing))

    def _count_links(self, *, archived: bool) -> int:
        request = link_service_pb2.ListLinksRequest(
            page_size=1, domain=self._domain, archived=archived, with_total_size=True
        )
        return self._send(LIST_LINKS(request)).total_size

    def _interval(self, until: datetime | None) -> Interval:
        interval = Interval()
        if self._since is not None:
            interval.start_time.FromDatetime(self._since)
        if until is not None:
            interval.end_time.FromDatetime(until)
        return interval

    def _filters(self) -> list[Any]:
        return [_filter(stats_service_pb2.DIMENSION_DOMAIN, self._domain)] if self._domain else []


def _filter(dimension: Any, value: str) -> Any:
    return stats_service_pb2.Filter(dimension=dimension, values=[value])


def _sortable(link: links_pb2.Link) -> tuple[int, int, str, str, bytes]:
    return link.create_time.seconds, link.create_time.nanos, link.domain, link.code, link.SerializeToString()
