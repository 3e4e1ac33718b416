"""The REST surfaces as Envoy routes them: with their public services and the transcoder that speaks their JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway.openapi.contract import Contract
from gateway.surface import Surface
from gateway.surfaces import SURFACES
from services.runtime.answer_size import MOST_BYTES

_TRANSCODER: Final = "type.googleapis.com/envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder"
# Letters of a text may take six times their bytes in JSON, and fields have names.
_MAX_RESPONSE_BYTES: Final = 8 * MOST_BYTES
# Of the packages that a service of its own serves; compat serves the others.
_CLUSTERS: Final = {
    "linkmeter.links.v1": "links",
    "linkmeter.analytics.v1": "analytics",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedSurface:
    """A surface, and what Envoy needs to route it."""

    surface: Surface
    # Full names of the services that are public: one of their methods has an HTTP binding.
    services: Sequence[str]
    # Configuration of the JSON transcoder.
    transcoder: dict[str, Any]


def routed_surfaces(contract: Contract, descriptor_set: Path) -> tuple[RoutedSurface, ...]:
    """Return all surfaces in the order of their routes; the native one comes first."""
    return tuple(_routed(surface, contract, descriptor_set) for surface in SURFACES)


def cluster_of(service: str) -> str:
    """Return the name of the cluster that serves a service, by its full name."""
    return _CLUSTERS.get(service.rpartition(".")[0], "compat")


def _routed(surface: Surface, contract: Contract, descriptor_set: Path) -> RoutedSurface:
    services = [service for package in surface.packages for service in contract.services(package)]
    transcoder = {
        "@type": _TRANSCODER,
        "proto_descriptor": str(descriptor_set),
        "services": services,
        "convert_grpc_status": True,
        "print_options": {"always_print_primitive_fields": True},
        "max_response_body_size": _MAX_RESPONSE_BYTES,
        **surface.query_options,
    }
    return RoutedSurface(surface=surface, services=services, transcoder=transcoder)
