"""The documentation page: the OpenAPI document as HTML that loads and runs nothing."""

import base64
import hashlib
import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]

_CSS: Final = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
_CSS_HASH: Final = base64.b64encode(hashlib.sha256(_CSS.encode()).digest()).decode()
CONTENT_SECURITY_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_CSS_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_EXAMPLE_ADDRESS: Final = "http://localhost:8080"
_EXAMPLE_VALUES: Final = {"linkId": "1", "apiKeyId": "1", "code": "my-link", "linkCode": "my-link"}


def documentation_page(document: Json) -> str:
    """Return the page of an OpenAPI document, as HTML."""
    title = escape(f"{document['info']['title']} API")
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{_CSS}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#top">To the text</a>\n'
        f'<nav aria-label="Operations">{"".join(_navigation(document))}</nav>\n'
        f"<main>{''.join(_content(document))}</main>\n</body>\n</html>\n"
    )


def _navigation(document: Json) -> Iterator[str]:
    yield '<strong><a href="#top">Linkmeter</a></strong>'
    for tag in document["tags"]:
        yield f"<details><summary>{escape(tag['name'])}</summary><ul>"
        for verb, path, operation in _operations(document, tag["name"]):
            target = _anchor(operation["operationId"])
            yield f'<li>{_verb(verb)} <a href="#{target}">{escape(path)}</a></li>'
        yield "</ul></details>"
    yield '<ul><li><a href="#schemas">Schemas</a></li><li><a href="/openapi.json">openapi.json</a></li></ul>'


def _content(document: Json) -> Iterator[str]:
    info = document["info"]
    yield f'<h1 id="top">{escape(info["title"])} API</h1><p class="prose">{escape(info["description"])}</p>'
    yield f'<p class="soft">Version {escape(info["version"])}. '
    yield 'For programs: <a href="/openapi.json">OpenAPI 3.1</a>.</p>'
    for tag in document["tags"]:
        yield f'<h2>{escape(tag["name"])}</h2><p class="prose">{escape(tag["description"])}</p>'
        for verb, path, operation in _operations(document, tag["name"]):
            yield from _operation(verb, path, operation, document["components"]["securitySchemes"])
    yield '<h2 id="schemas">Schemas</h2>'
    for name, schema in document["components"]["schemas"].items():
        yield f'<h3 id="{_anchor(name)}">{escape(name)}</h3>{_description(schema)}{_table(_properties(schema))}'


def _operations(document: Json, tag: str) -> Iterator[tuple[str, str, Json]]:
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            if tag in operation["tags"]:
                yield verb, path, operation


def _operation(verb: str, path: str, operation: Json, schemes: Json) -> Iterator[str]:
    yield f'<h3 id="{_anchor(operation["operationId"])}">{_verb(verb)} <code>{escape(path)}</code></h3>'
    yield _description(operation)
    if operation["parameters"]:
        yield f"<h4>Parameters</h4>{_table(_parameters(operation))}"
    if "requestBody" in operation:
        yield f"<h4>Body</h4><p>{_kind(_schema_of(operation['requestBody']))}</p>"
    for status, response in operation["responses"].items():
        if "content" in response:
            yield f"<h4>Answers {escape(status)}</h4><p>{_kind(_schema_of(response))}</p>"
    yield f"<pre>{escape(_curl(verb, path, operation, schemes))}</pre>"


def _parameters(operation: Json) -> Iterator[tuple[str, str, str]]:
    for parameter in operation["parameters"]:
        place = parameter["in"] + (", required" if parameter.get("required") else "")
        kind = f'{_kind(parameter["schema"])} <span class="soft">{escape(place)}</span>'
        yield parameter["name"], kind, parameter["description"]


def _properties(schema: Json) -> Iterator[tuple[str, str, str]]:
    for name, inner in schema.get("properties", {}).items():
        notes = [note for note, key in (("output only", "readOnly"), ("input only", "writeOnly")) if inner.get(key)]
        if name in schema.get("required", ()):
            notes.append("required")
        yield name, f'{_kind(inner)} <span class="soft">{", ".join(notes)}</span>', inner.get("description", "")


def _table(rows: Iterator[tuple[str, str, str]]) -> str:
    cells = [
        f'<tr><th scope="row"><code>{escape(name)}</code><br>{kind}</th><td class="prose">{escape(comment)}</td></tr>'
        for name, kind, comment in rows
    ]
    return f"<table>{''.join(cells)}</table>" if cells else ""


def _kind(schema: Json) -> str:
    """Return in a few words what a schema allows, as HTML."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="#{_anchor(name)}">{escape(name)}</a>'
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    if "additionalProperties" in schema:
        return f"map of {_kind(schema['additionalProperties'])}"
    kind, form = schema.get("type", "anything"), schema.get("format")
    if kind == "object" and schema.get("properties"):
        return f"object with {escape(', '.join(schema['properties']))}"
    return escape(f"{kind} ({form})" if form else kind)


def _schema_of(body: Json) -> Json:
    """Return the schema of a body; where it may have several types, these hold the same."""
    schema: Json = next(iter(body["content"].values()))["schema"]
    return schema


def _curl(verb: str, path: str, operation: Json, schemes: Json) -> str:
    required = [item["name"] for item in operation["parameters"] if item["in"] == "query" and item.get("required")]
    query = [f"{name}={_EXAMPLE_VALUES.get(name, name)}" for name in required]
    headers = []
    # The first alternative is the usual one.
    for name in next(iter(operation["security"]), {}):
        scheme = schemes[name]
        if scheme["type"] == "http":
            headers.append("Authorization: Bearer YOUR_KEY")
        elif scheme["in"] == "header":
            headers.append(f"{scheme['name'].title()}: YOUR_KEY")
        else:
            query.insert(0, f"{scheme['name']}=YOUR_KEY")
    for name, value in _EXAMPLE_VALUES.items():
        path = path.replace(f"{{{name}}}", value)
    pieces = ["curl"] if verb == "get" else ["curl --head"] if verb == "head" else [f"curl -X {verb.upper()}"]
    pieces.append(f"'{_EXAMPLE_ADDRESS}{path}{'?' + '&'.join(query) if query else ''}'")
    pieces += [f"-H '{header}'" for header in headers]
    if "requestBody" in operation:
        pieces += _curl_body(operation["requestBody"]["content"])
    return " \\\n  ".join(pieces)


def _curl_body(content: Json) -> list[str]:
    body = content.get("application/json")
    if body is None:
        return ["-d 'name=value'"]
    return ["-H 'Content-Type: application/json'", f"-d '{json.dumps(body.get('example', {}))}'"]


def _description(thing: Json) -> str:
    return f'<p class="prose">{escape(thing.get("description", ""))}</p>'


def _verb(verb: str) -> str:
    return f'<span class="verb {escape(verb)}">{escape(verb.upper())}</span>'


def _anchor(name: str) -> str:
    return escape(name.replace(".", "-"))
