"""Calls that arrive as forms: parameters in the body or the query become a request message."""

import json
import re
from typing import Any, Final

from google.api import annotations_pb2
from google.api.httpbody_pb2 import HttpBody
from google.protobuf import message_factory
from google.protobuf.message import Message

from gateway.compat.bitly.errors import Failure, invalid
from gateway.compat.shared import forms, http_metadata
from gateway.compat.shared.http_metadata import Context
from linkmeter.compat.bitly.v3 import bitly_pb2

_PREFIX: Final = "/v3/"
_MOST_FIELDS: Final = 200
# PHP and others mark parameters with several values so: hash[] and hash[0].
_LIST_INDEX: Final = re.compile(r"\[[0-9]*\]$")

Parameters = dict[str, list[str]]


def _calls() -> dict[str, tuple[str, type[Message]]]:
    """Return name and request message of each method that has a path of its own, by that path."""
    service: Any = bitly_pb2.DESCRIPTOR.services_by_name["BitlyService"]
    paths = {method: method.GetOptions().Extensions[annotations_pb2.http].get for method in service.methods}
    return {
        path.removeprefix(_PREFIX): (method.name, message_factory.GetMessageClass(method.input_type))
        for method, path in paths.items()
        if path
    }


CALLS: Final = _calls()
_NAMES: Final = frozenset(field.json_name for _, kind in CALLS.values() for field in kind.DESCRIPTOR.fields)


def parameters(form: HttpBody, context: Context) -> Parameters:
    """Return the parameters of the query, and then those of the form, which may be JSON, too.

    Raises Failure, INVALID_ARG_ and the parameter or REQUEST, for what cannot be read and for more than 200 fields.
    """
    try:
        query = forms.urlencoded(http_metadata.original_query(context).encode(), most_fields=_MOST_FIELDS)
        pairs = _json(form.data) if _is_json(form) else forms.read(form, most_fields=_MOST_FIELDS)
    except forms.UnreadableForm as problem:
        raise _unreadable(problem) from None
    return _by_name([*query, *((_LIST_INDEX.sub("", name), value) for name, value in pairs)])


def add_lists(request: Any, context: Context) -> None:
    """Add the values that the query gives as lists, hash[]=…, to a request: the gateway does not know those names.

    Raises Failure as parameters() does.
    """
    query = http_metadata.original_query(context)
    if "[" not in query and "%5B" not in query.upper():
        return
    try:
        pairs = forms.urlencoded(query.encode(), most_fields=_MOST_FIELDS)
    except forms.UnreadableForm as problem:
        raise _unreadable(problem) from None
    found = _by_name([(_LIST_INDEX.sub("", name), value) for name, value in pairs if _LIST_INDEX.search(name)])
    for field in request.DESCRIPTOR.fields:
        if field.is_repeated:
            getattr(request, field.name).extend(_values(found, field.json_name, field.name))


def first(found: Parameters, name: str) -> str:
    """Return the first value of a parameter; empty when it is not given."""
    return next(iter(found.get(name, ())), "")


def message(kind: type[Message], found: Parameters) -> Message:
    """Return a request message with these parameters; those that it does not know are passed over, as in a query."""
    filled = kind()
    for field in kind.DESCRIPTOR.fields:
        values = _values(found, field.json_name, field.name)
        if field.is_repeated:
            getattr(filled, field.name).extend(values)
        elif values:
            setattr(filled, field.name, values[-1])
    return filled


def _by_name(pairs: forms.Pairs) -> Parameters:
    found: Parameters = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _values(found: Parameters, *names: str) -> list[str]:
    return [value for name in dict.fromkeys(names) for value in found.get(name, ())]


def _unreadable(problem: forms.UnreadableForm) -> Failure:
    return invalid(problem.field if problem.field in _NAMES else "request")


def _is_json(form: HttpBody) -> bool:
    return str(form.content_type).lower().startswith("application/json")


def _json(data: bytes) -> forms.Pairs:
    """Read an object of parameters; a list gives a parameter several values."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise forms.UnreadableForm from None
    if not isinstance(content, dict) or len(content) > _MOST_FIELDS:
        raise forms.UnreadableForm
    return [
        (forms.checked(name), forms.checked(_text(value), field=name))
        for name, values in content.items()
        for value in (values if isinstance(values, list) else [values])
        if value is not None
    ]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise forms.UnreadableForm
