"""From spoo.me's calls about many links to ours."""

from dataclasses import dataclass
from typing import Final

from google.protobuf.struct_pb2 import Value

from gateway.compat.spoo import ids, values
from gateway.compat.spoo.errors import unprocessable

_MOST_IDS: Final = 100
_MOST_CLAIMS: Final = 16
_LONGEST_TOKEN: Final = 256


@dataclass(frozen=True, slots=True)
class Claim:
    """A link to take over, and the proof that the caller made it."""

    url_id: str
    # None when no link can have this id.
    link_id: int | None
    token: str


def url_ids(value: Value) -> list[str]:
    """Return the ids of a call, each once; raise Refusal, 422, unless they are 1 to 100."""
    found = list(dict.fromkeys(values.texts(value, "ids")))
    if not 1 <= len(found) <= _MOST_IDS:
        raise unprocessable("ids", f"ids must be 1 to {_MOST_IDS}")
    if any(not ids.is_id(text) for text in found):
        raise unprocessable("ids", "Invalid URL ID format")
    return found


def claims(value: Value) -> list[Claim]:
    """Return the claims of a call; raise Refusal, 422, unless they are 1 to 16."""
    items = value.list_value.values
    if value.WhichOneof("kind") != "list_value" or not 1 <= len(items) <= _MOST_CLAIMS:
        raise unprocessable("claims", f"claims must be an array of 1 to {_MOST_CLAIMS} objects")
    return [_claim(item) for item in items]


def _claim(item: Value) -> Claim:
    if item.WhichOneof("kind") != "struct_value":
        raise unprocessable("claims", "each claim must be an object")
    fields = item.struct_value.fields
    url_id = values.text(fields["url_id"], "url_id") if "url_id" in fields else ""
    # One of its clients has another name for it.
    name = "token" if "token" in fields else "claim_token"
    token = values.text(fields[name], "token") if name in fields else ""
    if not url_id or not token:
        raise unprocessable("claims", "url_id and token are required")
    if not ids.is_id(url_id):
        raise unprocessable("url_id", "Invalid URL ID format")
    return Claim(url_id, ids.number(url_id), token[: _LONGEST_TOKEN + 1])
