"""The raw clicks that a selection means, in a snapshot."""

from collections.abc import Iterator, Sequence

from services.analytics.questions.conditions import Selection, Statement, of_clicks, rights, within
from services.analytics.questions.snapshot import Snapshot
from services.analytics.segments.registry import Segment


def selected(
    selection: Selection, snapshot: Snapshot, statement: Statement, *, less: Sequence[Segment] = ()
) -> Iterator[str]:
    """Yield statements that select clicks: of segments within the interval but some, of others, and of none."""
    audience, span = selection.audience, snapshot.span(selection.start, selection.end)
    seen = rights(audience, statement)
    meant = of_clicks(selection, statement)
    in_time = within(selection.start, selection.end, statement)
    for rows in snapshot.clicks_of([each for each in span.whole if each not in less], audience, statement):
        yield " AND ".join([rows, *seen, *meant])
    for rows in snapshot.clicks_of(span.cut, audience, statement):
        yield " AND ".join([rows, *seen, *meant, *in_time])
    for rows, is_anybodys in snapshot.newest(selection):
        yield " AND ".join([rows, *(seen if is_anybodys else []), *meant, *in_time])
