"""Clicks, one by one."""

from collections.abc import Iterable

from linkmeter import methods
from linkmeter.analytics.v1 import click_service_pb2 as messages
from linkmeter.analytics.v1 import clicks_pb2
from linkmeter.convert import Between, interval_message, interval_messages
from linkmeter.resource import Resource, TransportT, listing, watching
from linkmeter.resources.conditions import Filters, filter_messages
from linkmeter.rpc import Listing, Stream


class Clicks(Resource[TransportT]):
    """The clicks of the account's links; of links that are not the caller's there are none."""

    @listing
    def list(
        self,
        *,
        link_id: int = 0,
        interval: Between | None = None,
        excluded_intervals: Iterable[Between] = (),
        human_only: bool = False,
        filters: Filters = (),
        with_orphans: bool = False,
        page_size: int = 1000,
        page_token: str = "",
    ) -> Listing[clicks_pb2.Click]:
        """Return clicks that pass all filters, newest first.

        Args:
            link_id: Only clicks of this link. Default: of all links of the account.
            interval: Only clicks in this interval: start (included) and end (not).
            excluded_intervals: No clicks in these.
            human_only: True to leave bots out.
            filters: Only clicks that pass these, as for Stats.query.
            with_orphans: True to list visits that found no link, too, on domains that a filter names.
            page_size: How many are fetched at a time, 1 to 1000.
            page_token: Where to begin; see Page.next_page_token. Default: at the newest click.

        """
        request = messages.ListClicksRequest(
            link_id=link_id,
            interval=interval_message(interval, "interval"),
            excluded_intervals=interval_messages(excluded_intervals, "excluded_intervals"),
            human_only=human_only,
            filters=filter_messages(filters),
            with_orphans=with_orphans,
            page_size=page_size,
            page_token=page_token,
        )
        return Listing(methods.LIST_CLICKS(request), "clicks")

    @watching
    def watch(
        self,
        *,
        link_id: int = 0,
        human_only: bool = False,
        filters: Filters = (),
        resume_token: str = "",
        patience: float = 60,
    ) -> Stream[clicks_pb2.Click]:
        """Return clicks as they are stored, without end: each once, those of one outbox in their order.

        A stream that breaks is taken up again behind its last message. That waits a little longer each time.

        Args:
            link_id: Only clicks of this link. Default: of all links of the account.
            human_only: True to leave bots out.
            filters: Only clicks that pass these, as for Stats.query.
            resume_token: Where to begin; see Batch.resume_token. Good for 24 hours. Default: with the next click.
            patience: For how many seconds to try to take up a stream that broke.

        Raises:
            FailedPrecondition: The position is older than 24 hours (POSITION_LOST); list has what came meanwhile.
            RateLimited: The account has too many streams.
            Unavailable: Nobody is there at first, or has not been for as long as the patience lasts.

        """
        request = messages.WatchClicksRequest(
            link_id=link_id, human_only=human_only, filters=filter_messages(filters), resume_token=resume_token
        )
        return Stream(methods.WATCH_CLICKS(request), "clicks", patience)
