"""The OpenAPI document of all REST surfaces."""

from collections.abc import Sequence
from typing import Any, Final

from google.rpc import status_pb2

from gateway.openapi.contract import Contract
from gateway.openapi.operations import openapi_operation, openapi_path
from gateway.openapi.schemas import Schemas
from gateway.openapi.sections import Section, sections_of
from gateway.surface import Surface
from gateway.surfaces import SURFACES
from services.runtime import version

Json = dict[str, Any]

_ABOUT: Final = (
    "Short links and their statistics. The API under /v1 is Linkmeter's own; an API key or the edit token of a link is "
    "sent as Authorization: Bearer. The other surfaces follow the documented APIs of other systems, so that their "
    "clients work unchanged. Everything here can also be called by gRPC and gRPC-Web at the same address."
)


def openapi_document(contract: Contract) -> Json:
    """Return the document of all surfaces; the same contracts always make the same one."""
    schemas = Schemas(contract)
    # Errors of the native surface refer to it.
    schemas.message(status_pb2.Status.DESCRIPTOR)
    paths: dict[str, Json] = {}
    sections = [(surface, section) for surface in SURFACES for section in sections_of(surface, contract)]
    for surface, section in sections:
        _add_operations(paths, contract, schemas, surface, section)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Linkmeter", "version": version.of_installation(), "description": _ABOUT},
        "servers": [{"url": "/", "description": "This installation"}],
        "tags": [{"name": section.name, "description": contract.comment(section.service)} for _, section in sections],
        "paths": paths,
        "components": {
            "schemas": schemas.components() | {_error_name(surface): surface.error_schema for surface in _dialects()},
            "responses": {_error_name(surface): _error_response(surface) for surface in SURFACES},
            "securitySchemes": {name: scheme for surface in SURFACES for name, scheme in surface.security.items()},
        },
    }


def _add_operations(
    paths: dict[str, Json], contract: Contract, schemas: Schemas, surface: Surface, section: Section
) -> None:
    bindings: dict[str, int] = {}
    for operation in contract.operations(section.service):
        method = operation.method.full_name
        described = openapi_operation(operation, bindings.get(method, 0), schemas, _error_name(surface))
        bindings[method] = bindings.get(method, 0) + 1
        described["tags"] = [section.name]
        described["security"] = _security(surface)
        paths.setdefault(openapi_path(operation), {})[operation.verb.lower()] = described


def _security(surface: Surface) -> list[Json]:
    """Return the alternatives of which one must hold; an empty one holds always."""
    return [{name: []} for name in surface.security] + ([{}] if surface.is_open else [])


def _dialects() -> Sequence[Surface]:
    """Return the surfaces whose errors are not messages of our contracts."""
    return [surface for surface in SURFACES if "$ref" not in surface.error_schema]


def _error_name(surface: Surface) -> str:
    return f"{surface.name}.Error"


def _error_response(surface: Surface) -> Json:
    reference = surface.error_schema.get("$ref", f"#/components/schemas/{_error_name(surface)}")
    return {
        "description": f"What went wrong, in the words of {surface.title}.",
        "content": {"application/json": {"schema": {"$ref": reference}}},
    }
