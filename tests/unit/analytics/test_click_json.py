"""Clicks as they are sent to those who watch."""

import json
from datetime import UTC, datetime, timedelta

from google.protobuf.json_format import MessageToDict

from services.analytics.convert.click_json import click_json
from services.analytics.convert.clicks import click_message, message_of_fields
from services.analytics.store.click_rows import COLUMNS, record_of
from tests.support.clicks import click, random_clicks

START = datetime(2025, 1, 20, 5, 17, 3, 250_000, tzinfo=UTC)


def test_it_is_what_protobuf_says() -> None:
    """Of each kind of field, with and without a value."""
    clicks = [*random_clicks(5, 50, START, timedelta(days=3)), click(START, code='a"\n\u2028\\é', variant="b")]
    for message in map(click_message, clicks):
        text = click_json(message)
        assert json.loads(text) == MessageToDict(message, always_print_fields_with_no_presence=True)
        assert text.isascii()
        assert text.splitlines() == [text]


def test_a_click_and_its_fields_are_one_message() -> None:
    for item in random_clicks(5, 50, START, timedelta(days=3)):
        assert message_of_fields(dict(zip(COLUMNS, record_of(item), strict=True))) == click_message(item)
