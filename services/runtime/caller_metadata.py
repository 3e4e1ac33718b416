"""Who calls: carried between services in one metadata key, which the gateway strips from what clients send."""

from typing import Any, Final

import grpc
from google.protobuf.message import DecodeError

from linkmeter.links.v1 import links_pb2
from services.common.caller import Caller

CALLER_KEY: Final = "x-linkmeter-caller-bin"
# Whose data a call is about, as an opaque word: the gateway sends equal ones to the same replica. It says nothing about
# what the caller may do, and nobody but the gateway reads it.
ACCOUNT_KEY: Final = "x-linkmeter-account"


def caller_of(context: grpc.aio.ServicerContext[Any, Any]) -> Caller | None:
    """Return the caller that a trusted peer vouches for; None when there is none."""
    for key, value in context.invocation_metadata() or ():
        if key == CALLER_KEY:
            try:
                message = links_pb2.Caller.FromString(value if isinstance(value, bytes) else value.encode())
            except DecodeError:
                return None
            return from_message(message)
    return None


def metadata_for(caller: Caller) -> tuple[tuple[str, bytes], ...]:
    """Return the metadata with which a service calls another on a caller's behalf."""
    return ((CALLER_KEY, to_message(caller).SerializeToString()),)


def account_of(caller: Caller) -> str:
    """Return the word for whose data a caller asks about: one for all credentials of an account, one for each link."""
    return f"owner-{caller.owner_id}" if caller.owner_id else f"link-{caller.link_id}"


def from_message(message: links_pb2.Caller) -> Caller:
    """Convert from the contract."""
    return Caller(
        owner_id=message.owner_id,
        link_id=message.link_id,
        scopes=frozenset(message.scopes),
        credential=message.credential,
    )


def to_message(caller: Caller) -> links_pb2.Caller:
    """Convert to the contract."""
    return links_pb2.Caller(
        owner_id=caller.owner_id,
        link_id=caller.link_id,
        scopes=sorted(caller.scopes),
        credential=caller.credential,
    )
