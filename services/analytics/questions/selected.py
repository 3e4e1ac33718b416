"""The raw clicks that a selection means, in a snapshot."""

from collections.abc import Iterator, Sequence

from services.analytics.questions.conditions import Selection, Statement, of_clicks, passes_filter, rights, within
from services.analytics.questions.snapshot import Snapshot
from services.analytics.segments.registry import Segment


def selected(
    columns: str,
    selection: Selection,
    snapshot: Snapshot,
    statement: Statement,
    *,
    less: Sequence[Segment] = (),
) -> str:
    """Return the statement that selects columns of clicks, of segments and of none; less: segments to leave out."""
    return " UNION ALL ".join(f"SELECT {columns} {rows}" for rows in _selected(selection, snapshot, statement, less))


def _selected(selection: Selection, snapshot: Snapshot, statement: Statement, less: Sequence[Segment]) -> Iterator[str]:
    audience, span = selection.audience, snapshot.span(selection.start, selection.end)
    seen = rights(audience, statement)
    meant = of_clicks(selection, statement)
    in_time = within(selection.start, selection.end, statement)
    found = False
    for rows in snapshot.clicks_of([each for each in span.whole if each not in less], audience, statement):
        found = True
        yield " AND ".join([rows, *seen, *meant])
    for rows in snapshot.clicks_of(span.cut, audience, statement):
        found = True
        yield " AND ".join([rows, *seen, *meant, *in_time])
    meant += [passes_filter(item, statement) for item in selection.of_newest]
    for rows, is_anybodys in snapshot.newest(selection):
        if not (found and is_anybodys and snapshot.is_all_settled):
            yield " AND ".join([rows, *(seen if is_anybodys else []), *meant, *in_time])
