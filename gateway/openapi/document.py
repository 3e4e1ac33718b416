"""Make the OpenAPI document of all REST surfaces."""

from collections.abc import Sequence
from typing import Any, Final

from google.rpc import status_pb2

from gateway.openapi.contract import Contract
from gateway.openapi.operations import openapi_operation, openapi_path, tag_name, tag_order
from gateway.openapi.schemas import Schemas
from services.common import version

Json = dict[str, Any]

_NATIVE: Final = ("linkmeter.links.v1", "linkmeter.analytics.v1")
_COMPAT: Final = ("linkmeter.compat.shtr.v1",)
_ABOUT: Final = (
    "Short links and their statistics. The API under /v1 is Linkmeter's own; an API key or the edit token of a link is "
    "sent as Authorization: Bearer. The other surfaces follow the documented APIs of other systems, so that their "
    "clients work unchanged. Everything here can also be called by gRPC and gRPC-Web at the same address."
)


def openapi_document(contract: Contract) -> Json:
    """Make the document; the same contracts always make the same one."""
    schemas = Schemas(contract)
    native, compat = (
        sorted((service for package in packages for service in contract.services(package)), key=tag_order)
        for packages in (_NATIVE, _COMPAT)
    )
    paths: dict[str, Json] = {}
    for service in native:
        _add_service(paths, contract, schemas, service, "Error", [{"bearer": []}])
    for service in compat:
        _add_service(paths, contract, schemas, service, "CompatError", [])
    return {
        "openapi": "3.1.0",
        "info": {"title": "Linkmeter", "version": version.of_installation(), "description": _ABOUT},
        "servers": [{"url": "/", "description": "This installation"}],
        "tags": [_tag(contract, service) for service in (*native, *compat)],
        "paths": paths,
        "components": {
            "schemas": {**_error_schemas(schemas), **schemas.components()},
            "responses": {
                "Error": _error("What went wrong, as google.rpc.Status.", "Status"),
                "CompatError": _error("What went wrong.", "CompatError"),
            },
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key (lm_…) or the edit token of one link (tok_…).",
                }
            },
        },
    }


def _add_service(
    paths: dict[str, Json], contract: Contract, schemas: Schemas, service: str, error: str, security: Sequence[Json]
) -> None:
    bindings: dict[str, int] = {}
    for operation in contract.operations(service):
        method = operation.method.full_name
        described = openapi_operation(operation, bindings.get(method, 0), schemas, error)
        bindings[method] = bindings.get(method, 0) + 1
        described["security"] = list(security)
        paths.setdefault(openapi_path(operation), {})[operation.verb.lower()] = described


def _tag(contract: Contract, service: str) -> Json:
    return {"name": tag_name(service), "description": contract.comment(service)}


def _error_schemas(schemas: Schemas) -> dict[str, Json]:
    schemas.message(status_pb2.Status.DESCRIPTOR)
    error = {"type": "string", "description": "Words for people."}
    return {"CompatError": {"type": "object", "properties": {"error": error}, "required": ["error"]}}


def _error(description: str, schema: str) -> Json:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}
