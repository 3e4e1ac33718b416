"""The REST surfaces: which paths are theirs, who serves them, and how their JSON looks."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway.openapi.contract import Contract
from services.common.answer_size import MOST_BYTES

_TRANSCODER: Final = "type.googleapis.com/envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder"
# Letters of a text may take six times their bytes in JSON, and fields have names.
_MAX_RESPONSE_BYTES: Final = 8 * MOST_BYTES
_CLUSTERS: Final = {
    "linkmeter.links.v1": "links",
    "linkmeter.analytics.v1": "analytics",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One REST surface."""

    # Names it in the table of error replies.
    name: str
    # Paths that begin with one of these are the dialect's, those that it does not know too.
    prefixes: tuple[str, ...]
    # gRPC packages; native calls of them meet errors in the dialect, too.
    packages: tuple[str, ...]
    # Full names of the services that are public.
    services: tuple[str, ...]
    # Configuration of the JSON transcoder.
    transcoder: dict[str, Any]
    # Whether bodies may hold fields that the contract does not have, and values of other types.
    has_lenient_bodies: bool = False
    # Whether bodies, though they must be JSON, may hold fields that the contract does not have.
    allows_unknown_fields: bool = False

    @staticmethod
    def cluster_of(service: str) -> str:
        """Name the cluster that serves a service."""
        return _CLUSTERS.get(service.rpartition(".")[0], "compat")


def dialects(contract: Contract, descriptor_set: Path) -> tuple[Dialect, ...]:
    """Answer the REST surfaces. A service is public when one of its methods has an HTTP binding."""
    return (
        _native(contract, descriptor_set),
        # Before shtr, which takes all the rest of /api.
        _shortio(contract, descriptor_set),
        _spoo(contract, descriptor_set),
        _shtr(contract, descriptor_set),
        _bitly(contract, descriptor_set),
    )


def _native(contract: Contract, descriptor_set: Path) -> Dialect:
    packages = tuple(_CLUSTERS)
    services = tuple(service for package in packages for service in contract.services(package))
    options = {
        "query_param_unescape_plus": True,
        "request_validation_options": {"reject_unknown_query_parameters": True},
    }
    return Dialect(
        name="native",
        prefixes=("/v1",),
        packages=packages,
        services=services,
        transcoder=_transcoder(descriptor_set, services) | options,
    )


def _shtr(contract: Contract, descriptor_set: Path) -> Dialect:
    package = "linkmeter.compat.shtr.v1"
    services = contract.services(package)
    # Links that were shared carry tracking parameters, so unknown ones are no error here.
    options = {"query_param_unescape_plus": True, "ignore_unknown_query_parameters": True}
    return Dialect(
        name="shtr",
        prefixes=("/api",),
        packages=(package,),
        services=services,
        transcoder=_transcoder(descriptor_set, services) | options,
    )


def _shortio(contract: Contract, descriptor_set: Path) -> Dialect:
    package = "linkmeter.compat.shortio.v2"
    services = contract.services(package)
    # Its API has many more options than ours, and clients send them all.
    options = {"query_param_unescape_plus": True, "ignore_unknown_query_parameters": True}
    return Dialect(
        name="shortio",
        prefixes=("/statistics", "/links", "/domains", "/link_country", "/link_region", "/tags/bulk"),
        packages=(package,),
        services=services,
        transcoder=_transcoder(descriptor_set, services) | options,
        has_lenient_bodies=True,
    )


def _spoo(contract: Contract, descriptor_set: Path) -> Dialect:
    package = "linkmeter.compat.spoo.v1"
    services = contract.services(package)
    # The real service passes over what it does not know, and its clients count on that.
    options = {"query_param_unescape_plus": True, "ignore_unknown_query_parameters": True}
    return Dialect(
        name="spoo",
        prefixes=("/api/v1", "/auth", "/emoji", "/export", "/health", "/metric", "/result", "/stats"),
        packages=(package,),
        services=services,
        transcoder=_transcoder(descriptor_set, services) | options,
        allows_unknown_fields=True,
    )


def _bitly(contract: Contract, descriptor_set: Path) -> Dialect:
    package = "linkmeter.compat.bitly.v3"
    services = contract.services(package)
    # Some clients add the same parameters to every call, whether it knows them or not.
    options = {"query_param_unescape_plus": True, "ignore_unknown_query_parameters": True}
    return Dialect(
        name="bitly",
        prefixes=("/v3", "/oauth"),
        packages=(package,),
        services=services,
        transcoder=_transcoder(descriptor_set, services) | options,
    )


def _transcoder(descriptor_set: Path, services: tuple[str, ...]) -> dict[str, Any]:
    return {
        "@type": _TRANSCODER,
        "proto_descriptor": str(descriptor_set),
        "services": list(services),
        "convert_grpc_status": True,
        "print_options": {"always_print_primitive_fields": True},
        "max_response_body_size": _MAX_RESPONSE_BYTES,
    }
