"""A click on its way to watchers, converted once for all of them."""

from functools import cached_property

from linkmeter.analytics.v1 import clicks_pb2
from services.analytics.convert.click_json import click_json
from services.analytics.convert.clicks import message_of_fields
from services.analytics.domain.click import ClickFields


class StoredClick:
    """A click, as a message and as JSON."""

    def __init__(self, fields: ClickFields) -> None:
        self.fields = fields

    @cached_property
    def message(self) -> clicks_pb2.Click:
        """The message; not to be changed, for it is everybody's."""
        return message_of_fields(self.fields)

    @cached_property
    def size(self) -> int:
        """The message's size in bytes."""
        return self.message.ByteSize()

    @cached_property
    def json(self) -> str:
        """The message as JSON."""
        return click_json(self.message)
