"""How large an answer may be, so that whatever is done can also be answered, over every protocol."""

from collections.abc import Sequence
from typing import Final, TypeVar

from google.protobuf.message import Message

from services.common.errors import InvalidArgument

# Of one answer as protobuf. The gateway takes as much as that can be in JSON.
MOST_BYTES: Final = 8 * 1024 * 1024

T = TypeVar("T", bound=Message)


def fitting(messages: Sequence[T]) -> Sequence[T]:
    """Return as many messages from the beginning as fit into an answer; at least one, if there is any."""
    total = 0
    for count, message in enumerate(messages):
        total += message.ByteSize()
        if total > MOST_BYTES and count:
            return messages[:count]
    return messages


def checked(message: T) -> T:
    """Return an answer that cannot be parted; InvalidArgument when it is larger than answers may be."""
    if message.ByteSize() > MOST_BYTES:
        raise InvalidArgument("reports.limit", f"all rows together are more than {MOST_BYTES >> 20} MiB; ask for fewer")
    return message
