"""The OpenAPI document and the page made of it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pool, json_format, message_factory
from openapi_spec_validator import OpenAPIV31SpecValidator

from gateway.openapi.contract import Contract
from gateway.openapi.document import openapi_document
from gateway.openapi.examples import example_body
from gateway.openapi.files import write_files
from gateway.openapi.page import documentation_page
from gateway.openapi.schemas import component_name
from gateway.surfaces import SURFACES
from linkmeter.analytics.v1 import stats_service_pb2
from linkmeter.compat.shtr.v1 import shtr_pb2
from linkmeter.links.v1 import (
    api_key_service_pb2,
    domain_service_pb2,
    import_service_pb2,
    link_service_pb2,
    session_service_pb2,
    share_service_pb2,
    tag_service_pb2,
)

PUBLIC = [package for surface in SURFACES for package in surface.packages]
# Imported so that their messages can be made by name.
MODULES = (
    stats_service_pb2,
    shtr_pb2,
    api_key_service_pb2,
    domain_service_pb2,
    import_service_pb2,
    link_service_pb2,
    session_service_pb2,
    share_service_pb2,
    tag_service_pb2,
)
Json = dict[str, Any]


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract.load()


@pytest.fixture(scope="module")
def document(contract: Contract) -> Json:
    return openapi_document(contract)


def operations(document: Json) -> list[tuple[str, str, Json]]:
    return [(path, verb, operation) for path, verbs in document["paths"].items() for verb, operation in verbs.items()]


def test_the_document_is_valid(document: Json) -> None:
    """It is OpenAPI 3.1."""
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_binding_is_described(contract: Contract, document: Json) -> None:
    """There is an operation for each HTTP binding of the surfaces, and none for anything else."""
    services = [service for package in PUBLIC for service in contract.services(package)]
    bindings = sum(len(list(contract.operations(service))) for service in services)
    assert len(operations(document)) == bindings > 100


def test_every_surface_has_its_sections(document: Json) -> None:
    """The native API comes first, and no dialect is missing."""
    names = [tag["name"] for tag in document["tags"]]
    assert names[:7] == ["Links", "Tags", "API keys", "Domains", "Moving in", "Clicks", "Statistics"]
    for surface in SURFACES[1:]:
        assert [name for name in names if name.startswith(surface.title)], surface.name


def test_everything_has_words(document: Json) -> None:
    """Operations, parameters, schemas and properties say what they are."""
    for path, verb, operation in operations(document):
        assert operation["summary"], (verb, path)
        assert all(parameter["description"] for parameter in operation["parameters"]), (verb, path)
    for name, schema in document["components"]["schemas"].items():
        assert schema.get("description"), name
        for field, inner in schema.get("properties", {}).items():
            assert inner.get("description"), (name, field)


def test_operations_are_named_once(document: Json) -> None:
    """Generators of clients need distinct names."""
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("path", "verb", "alternatives"),
    [
        ("/v1/links", "get", [{"bearer": []}]),
        ("/api/shorten", "post", [{}]),
        ("/links", "post", [{"shortio_key": []}]),
        ("/api/v1/stats", "get", [{"spoo_key": []}, {}]),
        ("/v3/link/clicks", "get", [{"bitly_token": []}]),
    ],
)
def test_each_surface_says_what_credential_it_takes(
    document: Json, path: str, verb: str, alternatives: list[Json]
) -> None:
    """Security is said per operation; an empty alternative needs nothing."""
    assert document["paths"][path][verb]["security"] == alternatives


def test_json_forms_are_those_of_the_gateway(document: Json) -> None:
    """64-bit numbers are text, enums names, times RFC 3339; what is answered only is read-only."""
    link = document["components"]["schemas"]["links.Link"]
    fields = link["properties"]
    assert fields["linkId"]["type"] == "string"
    assert fields["linkId"]["readOnly"] is True
    assert fields["password"]["writeOnly"] is True
    assert fields["redirectStatus"]["type"] == "integer"
    assert fields["createTime"]["format"] == "date-time"
    assert fields["tags"] == {
        "type": "array",
        "items": {"type": "string"},
        "description": fields["tags"]["description"],
    }
    assert fields["state"]["$ref"] == "#/components/schemas/links.LinkState"
    assert "LINK_STATE_EXPIRED" in document["components"]["schemas"]["links.LinkState"]["enum"]
    assert link["required"] == ["destination"]
    ledger = document["components"]["schemas"]["analytics.LedgerEntry"]["properties"]
    assert ledger["dropped"]["additionalProperties"]["type"] == "string"


def test_an_update_requires_no_field(document: Json) -> None:
    """A patch holds what changes."""
    body = document["paths"]["/v1/links/{linkId}"]["patch"]["requestBody"]
    reference = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert "required" not in document["components"]["schemas"][reference]


def test_path_query_and_body_share_the_fields(document: Json) -> None:
    """Each field of a request is in one place."""
    patch = document["paths"]["/v1/links/{linkId}"]["patch"]
    assert [(item["name"], item["in"]) for item in patch["parameters"]] == [("linkId", "path"), ("updateMask", "query")]
    disable = document["paths"]["/v1/links/{linkId}:disable"]["post"]
    assert "requestBody" not in disable
    names = [item["name"] for item in document["paths"]["/v1/clicks"]["get"]["parameters"]]
    assert "interval.startTime" in names
    assert "filters" not in names
    lookup = document["paths"]["/v1/links:lookup"]["get"]["parameters"]
    assert [item.get("required", False) for item in lookup] == [False, True]


def test_statuses_other_than_200_are_documented(document: Json) -> None:
    """A create of shtr's answers 201; errors have the shape of their surface."""
    shorten = document["paths"]["/api/shorten"]["post"]["responses"]
    assert list(shorten) == ["201", "default"]
    assert shorten["default"]["$ref"].endswith("/shtr.Error")
    assert document["paths"]["/v1/links"]["post"]["responses"]["default"]["$ref"].endswith("/native.Error")


def test_examples_are_valid_bodies(contract: Contract) -> None:
    """What the page tells people to send is accepted by the contract."""
    assert MODULES
    seen = 0
    for package in PUBLIC:
        for service in contract.services(package):
            for operation in contract.operations(service):
                body, message = example_body(operation), operation.body_message
                if body is not None and message is not None:
                    pool = descriptor_pool.Default()
                    known = message_factory.GetMessageClass(pool.FindMessageTypeByName(message.full_name))
                    json_format.ParseDict(body, known())
                    seen += 1
    assert seen >= 10


@pytest.mark.parametrize(
    ("full_name", "name"),
    [
        ("linkmeter.links.v1.Link", "links.Link"),
        ("linkmeter.compat.shtr.v1.LinkRow", "shtr.LinkRow"),
        ("google.type.Interval", "Interval"),
    ],
)
def test_component_names_are_short_and_distinct(full_name: str, name: str) -> None:
    """Package and message, without what all have in common."""
    assert component_name(full_name) == name


def test_the_same_contracts_make_the_same_files(tmp_path: Path) -> None:
    """The files hold nothing of the moment in which they were made."""
    for name in ("one", "two"):
        write_files(tmp_path / name)
    for file in ("openapi.json", "docs.html"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    assert json.loads((tmp_path / "one" / "openapi.json").read_text())["openapi"] == "3.1.0"


def test_the_page_shows_every_operation_with_a_command(document: Json) -> None:
    """Each operation has its path and a curl line."""
    page = documentation_page(document)
    assert page.count("<pre>curl ") == len(operations(document))
    for path, _, _ in operations(document):
        assert f"<code>{path}</code>" in page


def test_links_within_the_page_lead_somewhere(document: Json) -> None:
    """No anchor is missing, none is given twice."""
    page = documentation_page(document)
    anchors = re.findall(r' id="([^"]*)"', page)
    assert len(anchors) == len(set(anchors))
    assert {target for target in re.findall(r'href="#([^"]*)"', page) if target} <= set(anchors)


def test_commands_are_whole(document: Json) -> None:
    """A command has method, address, key, content type and body where they are needed."""
    page = documentation_page(document)
    assert (
        "curl -X POST \\\n  &#x27;http://localhost:8080/v1/links&#x27; \\\n  -H &#x27;Authorization: Bearer YOUR_KEY"
        in page
    )
    assert "curl \\\n  &#x27;http://localhost:8080/v1/links:lookup?code=my-link&#x27;" in page
    assert "/v3/link/clicks?access_token=YOUR_KEY" in page
    assert "-H &#x27;Authorization: YOUR_KEY&#x27;" in page
    assert "{linkId}" not in "".join(re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL))


def test_words_are_escaped(document: Json) -> None:
    """A comment is text, whatever it holds."""
    nasty = json.loads(json.dumps(document))
    nasty["info"]["description"] = '<script>alert("x")</script>'
    page = documentation_page(nasty)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
