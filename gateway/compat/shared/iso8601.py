"""Read moments as ISO 8601 and RFC 3339 write them."""

from datetime import datetime


def parse(text: str) -> datetime:
    """Return the moment that a text is, with letters T and Z in either case, as RFC 3339 has it.

    Raises ValueError for what is no moment.
    """
    return datetime.fromisoformat(text.upper())
