"""Every SQL statement of analytics against the rules of Citus, as far as its words show them."""

import ast
import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlglot
from sqlglot import exp

from services.analytics.domain.buckets import Bucket, bucket_starts
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.page_token import Cursor
from services.analytics.domain.query import Audience, Filter, Metric, Order, Report, Span
from services.analytics.store import click_list
from services.analytics.store.distribution import COLUMN, DISTRIBUTED, REFERENCE
from services.analytics.store.plan import plan_of
from services.analytics.store.reclassification import SUBJECTS
from services.analytics.store.stats_sql import ReportSql, bound_sql, summed_bounds_sql
from services.analytics.store.visits_sql import Selection

_ANALYTICS = Path(__file__).resolve().parents[4] / "services" / "analytics"
_SQL = re.compile(r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s", re.ASCII)
_UUID = UUID(int=1)
_START = datetime(2025, 1, 20, 5, 17, 3, tzinfo=UTC)
_END = _START + timedelta(days=40)

LOCKS = "locks rows on several nodes"
PLACE = "names rows by their place, which differs between nodes"
FUNCTION = "changes rows that it joins with a function"
MOVES = "moves a row to another node"
CONFLICT = "finds conflicts without the column that rows are distributed by"
COLUMNLESS = "inserts without the column that rows are distributed by"
JOIN = "joins tables by something else than the column that rows are distributed by"
CONSTRUCT = "uses what Citus does not know"

# What is left to plain PostgreSQL: a command that operators run by hand, and the rest of retention that only has
# something to do when clicks are older than their month's partition can be made (docs/adr).
NOT_ON_CITUS = {
    "reclassification clicks read": {LOCKS},
    "reclassification clicks write": {FUNCTION},
    "store/retention.py _DELETE_OTHER": {LOCKS, PLACE},
}


def faults(sql: str) -> set[str]:
    """Name what Citus would refuse or get wrong."""
    tree = sqlglot.parse_one(sql, dialect="postgres")
    found = {LOCKS for select in tree.find_all(exp.Select) if _locks_several_nodes(select)}
    touched = {table.name for table in tree.find_all(exp.Table)}
    if any(column.name in ("ctid", "tableoid") for column in tree.find_all(exp.Column)) and any(
        is_distributed(name) or name in REFERENCE for name in touched
    ):
        found.add(PLACE)
    for change in tree.find_all(exp.Update, exp.Insert):
        found |= _faults_of(change)
    found |= {JOIN for select in tree.find_all(exp.Select) if _joins_badly(select)}
    if any(True for _ in tree.find_all(exp.Cube, exp.Rollup, exp.GroupingSets, exp.TableSample)) or any(
        clause.args.get("recursive") for clause in tree.find_all(exp.With)
    ):
        found.add(CONSTRUCT)
    return found


def is_distributed(table: str) -> bool:
    """Return whether a table, or the one that it is a partition of, is distributed."""
    return table in DISTRIBUTED or table.startswith("clicks_")


def _sources(select: exp.Expression) -> list[str]:
    clause = select.args.get("from_") or select.args.get("from")
    joins = select.args.get("joins") or []
    relations = [item.this for item in [clause, *joins] if item is not None]
    return [relation.name for relation in relations if isinstance(relation, exp.Table)]


def _locks_several_nodes(select: exp.Select) -> bool:
    if not select.args.get("locks") or not any(map(is_distributed, _sources(select))):
        return False
    where = select.args.get("where")
    return not any(
        isinstance(equal.this, exp.Column) and equal.this.name == COLUMN
        for equal in (where.find_all(exp.EQ) if where else ())
    )


def _faults_of(change: exp.Expression) -> set[str]:
    target = change.this.this if isinstance(change.this, exp.Schema) else change.this
    if not isinstance(target, exp.Table) or not is_distributed(target.name):
        return set()
    if isinstance(change, exp.Update):
        moves = any(isinstance(item, exp.EQ) and item.this.name == COLUMN for item in change.expressions)
        clause = change.args.get("from_") or change.args.get("from")
        from_function = clause is not None and any(True for _ in clause.find_all(exp.Unnest, exp.Anonymous))
        return {*([MOVES] if moves else []), *([FUNCTION] if from_function else [])}
    columns = [item.name for item in change.this.expressions] if isinstance(change.this, exp.Schema) else []
    conflict = change.args.get("conflict")
    keys = [item.name for item in conflict.args.get("conflict_keys") or []] if conflict else [COLUMN]
    return {*([COLUMNLESS] if COLUMN not in columns else []), *([CONFLICT] if COLUMN not in keys else [])}


def _joins_badly(select: exp.Select) -> bool:
    joined = [name for name in _sources(select) if is_distributed(name)]
    if len(joined) <= 1:
        return False
    equals = [equal for equal in select.find_all(exp.EQ) if {equal.this.name, equal.expression.name} == {COLUMN}]
    return len(equals) < len(joined) - 1


def written() -> Iterator[tuple[str, str]]:
    """Yield every statement that stands in the program as it is sent."""
    of_subjects = {sql for subject in SUBJECTS for sql in (subject.read, subject.write)}
    for path in sorted(_ANALYTICS.rglob("*.py")):
        module = ast.parse(path.read_text())
        names = {
            id(node.value): node.target.id
            for node in ast.walk(module)
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        }
        parts = {id(part) for node in ast.walk(module) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(module):
            sql = node.value if isinstance(node, ast.Constant) and id(node) not in parts else None
            if isinstance(sql, str) and _SQL.match(sql) and sql not in of_subjects:
                yield f"{path.relative_to(_ANALYTICS)} {names.get(id(node), '')}", sql
    for subject in SUBJECTS:
        yield f"reclassification {subject.name} read", subject.read
        yield f"reclassification {subject.name} write", subject.write


def generated() -> Iterator[tuple[str, str]]:
    """Yield statements of every kind of report, and of lists of clicks."""
    for number, selection in enumerate(_selections()):
        # What is selected and what is asked for are written apart, so not every pair is needed.
        for report in _reports() if number == 0 else _few_reports():
            # More minutes are too many.
            end = _START + timedelta(hours=5) if report.bucket is Bucket.MINUTE else _END
            starts = bucket_starts(report.bucket, _START, end, UTC)
            for raw in (False, True):
                plan = plan_of(report, selection.filters, _START, end, starts, raw=raw or selection.has_orphans)
                sql, _ = ReportSql(selection=selection, report=report, plan=plan).build()
                yield f"selection {number} {report} {raw}", sql
        cursor = Cursor(time=_START, source=_UUID, sequence=1)
        for after in (None, cursor):
            yield f"selection {number} list", click_list._statement(selection, limit=5, after=after, skip=0)[0]  # noqa: SLF001
        yield f"selection {number} bound", bound_sql(selection, last=True)[0]
        yield f"selection {number} sums", summed_bounds_sql(selection, _END)[0]


def _selections() -> Iterator[Selection]:
    domain = Filter(dimension=Dimension.DOMAIN, values=frozenset({"lm.example"}))
    links = Filter(dimension=Dimension.LINK, values=frozenset({"1", "2"}))
    country = Filter(dimension=Dimension.COUNTRY, values=frozenset({"DE"}), negated=True, prefix=True)
    for audience in (Audience(owner_id=1), Audience(link_id=1), Audience(owner_id=1, sees_installation=True)):
        for filters in ((), (links,), (domain,), (domain, country)):
            for with_orphans in (False, True):
                yield Selection(audience=audience, filters=filters, start=_START, end=_END, with_orphans=with_orphans)
        yield Selection(audience=audience, start=_START, end=_END, excluded=(Span(start=_START),))


def _reports() -> Iterator[Report]:
    for dimension, metric in itertools.product((None, *Dimension), Metric):
        yield Report(dimensions=(dimension,) if dimension else (), metrics=(metric,))
    for bucket in Bucket:
        yield Report(dimensions=(Dimension.COUNTRY,), bucket=bucket, metrics=tuple(Metric))
        yield Report(bucket=bucket)
    yield Report(dimensions=(Dimension.COUNTRY, Dimension.OS), bucket=Bucket.DAY, order=Order.TIME_DESCENDING)


def _few_reports() -> Iterator[Report]:
    yield Report()
    yield Report(dimensions=(Dimension.LINK,), metrics=(Metric.CLICKS, Metric.VISITORS))
    yield Report(dimensions=(Dimension.COUNTRY,), bucket=Bucket.DAY)


def test_every_statement_suits_citus() -> None:
    """No statement needs what Citus cannot do, but for the few that are known and documented."""
    found = {name: faults(sql) for name, sql in written()}
    assert len(found) > 20
    assert {name: what for name, what in found.items() if what} == NOT_ON_CITUS


def test_every_query_suits_citus() -> None:
    """Reports, lists and bounds, in every combination of what they are made of."""
    seen: dict[str, str] = {}
    for name, sql in generated():
        # Placeholders differ between statements that are alike.
        seen.setdefault(re.sub(r"\$\d+", "$1", sql), name)
    assert len(seen) > 150
    assert {name: faults(sql) for sql, name in seen.items() if faults(sql)} == {}


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("SELECT link_id FROM clicks WHERE owner_id = $1 FOR UPDATE", LOCKS),
        ("DELETE FROM totals WHERE ctid = $1", PLACE),
        ("UPDATE totals SET link_id = $1 WHERE owner_id = $2", MOVES),
        ("UPDATE clicks SET is_bot = x.b FROM unnest($1::boolean[]) AS x (b) WHERE clicks.is_bot = x.b", FUNCTION),
        ("INSERT INTO daily (day) VALUES ($1)", COLUMNLESS),
        ("INSERT INTO daily (link_id, day) VALUES ($1, $2) ON CONFLICT (day) DO NOTHING", CONFLICT),
        ("SELECT 1 FROM clicks JOIN daily ON clicks.owner_id = daily.owner_id", JOIN),
        ("SELECT owner_id, country FROM clicks GROUP BY CUBE (owner_id, country)", CONSTRUCT),
    ],
)
def test_the_rules_notice_what_they_are_for(sql: str, fault: str) -> None:
    """Each rule refuses the statement that it is there to refuse."""
    assert fault in faults(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT link_id FROM clicks WHERE link_id = $1 FOR UPDATE",
        "SELECT 1 FROM clicks JOIN daily ON clicks.link_id = daily.link_id",
        "DELETE FROM orphans WHERE ctid = $1",
    ],
)
def test_the_rules_let_pass_what_citus_can_do(sql: str) -> None:
    """One node, one link, or a table that is not distributed."""
    assert faults(sql) == set()
