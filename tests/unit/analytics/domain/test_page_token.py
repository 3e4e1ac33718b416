"""Page tokens are good for one request only."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.analytics.domain.page_token import Cursor, PageTokens
from services.common.errors import InvalidArgument

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_page_tokens_come_back_and_nothing_else_is_taken() -> None:
    """Bent, cut, of another selection or under another key: refused."""
    tokens, cursor = PageTokens(b"k" * 32), Cursor(NOW + timedelta(microseconds=7), uuid4(), 42)
    token = tokens.write(cursor, "all")
    assert tokens.read(token, "all") == cursor
    assert tokens.read("", "all") is None
    bent = token[:5] + ("A" if token[5] != "A" else "B") + token[6:]
    for wrong, selection, reader in [
        (bent, "all", tokens),
        (token[:-4], "all", tokens),
        (token, "some", tokens),
        (token, "all", PageTokens(b"x" * 32)),
        ("%%%", "all", tokens),
    ]:
        with pytest.raises(InvalidArgument):
            reader.read(wrong, selection)
