"""What may be asked of the clicks: the one query language behind every surface."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import IntEnum
from typing import Final, NamedTuple

from services.analytics.domain.buckets import Bucket
from services.analytics.domain.classes import DEFINITION
from services.analytics.domain.dimensions import Dimension
from services.common.errors import InvalidArgument
from services.common.time_zones import zone_named

COUNT_DEFINITION: Final = str(DEFINITION)
MOST_REPORTS: Final = 20
MOST_DIMENSIONS: Final = 4
MOST_FILTERS: Final = 50
MOST_VALUES: Final = 10_000
MOST_EXCLUDED: Final = 100
MOST_ROWS: Final = 10_000
MOST_SKIPPED: Final = 100_000
DEFAULT_ROWS: Final = 100
# Outside these years the calendars of time zones are guesses.
_YEARS: Final = range(1900, 2200)


class Metric(IntEnum):
    """What is counted; the numbers are the contract's."""

    CLICKS = 1
    HUMAN_CLICKS = 2
    VISITORS = 3
    HUMAN_VISITORS = 4
    MEAN_LATENCY = 5
    LAST_CLICK_TIME = 6
    FIRST_CLICK_TIME = 7


class Order(IntEnum):
    """Order of a report's rows; the numbers are the contract's."""

    DEFAULT = 0
    METRIC_DESCENDING = 1
    TIME_ASCENDING = 2
    TIME_DESCENDING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whose clicks may be seen: those of an owner's links, or of one link."""

    owner_id: int = 0
    link_id: int = 0
    # True for administrators: orphan visits on the installation's own domains are theirs to see.
    sees_installation: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for an audience that would see everybody's clicks."""
        if self.owner_id <= 0 and self.link_id <= 0:
            raise ValueError("an audience needs an owner or a link")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A click passes when its value is one of these; with negated, none of them.

    prefix: it begins with one of these; contains: one of these is anywhere in it, in whichever case.
    """

    dimension: Dimension
    values: frozenset[str]
    negated: bool = False
    prefix: bool = False
    contains: bool = False

    def __post_init__(self) -> None:
        """Raise InvalidArgument for nonsense."""
        if not self.values:
            raise InvalidArgument("filters.values", "at least one value is required")
        if len(self.values) > MOST_VALUES:
            raise InvalidArgument("filters.values", f"at most {MOST_VALUES} values are allowed")
        if any("\0" in value for value in self.values):
            raise InvalidArgument("filters.values", "a value must not contain the character NUL")
        if self.dimension is Dimension.LINK and not all(_is_link_id(value) for value in self.values):
            raise InvalidArgument("filters.values", "a link is named by its id, a positive whole number")
        if self.prefix and self.contains:
            raise InvalidArgument("filters.contains", "cannot be combined with prefix")

    @property
    def is_whole(self) -> bool:
        """True when whole values are compared, not parts of them."""
        return not (self.prefix or self.contains)

    def passes(self, value: str) -> bool:
        """Return whether a value passes."""
        if self.contains:
            folded = in_lower_case(value)
            return any(in_lower_case(each) in folded for each in self.values) is not self.negated
        matches = value.startswith(tuple(self.values)) if self.prefix else value in self.values
        return matches is not self.negated


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of time, start included, end not; an absent end is open."""

    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        """Raise InvalidArgument for nonsense."""
        check_interval(self.start, self.end, "excluded_intervals")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One table of numbers."""

    dimensions: tuple[Dimension, ...] = ()
    bucket: Bucket = Bucket.NONE
    metrics: tuple[Metric, ...] = (Metric.CLICKS,)
    limit: int = 0
    order: Order = Order.DEFAULT
    filters: tuple[Filter, ...] = ()
    # Rows at the beginning that are left out.
    skip: int = 0
    # True when it is not counted over the comparison.
    without_comparison: bool = False

    def __post_init__(self) -> None:
        """Raise InvalidArgument for nonsense."""
        if len(self.dimensions) > MOST_DIMENSIONS:
            raise InvalidArgument("reports.dimensions", f"at most {MOST_DIMENSIONS} dimensions are allowed")
        if len(set(self.dimensions)) < len(self.dimensions):
            raise InvalidArgument("reports.dimensions", "a dimension is named twice")
        if not self.metrics or len(set(self.metrics)) < len(self.metrics):
            raise InvalidArgument("reports.metrics", "metrics must be named once each")
        if not 0 <= self.limit <= MOST_ROWS:
            raise InvalidArgument("reports.limit", f"must be from 1 to {MOST_ROWS}")
        if not 0 <= self.skip <= MOST_SKIPPED:
            raise InvalidArgument("reports.skip", f"must be from 0 to {MOST_SKIPPED}")
        if self.bucket is Bucket.NONE and self.order in {Order.TIME_ASCENDING, Order.TIME_DESCENDING}:
            raise InvalidArgument("reports.order", "an order by time needs a bucket")

    @property
    def rows(self) -> int:
        """The most rows that the result has."""
        return self.limit or (DEFAULT_ROWS if self.dimensions else MOST_ROWS)

    @property
    def window(self) -> slice:
        """Which rows the result has, of all of them in their order."""
        return slice(self.skip, self.skip + self.rows)

    @property
    def effective_order(self) -> Order:
        """The order that the default stands for."""
        if self.order is not Order.DEFAULT:
            return self.order
        return Order.METRIC_DESCENDING if self.bucket is Bucket.NONE else Order.TIME_ASCENDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Reports over the same clicks. An absent start is the first click's time, an absent end is now."""

    audience: Audience
    reports: tuple[Report, ...]
    filters: tuple[Filter, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    excluded: tuple[Span, ...] = ()
    with_orphans: bool = False
    time_zone: str = "UTC"
    # What is compared with; both of its ends are given.
    comparison: Span | None = None

    def __post_init__(self) -> None:
        """Raise InvalidArgument for nonsense."""
        if not 1 <= len(self.reports) <= MOST_REPORTS:
            raise InvalidArgument("reports", f"from 1 to {MOST_REPORTS} reports are required")
        if any(len(self.filters) + len(report.filters) > MOST_FILTERS for report in self.reports):
            raise InvalidArgument("filters", f"at most {MOST_FILTERS} filters are allowed")
        check_excluded(self.excluded)
        check_interval(self.start, self.end)
        if zone_named(self.time_zone) is None:
            raise InvalidArgument("time_zone", "neither an IANA name nor an offset like +05:30")
        if self.comparison is not None and (self.comparison.start is None or self.comparison.end is None):
            raise InvalidArgument("comparison_interval", "needs both of its ends")

    @property
    def zone(self) -> tzinfo:
        """The zone that buckets follow."""
        zone = zone_named(self.time_zone)
        assert zone is not None, "checked by the constructor"  # noqa: S101
        return zone


# Ten thousand of each may go from one process to another: tuples take half the time of other objects.
class Value(NamedTuple):
    """The value of a dimension in a row; detail tells cities of one name apart."""

    text: str
    detail: str = ""


class Row(NamedTuple):
    """One row of numbers."""

    values: tuple[Value, ...]
    bucket_start: datetime | None
    metrics: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryResult:
    """The rows of every report, in the order of the query, and the interval that was counted."""

    results: tuple[tuple[Row, ...], ...]
    start: datetime | None
    end: datetime
    first_click_time: datetime | None
    last_click_time: datetime | None
    # Raw clicks before are gone; None: none are.
    raw_since: datetime | None = None
    # The rows of every report over what is compared with; empty without that.
    comparison: tuple[tuple[Row, ...], ...] = ()


def in_lower_case(text: str) -> str:
    """Return text with each character in lower case, as DuckDB's lower() has it: one for one, wherever it stands."""
    return "".join("i" if character == "İ" else character.lower() for character in text)


def check_interval(start: datetime | None, end: datetime | None, field: str = "interval") -> None:
    """Raise InvalidArgument for an interval that ends before it starts or lies beyond the calendars."""
    for moment in (start, end):
        if moment is not None and moment.year not in _YEARS:
            raise InvalidArgument(field, f"must lie in the years {_YEARS.start} to {_YEARS.stop - 1}")
    if start is not None and end is not None and end < start:
        raise InvalidArgument(field, "must not end before it starts")


def check_excluded(excluded: tuple[Span, ...]) -> None:
    """Raise InvalidArgument for more than MOST_EXCLUDED exclusions."""
    if len(excluded) > MOST_EXCLUDED:
        raise InvalidArgument("excluded_intervals", f"at most {MOST_EXCLUDED} intervals are allowed")


def _is_link_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and 0 < int(value) < 2**63
