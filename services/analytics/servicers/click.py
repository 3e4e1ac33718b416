"""ClickService: raw clicks."""

from collections.abc import Iterator
from typing import Final

from linkmeter.analytics.v1 import click_service_pb2, click_service_pb2_grpc
from services.analytics.access import audience_of
from services.analytics.convert.clicks import click_message
from services.analytics.convert.stats import excluded_of, filters_of
from services.analytics.convert.times import interval_of
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.page_token import Cursor, PageTokens
from services.analytics.domain.query import MOST_FILTERS, Filter, check_interval
from services.analytics.query_turns import QueryTurns
from services.analytics.questions.conditions import Selection
from services.analytics.questions.process import QuestionProcess
from services.common.errors import InvalidArgument
from services.runtime import answer_size
from services.runtime.interceptors import Context

DEFAULT_PAGE: Final = 50
LARGEST_PAGE: Final = 1000
LARGEST_SKIP: Final = 100_000


class ClickServicer(click_service_pb2_grpc.ClickServiceServicer):
    """Lists clicks."""

    def __init__(self, *, questions: QuestionProcess, page_tokens: PageTokens, turns: QueryTurns) -> None:
        self._questions = questions
        self._turns = turns
        self._page_tokens = page_tokens

    async def ListClicks(
        self, request: click_service_pb2.ListClicksRequest, context: Context
    ) -> click_service_pb2.ListClicksResponse:
        """Return a page of clicks, newest first."""
        selection = _selection_of(request, context)
        size, fingerprint = _page_size_of(request), _fingerprint_of(request, selection)
        after = self._page_tokens.read(request.page_token, fingerprint)
        # One more than asked for tells whether there is a next page.
        async with self._turns.turn(selection.audience):
            clicks = await self._questions.list_clicks(selection, limit=size + 1, after=after, skip=request.skip)
        messages = answer_size.fitting([click_message(click) for click in clicks[:size]])
        token = ""
        if len(clicks) > len(messages):
            last = clicks[len(messages) - 1]
            token = self._page_tokens.write(Cursor(last.time, last.source, last.sequence), fingerprint)
        return click_service_pb2.ListClicksResponse(clicks=messages, next_page_token=token)


def _selection_of(request: click_service_pb2.ListClicksRequest, context: Context) -> Selection:
    audience = audience_of(context)
    start, end = interval_of(request.interval)
    check_interval(start, end)
    filters = (*filters_of(request.filters), *_named_conditions(request))
    if len(filters) > MOST_FILTERS:
        raise InvalidArgument("filters", f"fewer than {MOST_FILTERS} filters are allowed")
    return Selection(
        audience=audience,
        filters=filters,
        start=start,
        end=end,
        excluded=excluded_of(request.excluded_intervals),
        with_orphans=request.with_orphans,
    )


def _named_conditions(request: click_service_pb2.ListClicksRequest) -> Iterator[Filter]:
    """Yield the filters that have a field of their own."""
    if request.link_id < 0:
        raise InvalidArgument("link_id", "must be a positive number")
    if request.link_id:
        yield Filter(dimension=Dimension.LINK, values=frozenset({str(request.link_id)}))
    if request.human_only:
        yield Filter(dimension=Dimension.IS_BOT, values=frozenset({"false"}))


def _fingerprint_of(request: click_service_pb2.ListClicksRequest, selection: Selection) -> str:
    """Return what names this listing in every process: a page token is good for it alone."""
    same = click_service_pb2.ListClicksRequest()
    same.CopyFrom(request)
    # These may differ from page to page.
    for field in ("page_token", "page_size", "skip"):
        same.ClearField(field)
    content = same.SerializeToString(deterministic=True).hex()
    return f"{selection.audience.owner_id}/{selection.audience.link_id}/{content}"


def _page_size_of(request: click_service_pb2.ListClicksRequest) -> int:
    if request.page_size < 0:
        raise InvalidArgument("page_size", "must not be negative")
    if not 0 <= request.skip <= LARGEST_SKIP:
        raise InvalidArgument("skip", f"must be from 0 to {LARGEST_SKIP}")
    return min(request.page_size or DEFAULT_PAGE, LARGEST_PAGE)
