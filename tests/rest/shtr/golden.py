"""Golden files: a request, and the whole answer that it must get."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

_FOLDER = Path(__file__).resolve().parent / "golden"
_PNG = b"\x89PNG\r\n\x1a\n"
_HEADER_FORMS = {
    "date": (re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"), "<date>"),
    "x-request-id": (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<id>"),
    "content-length": (re.compile(r"\d+"), "<length>"),
}
_COOKIE = re.compile(r"=\d+\.[\w-]{43}; (Path=/\S+); Expires=\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT;")


@dataclass(frozen=True, slots=True)
class Golden:
    """A request and its answer; placeholders such as $code stand for what differs from run to run."""

    method: str
    path: str
    body: Any
    answer: dict[str, Any]

    @classmethod
    def load(cls, name: str) -> "Golden":
        """Read a golden file."""
        content = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        request = content["request"]
        return cls(request["method"], request["path"], request.get("body"), content["answer"])

    async def ask(self, client: httpx.AsyncClient, placeholders: Mapping[str, str]) -> httpx.Response:
        """Send the request, with placeholders filled in."""
        body = None if self.body is None else json.loads(_fill(json.dumps(self.body), placeholders))
        return await client.request(self.method, _fill(self.path, placeholders), json=body)


def seen(answer: httpx.Response, placeholders: Mapping[str, str | int]) -> dict[str, Any]:
    """Describe an answer as golden files do: each value that differs from run to run becomes its placeholder."""
    return {
        "status": answer.status_code,
        "headers": {name: _header(name, value, placeholders) for name, value in sorted(answer.headers.items())},
        "body": _body(answer.json(), placeholders),
    }


def _fill(text: str, placeholders: Mapping[str, str]) -> str:
    for placeholder, value in placeholders.items():
        text = text.replace(placeholder, value)
    return text


def _header(name: str, value: str, placeholders: Mapping[str, str | int]) -> str:
    form, placeholder = _HEADER_FORMS.get(name, (None, ""))
    if form is not None:
        assert form.fullmatch(value), f"{name}: {value}"
        return placeholder
    return _text(_COOKIE.sub(r"=<ticket>; \1; Expires=<date>;", value), placeholders)


def _body(value: Any, placeholders: Mapping[str, str | int]) -> Any:
    if isinstance(value, dict):
        return {name: _body(item, placeholders) for name, item in value.items()}
    if isinstance(value, list):
        return [_body(item, placeholders) for item in value]
    if isinstance(value, str):
        return _text(value, placeholders)
    return value


def _text(value: str, placeholders: Mapping[str, str | int]) -> str:
    kind, _, data = value.partition(",")
    if kind == "data:image/png;base64":
        assert base64.b64decode(data, validate=True).startswith(_PNG)
        return f"{kind},..."
    for placeholder, known in sorted(placeholders.items(), key=lambda item: -len(str(item[1]))):
        value = value.replace(str(known), placeholder)
    return value
