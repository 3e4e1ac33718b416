"""The list of an account's links."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from gateway.compat.backends import Backends
from gateway.compat.bitly import values
from gateway.compat.bitly.access import Client
from gateway.compat.bitly.envelope import Result
from gateway.compat.bitly.links import parse, render
from gateway.compat.bitly.links.finder import Finder
from linkmeter.compat.bitly.v3 import bitly_pb2
from linkmeter.links.v1 import link_service_pb2, links_pb2

Request = bitly_pb2.LinkHistoryRequest
Condition = Callable[[links_pb2.Link], bool]

_DEFAULT_LIMIT: Final = 50
_MOST_ENTRIES: Final = 100
_LARGEST_OFFSET: Final = 10_000
_PAGE: Final = 1000
_ON: Final = "on"
_OFF: Final = "off"
_BOTH: Final = "both"
_CHOICES: Final = frozenset({_ON, _OFF, _BOTH})


class History:
    """Serves the list of an account's links."""

    def __init__(self, *, backends: Backends, finder: Finder) -> None:
        self._backends = backends
        self._finder = finder

    async def link_history(self, request: Request, client: Client) -> Result:
        """Return a page of the caller's links, newest first, or the one that is asked for.

        Raises Failure for parameters out of bounds and, INVALID_ARG_LINK, for a link that is not the caller's.
        """
        if request.link:
            links, total = [await self._finder.own(parse.link(request.link), client)], 1
        else:
            links, total = await self._listed(request, client)
        aggregates = await self._finder.aggregate_links(links)
        entries = [render.history_entry(link, aggregates[link.link_id], client.owner) for link in links]
        return Result(data={"link_history": entries, "result_count": total})

    async def _listed(self, request: Request, client: Client) -> tuple[list[links_pb2.Link], int]:
        limit = values.number("limit", request.limit, default=_DEFAULT_LIMIT, least=1, most=_MOST_ENTRIES)
        offset = values.number("offset", request.offset, default=0, least=0, most=_LARGEST_OFFSET)
        condition = _condition(request)
        found: list[links_pb2.Link] = []
        total = 0
        for list_request in _list_requests(request):
            links, count = await self._collect(list_request, client, condition, offset + limit)
            found += links
            total += count
        found.sort(key=lambda link: (link.create_time.ToNanoseconds(), link.link_id), reverse=True)
        return found[offset : offset + limit], total

    async def _collect(
        self, list_request: link_service_pb2.ListLinksRequest, client: Client, condition: Condition | None, most: int
    ) -> tuple[list[links_pb2.Link], int]:
        """Return the newest links that pass, and the number of all that do."""
        found: list[links_pb2.Link] = []
        while True:
            page = await self._backends.links.ListLinks(list_request, metadata=client.metadata)
            found += [link for link in page.links if condition is None or condition(link)]
            if condition is None and len(found) >= most:
                return found, max(page.total_size, len(found))
            if not page.next_page_token or len(found) > _LARGEST_OFFSET:
                return found, len(found)
            list_request.page_token = page.next_page_token


def _list_requests(request: Request) -> list[link_service_pb2.ListLinksRequest]:
    """Return the request for archived links, for the others, or both: natively these are two lists."""
    archived = values.choice("archived", request.archived, _CHOICES, default=_OFF)
    flags = {_ON: [True], _OFF: [False], _BOTH: [False, True]}[archived]
    requests = [
        link_service_pb2.ListLinksRequest(
            archived=flag, query=request.query.strip(), page_size=_PAGE, with_total_size=True
        )
        for flag in flags
    ]
    after = values.seconds("created_after", request.created_after)
    before = values.seconds("created_before", request.created_before)
    for list_request in requests:
        if after is not None:
            list_request.created.start_time.FromDatetime(datetime.fromtimestamp(after, UTC))
        if before is not None:
            # At or before: the whole of that second.
            list_request.created.end_time.FromDatetime(datetime.fromtimestamp(before + 1, UTC))
    return requests


def _condition(request: Request) -> Condition | None:
    """Return the condition that native lists do not know; None when there is none."""
    private = values.choice("private", request.private, _CHOICES, default=_BOTH)
    modified_after = values.seconds("modified_after", request.modified_after) or 0
    if private == _BOTH and not modified_after:
        return None

    def passes(link: links_pb2.Link) -> bool:
        is_wanted = private == _BOTH or link.private_stats is (private == _ON)
        return is_wanted and link.update_time.seconds >= modified_after

    return passes
