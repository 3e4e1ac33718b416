"""Codes that no link may have."""

from typing import Final

# First path segments that the gateway serves itself, also in time to come.
RESERVED: Final = frozenset(
    [
        *("api", "v1", "v3", "statistics", "links", "domains", "oauth", "auth", "stats", "export", "emoji", "metric"),
        *("result", "health", "healthz", "readyz", "docs", "openapi", "dashboard", "static", "assets", ".well-known"),
        *("robots.txt", "favicon.ico", "link_country", "link_region"),
    ]
)


def is_reserved(code: str) -> bool:
    """Say whether a code is kept for the gateway, in any letter case."""
    return code.lower() in RESERVED
