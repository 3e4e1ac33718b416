"""ClickService: raw clicks, listed and watched."""

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Final

from google.api.httpbody_pb2 import HttpBody

from linkmeter.analytics.v1 import click_service_pb2, click_service_pb2_grpc
from services.analytics.access import click_audience_of
from services.analytics.convert.clicks import click_message
from services.analytics.convert.stats import excluded_of, filters_of
from services.analytics.convert.times import interval_of
from services.analytics.convert.watching import error_event, update_event, update_message
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.page_token import Cursor, PageTokens
from services.analytics.domain.position import Position, ResumeTokens
from services.analytics.domain.query import MOST_FILTERS, Filter, check_interval
from services.analytics.query_turns import QueryTurns
from services.analytics.questions.conditions import Selection
from services.analytics.questions.process import QuestionProcess
from services.analytics.watching.watches import Watches
from services.common.errors import Internal, InvalidArgument, LinkmeterError
from services.runtime import answer_size, postgres, request_id
from services.runtime.interceptors import Context

DEFAULT_PAGE: Final = 50
LARGEST_PAGE: Final = 1000
LARGEST_SKIP: Final = 100_000
# What browsers send when they connect again: the id of the last event.
_LAST_EVENT: Final = "last-event-id"


class ClickServicer(click_service_pb2_grpc.ClickServiceServicer):
    """Lists clicks, and sends them as they are stored."""

    def __init__(
        self,
        *,
        questions: QuestionProcess,
        page_tokens: PageTokens,
        turns: QueryTurns,
        watches: Watches,
        resume_tokens: ResumeTokens,
    ) -> None:
        self._questions = questions
        self._turns = turns
        self._page_tokens = page_tokens
        self._watches = watches
        self._resume_tokens = resume_tokens

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

    async def WatchClicks(
        self, request: click_service_pb2.WatchClicksRequest, context: Context
    ) -> AsyncIterator[click_service_pb2.WatchClicksResponse]:
        """Yield clicks as they are stored."""
        selection, position = _watched(request, context), self._resume_tokens.read(request.resume_token)
        async with aclosing(self._watches.watch(selection, position)) as updates:
            async for update in updates:
                yield update_message(update, self._resume_tokens.write(update.position))

    async def WatchClicksOverHttp(
        self, request: click_service_pb2.WatchClicksRequest, context: Context
    ) -> AsyncIterator[HttpBody]:
        """Yield clicks as they are stored, as Server-Sent Events; an error that ends them is one, too."""
        selection, position = _watched(request, context), self._position_of(request, context)
        is_first = True
        async with aclosing(self._watches.watch(selection, position)) as updates:
            try:
                async for update in updates:
                    token = self._resume_tokens.write(update.position)
                    yield update_event(update, token, is_first=is_first)
                    is_first = False
            except Exception as problem:
                # Before the first event there is still a status to say it.
                if not is_first:
                    yield error_event(_error_of(problem))
                raise

    def _position_of(self, request: click_service_pb2.WatchClicksRequest, context: Context) -> Position | None:
        """Read where a browser goes on: what it adds by itself is newer than what the page has asked for."""
        header = dict(context.invocation_metadata() or ()).get(_LAST_EVENT, "")
        return self._resume_tokens.read(str(header) or request.resume_token)


def _error_of(problem: Exception) -> LinkmeterError:
    if isinstance(problem, LinkmeterError):
        return problem
    return postgres.outage_of(problem) or Internal(f"internal error, request id {request_id.current()}")


def _watched(request: click_service_pb2.WatchClicksRequest, context: Context) -> Selection:
    return Selection(audience=click_audience_of(context), filters=_all_filters_of(request))


def _all_filters_of(
    request: click_service_pb2.ListClicksRequest | click_service_pb2.WatchClicksRequest,
) -> tuple[Filter, ...]:
    """Read the filters, those that have a field of their own included."""
    filters = (*filters_of(request.filters), *_named_conditions(request))
    if len(filters) > MOST_FILTERS:
        raise InvalidArgument("filters", f"fewer than {MOST_FILTERS} filters are allowed")
    return filters


def _selection_of(request: click_service_pb2.ListClicksRequest, context: Context) -> Selection:
    audience = click_audience_of(context)
    start, end = interval_of(request.interval)
    check_interval(start, end)
    return Selection(
        audience=audience,
        filters=_all_filters_of(request),
        start=start,
        end=end,
        excluded=excluded_of(request.excluded_intervals),
        with_orphans=request.with_orphans,
    )


def _named_conditions(
    request: click_service_pb2.ListClicksRequest | click_service_pb2.WatchClicksRequest,
) -> Iterator[Filter]:
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
