"""Linkmeter's client: short links, measured.

    from linkmeter import Client

    with Client("http://localhost:8080", api_key="lm_...") as client:
        link = client.links.create("https://example.com/a/long/page")

`AsyncClient` is the same for programs of asyncio. Importing this package imports nothing else until a name of it is
used, so that it costs nothing to who only needs a message of the contracts (`linkmeter.links.v1.links_pb2`).
"""

from importlib import import_module
from pkgutil import extend_path
from typing import Any, Final

from linkmeter.version import __version__ as __version__

# The messages of the contracts. A wheel has them in this folder; in the repository they are in gen/, on the path, too.
__path__ = extend_path(__path__, __name__)

# What users import from here, by the module that has it; __init__.pyi says the same to type checkers.
_PLACES: Final = {
    "linkmeter.analytics.v1.clicks_pb2": ("Click",),
    "linkmeter.analytics.v1.stats_service_pb2": ("Ledger", "LedgerEntry"),
    "linkmeter.client": ("AsyncClient", "Client"),
    "linkmeter.convert": ("Interval",),
    "linkmeter.errors": (
        "Aborted",
        "AlreadyExists",
        "DeadlineExceeded",
        "FailedPrecondition",
        "Internal",
        "InvalidArgument",
        "LinkmeterError",
        "NotFound",
        "PermissionDenied",
        "RateLimited",
        "Unauthenticated",
        "Unavailable",
        "Unimplemented",
    ),
    "linkmeter.links.v1.links_pb2": ("ApiKey", "Domain", "Link"),
    "linkmeter.links.v1.tag_service_pb2": ("Tag",),
    "linkmeter.paging": ("AsyncPager", "Page", "Pager"),
    "linkmeter.resources.conditions": ("Dimension", "Filter"),
    "linkmeter.resources.link_fields": ("LinkChanges", "LinkFields", "NewLink"),
    "linkmeter.resources.reports": ("Bucket", "Metric", "Report", "Row", "Table"),
    "linkmeter.watching": ("AsyncWatch", "Batch", "Watch"),
}
_PLACE_OF: Final = {name: place for place, names in _PLACES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import what a name stands for, when it is used first."""
    if name not in _PLACE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_PLACE_OF[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACE_OF})
