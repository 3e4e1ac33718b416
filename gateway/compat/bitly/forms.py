"""Calls that arrive as forms: parameters in the body or the query become a request message."""

from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from google.api import annotations_pb2
from google.api.httpbody_pb2 import HttpBody
from google.protobuf import message_factory
from google.protobuf.message import Message

from gateway.compat.bitly.errors import invalid
from gateway.compat.shared.http_metadata import Context
from linkmeter.compat.bitly.v3 import bitly_pb2

# Where the gateway leaves the path as it came.
_ORIGINAL_PATH_KEY: Final = "x-envoy-original-path"
_PREFIX: Final = "/v3/"
_MOST_FIELDS: Final = 200

Parameters = dict[str, list[str]]


def _calls() -> dict[str, tuple[str, type[Message]]]:
    """Answer the methods that have a path of their own, by that path: their name and what they take."""
    service: Any = bitly_pb2.DESCRIPTOR.services_by_name["BitlyService"]
    paths = {method: method.GetOptions().Extensions[annotations_pb2.http].get for method in service.methods}
    return {
        path.removeprefix(_PREFIX): (method.name, message_factory.GetMessageClass(method.input_type))
        for method, path in paths.items()
        if path
    }


CALLS: Final = _calls()


def parameters(form: HttpBody, context: Context) -> Parameters:
    """Read the parameters of the query and then those of the form."""
    found: Parameters = {}
    try:
        pairs = [
            pair
            for text in (_query(context), form.data.decode())
            for pair in parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        ]
    except ValueError:
        # Not UTF-8, or far too many.
        raise invalid("request") from None
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def first(found: Parameters, name: str) -> str:
    """Answer a parameter; empty when it is not given."""
    return next(iter(found.get(name, ())), "")


def message(kind: type[Message], found: Parameters) -> Message:
    """Fill a request message; parameters that it does not know are passed over, as in a query."""
    filled = kind()
    for field in kind.DESCRIPTOR.fields:
        values = [value for name in {field.json_name, field.name} for value in found.get(name, ())]
        if field.is_repeated:
            getattr(filled, field.name).extend(values)
        elif values:
            setattr(filled, field.name, values[-1])
    return filled


def _query(context: Context) -> str:
    for key, value in context.invocation_metadata() or ():
        if key == _ORIGINAL_PATH_KEY and isinstance(value, str):
            return urlsplit(value).query
    return ""
