"""Random clicks, and random questions about them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from services.analytics.domain.buckets import Bucket
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience, Filter, Metric, Order, Query, Report, Span
from tests.store.analytics.naive_count import FIELDS
from tests.support.clicks import OWNER, random_clicks

START = datetime(2025, 1, 20, 5, 17, 3, tzinfo=UTC)
SPAN = timedelta(days=400)
NOW = START + SPAN + timedelta(days=1)
CLICKS = [
    replace(item, domain=f"own{item.link_id}.example" if number % 3 else "main.example")
    for number, item in enumerate(random_clicks(7, 1500, START, SPAN))
]
ZONES = ["UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe",
         "America/Sao_Paulo", "Pacific/Chatham", "Africa/Casablanca", "+05:37", "-03:30"]  # fmt: skip


def values_of(dimension: Dimension) -> list[str]:
    return [*sorted({FIELDS[dimension](item) for item in CLICKS}), *([] if dimension is Dimension.LINK else ["never"])]


@st.composite
def filters(draw: st.DrawFn) -> tuple[Filter, ...]:
    dimensions = draw(st.lists(st.sampled_from(
        [Dimension.LINK, Dimension.IS_BOT, Dimension.COUNTRY, Dimension.CITY, Dimension.SCHEME, Dimension.DOMAIN,
         Dimension.REFERRER_HOST]
    ), max_size=2))  # fmt: skip
    return tuple(draw(filter_on(dimension)) for dimension in dimensions)


@st.composite
def filter_on(draw: st.DrawFn, dimension: Dimension) -> Filter:
    values = draw(st.lists(st.sampled_from(values_of(dimension)), min_size=1, max_size=2))
    part = draw(st.sampled_from(["", "", "prefix", "contains"]))
    return Filter(
        dimension=dimension,
        values=frozenset(_part_of(value, part) for value in values),
        negated=draw(st.booleans()),
        prefix=part == "prefix",
        contains=part == "contains",
    )


def _part_of(value: str, part: str) -> str:
    """Return what is looked for: a value, its beginning, or a piece of it in another case."""
    if part == "prefix":
        return value[:1]
    return value[-2:].swapcase() if part == "contains" else value


def metric_lists() -> st.SearchStrategy[tuple[Metric, ...]]:
    sums = [Metric.CLICKS, Metric.HUMAN_CLICKS]
    return st.one_of(
        st.lists(st.sampled_from(sums), min_size=1, max_size=2, unique=True),
        st.lists(st.sampled_from(Metric), min_size=1, max_size=3, unique=True),
    ).map(tuple)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    bucket = draw(st.sampled_from([Bucket.NONE, Bucket.HOUR, Bucket.DAY, Bucket.WEEK, Bucket.MONTH]))
    orders = list(Order) if bucket else [Order.DEFAULT, Order.METRIC_DESCENDING]
    return Report(
        dimensions=tuple(draw(st.lists(st.sampled_from(Dimension), max_size=draw(st.integers(0, 2)), unique=True))),
        bucket=bucket,
        metrics=draw(metric_lists()),
        limit=draw(st.sampled_from([0, 0, 1, 3, 500, 10_000])),
        order=draw(st.sampled_from(orders)),
        skip=draw(st.sampled_from([0, 0, 1, 5])),
        # Most reports share the query's clicks, which are read together.
        filters=draw(st.one_of(st.just(()), filters())),
    )


def moments() -> st.SearchStrategy[datetime]:
    """Draw ends of intervals: anywhere, and on borders of days, quarters and minutes."""
    spread = st.integers(-86_400, int(SPAN.total_seconds()) + 86_400)
    steps = st.sampled_from([1, 60, 900, 3600, 86_400])
    return st.tuples(spread, steps).map(
        lambda pair: datetime.fromtimestamp((START.timestamp() + pair[0]) // pair[1] * pair[1], UTC)
    )


@st.composite
def reports_from_sums(draw: st.DrawFn) -> tuple[Report, tuple[Filter, ...]]:
    """Draw reports that sums can answer, with conditions that they can."""
    dimension = draw(st.sampled_from(Dimension))
    own = st.sampled_from([Dimension.LINK, Dimension.IS_BOT, dimension])
    report = Report(
        dimensions=draw(
            st.sampled_from(
                [(), (dimension,), (dimension,), (Dimension.LINK, dimension)][: 3 if dimension is Dimension.LINK else 4]
            )
        ),
        bucket=draw(st.sampled_from([Bucket.NONE, Bucket.DAY, Bucket.WEEK, Bucket.MONTH])),
        metrics=draw(
            st.sampled_from(
                [
                    (Metric.CLICKS,),
                    (Metric.HUMAN_CLICKS, Metric.CLICKS),
                    (Metric.LAST_CLICK_TIME, Metric.CLICKS, Metric.FIRST_CLICK_TIME),
                ]
            )
        ),
        limit=draw(st.sampled_from([0, 2, 10_000])),
        skip=draw(st.sampled_from([0, 0, 1])),
    )
    return report, tuple(draw(filter_on(each)) for each in draw(st.lists(own, max_size=2)))


def spans(one: datetime, other: datetime) -> tuple[Span, ...]:
    """Part time into an open span that ends early and one between two moments."""
    return (Span(end=START + timedelta(days=3)), Span(start=min(one, other), end=max(one, other)))


@st.composite
def queries(draw: st.DrawFn) -> Query:
    start, end = sorted([draw(moments()), draw(moments())])
    return Query(
        audience=draw(st.sampled_from([Audience(owner_id=OWNER), Audience(owner_id=12), Audience(link_id=3)])),
        filters=draw(filters()),
        start=draw(st.sampled_from([start, None])),
        end=draw(st.sampled_from([end, None])),
        excluded=draw(st.sampled_from([(), (), spans(draw(moments()), draw(moments()))])),
        time_zone=draw(st.sampled_from(ZONES)),
        reports=tuple(draw(st.lists(reports(), min_size=1, max_size=3))),
    )
