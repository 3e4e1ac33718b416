"""ClickService: raw clicks."""

from typing import Final

from linkmeter.analytics.v1 import click_service_pb2, click_service_pb2_grpc
from services.analytics.access import audience_of
from services.analytics.convert.clicks import click_message
from services.analytics.convert.times import interval_of
from services.analytics.domain.page_token import Cursor, PageTokens
from services.analytics.domain.query import check_interval
from services.analytics.store.click_list import ClickReader, Selection
from services.common.errors import InvalidArgument
from services.common.interceptors import Context

DEFAULT_PAGE: Final = 50
LARGEST_PAGE: Final = 1000
LARGEST_SKIP: Final = 100_000


class ClickServicer(click_service_pb2_grpc.ClickServiceServicer):
    """Lists clicks."""

    def __init__(self, *, reader: ClickReader, page_tokens: PageTokens) -> None:
        self._reader = reader
        self._page_tokens = page_tokens

    async def ListClicks(
        self, request: click_service_pb2.ListClicksRequest, context: Context
    ) -> click_service_pb2.ListClicksResponse:
        """Answer a page, newest first."""
        selection = _selection_of(request, context)
        size = _page_size_of(request)
        after = self._page_tokens.read(request.page_token, repr(selection))
        # One more than asked for tells whether there is a next page.
        clicks = await self._reader.list(selection, limit=size + 1, after=after, skip=request.skip)
        page = clicks[:size]
        token = ""
        if len(clicks) > size:
            last = page[-1]
            token = self._page_tokens.write(Cursor(last.time, last.source, last.sequence), repr(selection))
        messages = [click_message(click) for click in page]
        return click_service_pb2.ListClicksResponse(clicks=messages, next_page_token=token)


def _selection_of(request: click_service_pb2.ListClicksRequest, context: Context) -> Selection:
    start, end = interval_of(request.interval)
    check_interval(start, end)
    if request.link_id < 0:
        raise InvalidArgument("link_id", "must be a positive number")
    return Selection(
        audience=audience_of(context),
        link_id=request.link_id,
        start=start,
        end=end,
        human_only=request.human_only,
    )


def _page_size_of(request: click_service_pb2.ListClicksRequest) -> int:
    if request.page_size < 0:
        raise InvalidArgument("page_size", "must not be negative")
    if not 0 <= request.skip <= LARGEST_SKIP:
        raise InvalidArgument("skip", f"must be from 0 to {LARGEST_SKIP}")
    return min(request.page_size or DEFAULT_PAGE, LARGEST_PAGE)
