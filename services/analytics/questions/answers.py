"""Answers that are kept for a moment: many people look at one page, and a page asks again."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.analytics.domain.query import Query, QueryResult
from services.analytics.questions.catalog import State

_MOST: Final = 128
_MOST_ROWS: Final = 2_000
# An answer until now is still one a moment later, as long as no click came.
_MOMENT: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Kept:
    state: State
    now: datetime
    result: QueryResult


class Answers:
    """Keeps answers by query; each is good for the state of the data in which it was given."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Query, _Kept] = OrderedDict()

    def find(self, query: Query, state: State, now: datetime) -> QueryResult | None:
        """Return the answer to a query in a state, if it is known."""
        kept = self._kept.get(query)
        if kept is None or kept.state != state:
            return None
        if query.end is None and not timedelta() <= now - kept.now < _MOMENT:
            return None
        self._kept.move_to_end(query)
        return kept.result

    def keep(self, query: Query, state: State, now: datetime, result: QueryResult) -> None:
        """Keep an answer, unless it is long; those that nobody asked for lately are forgotten."""
        if sum(map(len, (*result.results, *result.comparison))) > _MOST_ROWS:
            return
        self._kept[query] = _Kept(state, now, result)
        self._kept.move_to_end(query)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
