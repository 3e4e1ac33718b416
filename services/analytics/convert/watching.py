"""What watchers are sent: as messages, and as Server-Sent Events."""

import json
from typing import Final

from google.api.httpbody_pb2 import HttpBody
from google.protobuf.json_format import MessageToJson

from linkmeter.analytics.v1 import click_service_pb2
from services.analytics.watching.watches import Update
from services.common.errors import LinkmeterError
from services.runtime import rpc_errors

_encode: Final = json.JSONEncoder(separators=(",", ":")).encode
EVENTS: Final = "text/event-stream"
# After an end browsers wait so long before they connect again.
_RETRY: Final = "retry: 1000\n"


def update_message(update: Update, token: str) -> click_service_pb2.WatchClicksResponse:
    """Return the message of an update; the token is its position's."""
    return click_service_pb2.WatchClicksResponse(
        clicks=[click.message for click in update.clicks],
        resume_token=token,
        caught_up=update.is_caught_up,
        polling=update.is_polling,
    )


def update_event(update: Update, token: str, *, is_first: bool) -> HttpBody:
    """Return the event of an update: its id is the token, its data the message as JSON."""
    clicks = ",".join(click.json for click in update.clicks)
    rest = _encode({"resumeToken": token, "caughtUp": update.is_caught_up, "polling": update.is_polling})
    # JSON has no line ends but escaped ones.
    event = f'{_RETRY if is_first else ""}id: {token}\ndata: {{"clicks":[{clicks}],{rest[1:]}\n\n'
    return HttpBody(content_type=EVENTS, data=event.encode())


def error_event(error: LinkmeterError) -> HttpBody:
    """Return the event of an error that ends a stream; its data is a google.rpc.Status as JSON."""
    status = MessageToJson(rpc_errors.status_of(error), indent=None)
    return HttpBody(content_type=EVENTS, data=f"event: error\ndata: {status}\n\n".encode())
