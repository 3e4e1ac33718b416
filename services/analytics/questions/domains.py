"""The domains of an owner: a condition that all of their settled clicks meet need not be asked of each."""

from collections import OrderedDict
from typing import Final

from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience, Filter, Query
from services.analytics.questions.conditions import Statement
from services.analytics.questions.reading import Reader
from services.analytics.questions.snapshot import Snapshot
from services.analytics.segments.layout import Kind

# Nobody with more domains asks for all of them by name.
_MOST_DOMAINS: Final = 100
_MOST_KNOWN: Final = 1000


class Domains:
    """Remembers which domains the clicks of segments were in, by owner and state of the segments."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, int], frozenset[str]] = OrderedDict()

    async def passing(self, query: Query, snapshot: Snapshot, reader: Reader) -> tuple[Filter, ...]:
        """Return those of a query's filters on domains that all clicks of segments pass.

        Sums are kept by one dimension: who asks for all of a domain, and has no other, is answered from them.
        """
        filters = [item for item in query.filters if item.dimension is Dimension.DOMAIN]
        if not filters or not query.audience.owner_id or not snapshot.segments:
            return ()
        key = snapshot.state.version, query.audience.owner_id
        if (domains := self._known.get(key)) is None:
            domains = self._known[key] = await _domains(snapshot, query.audience, reader)
            if len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        if len(domains) > _MOST_DOMAINS:
            return ()
        return tuple(item for item in filters if all(item.passes(domain) for domain in domains))


async def _domains(snapshot: Snapshot, audience: Audience, reader: Reader) -> frozenset[str]:
    """Return the domains of an owner's settled clicks; what was erased since may still be among them."""
    statement = Statement()
    files = [segment.files[Kind.OWNER_VALUES] for segment in snapshot.segments]
    rows = await reader.fetch(
        f"SELECT DISTINCT value FROM {statement.rows_of(files)} "
        f"WHERE owner_id = {statement.add(audience.owner_id)} AND dimension = {Dimension.DOMAIN:d} "
        f"LIMIT {_MOST_DOMAINS + 1}",
        statement,
    )
    return frozenset(domain for (domain,) in rows)
