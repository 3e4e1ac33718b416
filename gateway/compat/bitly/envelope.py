"""The body of every response: data, status_code and status_txt as JSON, JSONP or XML, or the one value as text."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol
from xml.sax.saxutils import escape

from google.api.httpbody_pb2 import HttpBody

from gateway.compat.bitly.errors import Failure, invalid

Data = Mapping[str, object] | Sequence[object] | str | int | float | bool | None
# An object in a body: names and values.
Row = dict[str, object]

_CALLBACK: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*(?:\.[A-Za-z_$][A-Za-z0-9_$]*)*")
_LONGEST_CALLBACK: Final = 128
# What XML 1.0 cannot hold, not even escaped.
_NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Items of these lists have names of their own; those of others repeat the name of the list.
_ITEM_NAMES: Final = {"expand": "entry", "entries": "entry"}


class Format(StrEnum):
    """How a body is written."""

    JSON = "json"
    XML = "xml"
    TXT = "txt"


@dataclass(frozen=True, slots=True)
class Style:
    """The format of a response, and the function that JSONP calls; without callback it is no JSONP."""

    format: Format = Format.JSON
    callback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a call that went well, or nearly, returns."""

    data: Data
    # The same as text, for calls that have one value.
    text: str | None = None
    status_code: int = 200
    status_txt: str = "OK"


@dataclass(frozen=True, slots=True)
class Body:
    """A body and the HTTP status that it is sent with."""

    http_status: int
    body: HttpBody


class ByName(dict[str, Sequence[Mapping[str, object]]]):
    """An object whose names are data, for instance sites; XML writes them as texts, since not all can be tags."""


class Request(Protocol):
    """What the format of a response depends on; every request message has it."""

    format: str
    callback: str


def style_of(request: Request, *, has_text: bool) -> Style:
    """Return the style that a request asks for; has_text says that the call has one value, so that it can be text.

    Raises Failure: INVALID_FORMAT for a format that the call does not have, INVALID_ARG_CALLBACK for what names no
    function.
    """
    try:
        chosen = Format(request.format.strip().lower() or Format.JSON)
    except ValueError:
        raise Failure("INVALID_FORMAT") from None
    if request.callback and not is_callback(request.callback):
        raise invalid("callback")
    if chosen is Format.TXT and not has_text:
        raise Failure("INVALID_FORMAT")
    return Style(chosen, request.callback)


def is_callback(name: str) -> bool:
    """Return whether a text is the name of a JavaScript function, dotted perhaps, of at most 128 characters."""
    return len(name) <= _LONGEST_CALLBACK and _CALLBACK.fullmatch(name) is not None


def style_of_failure(request: Request) -> Style:
    """Return the style of a failure's response; a wrong format or callback in the request counts as none."""
    asked = request.format.strip().lower()
    chosen = Format(asked) if asked in set(Format) else Format.JSON
    return Style(chosen, request.callback if is_callback(request.callback) else "")


def succeeded(result: Result, style: Style) -> Body:
    """Return the body of a result."""
    if style.format is Format.TXT and result.text is not None:
        return Body(result.status_code, _body("text/plain", result.text + "\n"))
    return _enveloped(result.data, result.status_code, result.status_txt, style)


def failed(failure: Failure, style: Style) -> Body:
    """Return the body of a failure; as text alone its status_code is the HTTP status, else that is 200."""
    if style.format is Format.TXT:
        return Body(failure.status_code, _body("text/plain", failure.status_txt))
    return _enveloped(None, failure.status_code, failure.status_txt, style)


def _enveloped(data: Data, status_code: int, status_txt: str, style: Style) -> Body:
    if style.format is Format.XML:
        children = {"status_code": status_code, "status_txt": status_txt, "data": data}
        text = '<?xml version="1.0" encoding="utf-8"?>\n' + "".join(_elements("response", children))
        return Body(200, _body("text/xml", text))
    # Sorted, as in the documents. ASCII only, so that no line separator of JavaScript is in it.
    text = json.dumps({"data": data, "status_code": status_code, "status_txt": status_txt}, sort_keys=True)
    if style.callback:
        return Body(200, _body("application/javascript", f"{style.callback}({text})"))
    return Body(200, _body("application/json", text))


def _body(kind: str, text: str) -> HttpBody:
    return HttpBody(content_type=f"{kind}; charset=utf-8", data=text.encode())


def _elements(name: str, value: object) -> Iterator[str]:
    """Write a value as elements of this name: one, or for a list one an item."""
    if isinstance(value, ByName):
        for key, items in value.items():
            yield from _elements(name, {"domain": key, "referrer": items})
    elif isinstance(value, Mapping):
        inner = "".join(piece for key, child in value.items() for piece in _elements(key, child))
        yield f"<{name}>{inner}</{name}>"
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield from _items(name, value)
    else:
        yield f"<{name}>{_scalar(value)}</{name}>"


def _items(name: str, values: Sequence[object]) -> Iterator[str]:
    item_name = _ITEM_NAMES.get(name, name)
    for value in values:
        yield from _elements(item_name, value)


def _scalar(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(_NOT_IN_XML.sub("", str(value)))
