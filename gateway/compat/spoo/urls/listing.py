"""From the parameters of a list of links to what links is asked, and what is left to filter here."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Self

from gateway.compat.spoo import ids, moments
from gateway.compat.spoo.errors import unprocessable
from gateway.compat.spoo.tags.parse import normalised
from gateway.compat.spoo.tags.reader import Tags
from gateway.compat.spoo.urls.parse import STATES
from gateway.compat.spoo.urls.status import status_of
from linkmeter.compat.spoo.v1 import url_service_pb2
from linkmeter.links.v1 import link_service_pb2, links_pb2

CREATED_AT: Final = "created_at"
LAST_CLICK: Final = "last_click"
TOTAL_CLICKS: Final = "total_clicks"
# So far links can be listed; links passes over no more.
MOST_LISTED: Final = 10_000

_MOST_ON_PAGE: Final = 100
_DEFAULT_ON_PAGE: Final = 20
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_ORDERS: Final = {
    "": "descending",
    "descending": "descending",
    "desc": "descending",
    "-1": "descending",
    "ascending": "ascending",
    "asc": "ascending",
    "1": "ascending",
}
_STATUSES: Final = (*STATES, "EXPIRED", "BLOCKED")
_LONGEST_FILTER: Final = 10_000
_LONGEST_SEARCH: Final = 500
_LONGEST_QUERY: Final = 128
_MOST_TAGS: Final = 500
_ANY: Final = "any"
_ALL: Final = "all"

Test = Callable[[links_pb2.Link], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class TagFilter:
    """Which tags links must carry."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    # Whether all of them, rather than one.
    needs_all: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of links, and how it is found."""

    page: int
    size: int
    sort_by: str
    ascending: bool
    # What links can do of the filters and the order.
    request: link_service_pb2.ListLinksRequest
    # What is left to do here.
    tests: tuple[Test, ...] = field(default=())
    tags: TagFilter | None = None

    def resolved(self, tags: Tags) -> Self:
        """Return the same list of the links that carry the wanted tags of an account with these ones."""
        if self.tags is None:
            return self
        # No link carries a tag that is not there.
        wanted = [*map(tags.name, self.tags.ids), *self.tags.names]
        if len(wanted) == 1 and wanted[0]:
            request = link_service_pb2.ListLinksRequest(tag=wanted[0])
            request.MergeFrom(self.request)
            return replace(self, request=request, tags=None)
        is_enough = all if self.tags.needs_all else any
        return replace(
            self, tests=(*self.tests, lambda link: is_enough(name in link.tags for name in wanted)), tags=None
        )

    @property
    def skip(self) -> int:
        """How many links come before this page."""
        return (self.page - 1) * self.size


def parse(request: url_service_pb2.ListUrlsRequest) -> Listing:
    """Parse the parameters of a list call; raise Refusal, 422, for what will not do."""
    page = _number(request.page, "page", 1)
    size = _number(request.page_size, "pageSize", _DEFAULT_ON_PAGE)
    if size > _MOST_ON_PAGE:
        raise unprocessable("pageSize", f"pageSize must be 1 to {_MOST_ON_PAGE}")
    sort_by = request.sort_by or CREATED_AT
    if sort_by not in {CREATED_AT, LAST_CLICK, TOTAL_CLICKS}:
        raise unprocessable("sortBy", f"sortBy must be one of: {CREATED_AT}, {LAST_CLICK}, {TOTAL_CLICKS}")
    order = _ORDERS.get(request.sort_order)
    if order is None:
        raise unprocessable("sortOrder", "sortOrder must be ascending or descending")
    ascending = order == "ascending"
    asked = link_service_pb2.ListLinksRequest(domain=request.domain, oldest_first=ascending)
    content = _filter_object(request.filter or request.filter_by)
    tests, tags = _read_filter(content, asked), _tag_filter(content)
    return Listing(page=page, size=size, sort_by=sort_by, ascending=ascending, request=asked, tests=tests, tags=tags)


def _number(text: str, name: str, default: int) -> int:
    if not text:
        return default
    if not _NUMBER.fullmatch(text) or int(text) == 0:
        raise unprocessable(name, f"{name} must be a whole number from 1")
    return int(text)


def _read_filter(content: dict[str, Any], asked: link_service_pb2.ListLinksRequest) -> tuple[Test, ...]:
    """Put into the request to links what it can do; return the rest."""
    tests: list[Test] = []
    state = content.get("status")
    if state is not None:
        if state not in _STATUSES:
            raise unprocessable("status", f"status must be one of: {', '.join(_STATUSES)}")
        tests.append(lambda link: status_of(link) == state)
    for name, bound in (("createdAfter", asked.created.start_time), ("createdBefore", asked.created.end_time)):
        if (value := content.get(name)) is not None:
            bound.FromDatetime(_bound(value, name))
    for name, test in (
        ("passwordSet", lambda link: link.has_password),
        ("maxClicksSet", lambda link: link.max_clicks > 0),
    ):
        if (wanted := content.get(name)) is not None:
            if not isinstance(wanted, bool):
                raise unprocessable(name, f"{name} must be true or false")
            tests.append(_equals(test, wanted=wanted))
    if (search := content.get("search")) is not None:
        tests += _search(search, asked)
    return tuple(tests)


def _tag_filter(content: dict[str, Any]) -> TagFilter | None:
    match = content.get("tagsMatch", _ANY)
    if match not in {_ANY, _ALL}:
        raise unprocessable("tagsMatch", f"tagsMatch must be one of: {_ANY}, {_ALL}")
    tag_ids, names = _strings(content.get("tagIds"), "tagIds"), _strings(content.get("tagNames"), "tagNames")
    if any(not ids.is_id(text) for text in tag_ids):
        raise unprocessable("tagIds", "Invalid tag id format")
    if not tag_ids and not names:
        return None
    return TagFilter(
        ids=tuple(text.lower() for text in tag_ids), names=tuple(map(normalised, names)), needs_all=match == _ALL
    )


def _strings(value: Any, name: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value) or len(value) > _MOST_TAGS:
        raise unprocessable(name, f"{name} must be an array of at most {_MOST_TAGS} strings")
    return value


def _equals(test: Test, *, wanted: bool) -> Test:
    return lambda link: test(link) is wanted


def _search(text: Any, asked: link_service_pb2.ListLinksRequest) -> list[Test]:
    if not isinstance(text, str) or len(text) > _LONGEST_SEARCH:
        raise unprocessable("search", f"search must be a string of at most {_LONGEST_SEARCH} characters")
    asked.query = text[:_LONGEST_QUERY].encode("utf-8", "replace").decode()
    wanted = text.lower()
    # Links looks into titles, too, and this API knows none.
    return [lambda link: wanted in link.code.lower() or wanted in link.destination.lower()] if text else []


def _bound(value: Any, name: str) -> datetime:
    moment = None
    if isinstance(value, str):
        moment = moments.parse(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        moment = moments.parse_number(value)
    if moment is None:
        raise unprocessable(name, f"{name} must be ISO 8601 or Unix epoch seconds")
    return moment


def _filter_object(text: str) -> dict[str, Any]:
    if not text:
        return {}
    if len(text) > _LONGEST_FILTER:
        raise unprocessable("filter", f"filter must have at most {_LONGEST_FILTER} characters")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise unprocessable("filter", "filter must be valid JSON") from None
    if not isinstance(content, dict):
        raise unprocessable("filter", "filter must be a JSON object")
    return content
