from linkmeter.analytics.v1.clicks_pb2 import Click
from linkmeter.analytics.v1.stats_service_pb2 import Ledger, LedgerEntry
from linkmeter.client import AsyncClient, Client
from linkmeter.convert import Interval
from linkmeter.errors import (
    Aborted,
    AlreadyExists,
    DeadlineExceeded,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    LinkmeterError,
    NotFound,
    PermissionDenied,
    RateLimited,
    Unauthenticated,
    Unavailable,
    Unimplemented,
)
from linkmeter.links.v1.links_pb2 import ApiKey, Domain, Link
from linkmeter.links.v1.tag_service_pb2 import Tag
from linkmeter.paging import AsyncPager, Page, Pager
from linkmeter.resources.conditions import Dimension, Filter
from linkmeter.resources.link_fields import LinkChanges, LinkFields, NewLink
from linkmeter.resources.reports import Bucket, Metric, Report, Row, Table
from linkmeter.version import __version__
from linkmeter.watching import AsyncWatch, Batch, Watch

__all__ = [
    "Aborted",
    "AlreadyExists",
    "ApiKey",
    "AsyncClient",
    "AsyncPager",
    "AsyncWatch",
    "Batch",
    "Bucket",
    "Click",
    "Client",
    "DeadlineExceeded",
    "Dimension",
    "Domain",
    "FailedPrecondition",
    "Filter",
    "Internal",
    "Interval",
    "InvalidArgument",
    "Ledger",
    "LedgerEntry",
    "Link",
    "LinkChanges",
    "LinkFields",
    "LinkmeterError",
    "Metric",
    "NewLink",
    "NotFound",
    "Page",
    "Pager",
    "PermissionDenied",
    "RateLimited",
    "Report",
    "Row",
    "Table",
    "Tag",
    "Unauthenticated",
    "Unavailable",
    "Unimplemented",
    "Watch",
    "__version__",
]
