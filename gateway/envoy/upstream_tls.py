"""TLS to the services: the certificate that the gateway shows, and the names that theirs must have."""

import json
from typing import Any, Final

from gateway.envoy.settings import EnvoySettings

Json = dict[str, Any]

_TLS: Final = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3"
_HTTP_1: Final = "redirect"
_OWN: Final = "own"
_AUTHORITY: Final = "authority"


def upstream_tls(settings: EnvoySettings, service: str) -> Json:
    """Return a cluster's transport_socket; empty without certificates."""
    if settings.tls is None:
        return {}
    name = settings.tls_names.get(service, service)
    context: Json = {
        "@type": f"{_TLS}.UpstreamTlsContext",
        # Not the address: certificates name services, wherever they run.
        "sni": name,
        "common_tls_context": {
            # As a client Envoy would stop at 1.2, and redirect begins at 1.3.
            "tls_params": {"tls_minimum_protocol_version": "TLSv1_3", "tls_maximum_protocol_version": "TLSv1_3"},
            "tls_certificate_sds_secret_configs": [_secret(settings, _OWN)],
            "combined_validation_context": {
                "default_validation_context": {
                    "match_typed_subject_alt_names": [{"san_type": "DNS", "matcher": {"exact": name}}]
                },
                "validation_context_sds_secret_config": _secret(settings, _AUTHORITY),
            },
        },
    }
    if service != _HTTP_1:
        context["common_tls_context"]["alpn_protocols"] = ["h2"]
    return {"transport_socket": {"name": "envoy.transport_sockets.tls", "typed_config": context}}


def write_sds(settings: EnvoySettings) -> None:
    """Write the files by which Envoy finds the certificates, which it reads again when their folder changes."""
    if settings.tls is None:
        return
    files = settings.tls
    own = {
        "certificate_chain": {"filename": str(files.certificate)},
        "private_key": {"filename": str(files.key)},
        "watched_directory": {"path": str(files.certificate.parent)},
    }
    authority = {
        "trusted_ca": {"filename": str(files.authority)},
        "watched_directory": {"path": str(files.authority.parent)},
    }
    for name, secret in ((_OWN, {"tls_certificate": own}), (_AUTHORITY, {"validation_context": authority})):
        resource = {"@type": f"{_TLS}.Secret", "name": name, **secret}
        path = settings.sds / f"{name}.json"
        path.write_text(json.dumps({"resources": [resource]}, indent=2) + "\n")


def _secret(settings: EnvoySettings, name: str) -> Json:
    source = {"path_config_source": {"path": str(settings.sds / f"{name}.json")}, "resource_api_version": "V3"}
    return {"name": name, "sds_config": source}
