"""Routes of the dashboard: Envoy reads its files when it starts, and serves them itself.

Its address is of the page's making: whatever stands behind /dashboard, the same index.html is the answer and shows it.
Everything that this page loads has a hash of its content in its name, and may be kept for ever.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]

BASE: Final = "/dashboard"
INDEX: Final = "index.html"
# Where `make .state/dashboard` puts the files.
SITE: Final = Path(__file__).resolve().parents[2] / "gen" / "dashboard" / "site"

# Nothing of other hosts, and nothing inline: not even what somebody manages to put into the page would run.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_EVERY: Final = {"x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin"}
_PAGE: Final = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "same-origin",
    # A newer version is there with the next look; what it loads has other names.
    "cache-control": "no-cache",
}
_ASSET: Final = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
_COMPRESSED: Final = ".gz"
_IS_READING: Final[Json] = {"name": ":method", "string_match": {"safe_regex": {"regex": "GET|HEAD"}}}
_TAKES_GZIP: Final[list[Json]] = [
    {"name": "accept-encoding", "string_match": {"contains": "gzip", "ignore_case": True}},
    {
        "name": "accept-encoding",
        "string_match": {"safe_regex": {"regex": r"(?i).*gzip\s*;\s*q=0(?:\.0*)?\s*(?:,.*)?"}},
        "invert_match": True,
    },
]


def dashboard_routes(folder: Path | None) -> Iterator[Json]:
    """Yield the routes of the dashboard that was built into a folder; without one there are none.

    Raise FileNotFoundError when the folder holds no dashboard, ValueError when a file has a type that is not known.
    Conditions on headers are looked at before the path, so those that all have in common stand in a route of their own.
    """
    if folder is None:
        return
    index = folder / INDEX
    if not index.is_file():
        raise FileNotFoundError(f"there is no dashboard at {folder}: it has no {INDEX}")
    yield {
        "match": {"path_separated_prefix": BASE, "headers": [_IS_READING | {"invert_match": True}]},
        "direct_response": {"status": 405},
        "response_headers_to_add": [_header("allow", "GET, HEAD")],
    }
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != index)
    for file in files:
        if file.suffix != _COMPRESSED:
            yield from _asset(folder, file)
    # Of a version that was here before: a page in place of a script would only confuse.
    for name in sorted({file.relative_to(folder).parts[0] for file in files if file.parent != folder}):
        yield {"match": {"path_separated_prefix": f"{BASE}/{name}"}, "direct_response": {"status": 404}}
    yield _file({"path_separated_prefix": BASE}, index, _PAGE)


def _asset(folder: Path, file: Path) -> Iterator[Json]:
    if file.suffix not in _TYPES:
        raise ValueError(f"{file}: what type has this?")
    match = {"path": f"{BASE}/{file.relative_to(folder).as_posix()}"}
    headers = _ASSET | {"content-type": _TYPES[file.suffix]}
    compressed = file.with_name(file.name + _COMPRESSED)
    if compressed.exists():
        yield _file(match | {"headers": _TAKES_GZIP}, compressed, headers | {"content-encoding": "gzip"})
    yield _file(match, file, headers)


def _file(match: Json, file: Path, headers: dict[str, str]) -> Json:
    return {
        "match": match,
        "direct_response": {"status": 200, "body": {"filename": str(file)}},
        "response_headers_to_add": [_header(name, value) for name, value in (_EVERY | headers).items()],
    }


def _header(name: str, value: str) -> Json:
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
