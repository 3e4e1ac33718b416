"""Read moments as ISO 8601 and RFC 3339 write them."""

from datetime import datetime


def parse(text: str) -> datetime:
    """Read a moment; ValueError when it is none. RFC 3339 takes its letters T and Z in either case."""
    return datetime.fromisoformat(text.upper())
