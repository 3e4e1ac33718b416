"""Routes of the generated documentation: Envoy reads the files when it starts, and serves them itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gateway.openapi.files import DOCUMENT_NAME, PAGE_NAME
from gateway.openapi.page import CONTENT_SECURITY_POLICY

Json = dict[str, Any]


def page_routes(folder: Path) -> Iterator[Json]:
    """Yield the routes of /openapi.json and /docs."""
    yield from _file("/openapi.json", folder / DOCUMENT_NAME, {"content-type": "application/json"})
    page = {"content-type": "text/html; charset=utf-8", "content-security-policy": CONTENT_SECURITY_POLICY}
    yield from _file("/docs", folder / PAGE_NAME, page)


def _file(path: str, file: Path, headers: dict[str, str]) -> Iterator[Json]:
    every = {
        "x-content-type-options": "nosniff",
        "cache-control": "public, max-age=300",
        "referrer-policy": "no-referrer",
    }
    reading = {"headers": [{"name": ":method", "string_match": {"safe_regex": {"regex": "GET|HEAD"}}}]}
    yield {
        "match": {"path": path} | reading,
        "direct_response": {"status": 200, "body": {"filename": str(file)}},
        "response_headers_to_add": [_header(name, value) for name, value in (every | headers).items()],
    }
    yield {
        "match": {"path": path},
        "direct_response": {"status": 405},
        "response_headers_to_add": [_header("allow", "GET, HEAD")],
    }


def _header(name: str, value: str) -> Json:
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
