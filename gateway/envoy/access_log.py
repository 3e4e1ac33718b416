"""Say what Envoy logs of a request: no address, no credential, no query string."""

from typing import Any, Final

Json = dict[str, Any]

_FIELDS: Final[Json] = {
    "event": "request",
    "service": "envoy",
    "time": "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
    "request_id": "%REQ(X-REQUEST-ID)%",
    "method": "%REQ(X-ENVOY-ORIGINAL-METHOD?:METHOD)%",
    "path": "%PATH(NQ:ORIG_OR_PATH)%",
    "protocol": "%PROTOCOL%",
    "status": "%RESPONSE_CODE%",
    "grpc_status": "%GRPC_STATUS%",
    "flags": "%RESPONSE_FLAGS%",
    "cluster": "%UPSTREAM_CLUSTER%",
    "bytes_received": "%BYTES_RECEIVED%",
    "bytes_sent": "%BYTES_SENT%",
    "duration_ms": "%DURATION%",
}


def access_log() -> list[Json]:
    """Log every request but the redirects that went well: those are clicks, and are recorded as such."""
    failed = {"comparison": {"op": "GE", "value": {"default_value": 400, "runtime_key": "unused"}}}
    condition = {
        "or_filter": {
            "filters": [
                {
                    "header_filter": {
                        "header": {"name": ":path", "string_match": {"safe_regex": {"regex": "/[^/?]+/.*"}}}
                    }
                },
                {"status_code_filter": failed},
            ]
        }
    }
    return [
        {
            "name": "envoy.access_loggers.stdout",
            "filter": condition,
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
                "log_format": {"json_format": _FIELDS},
            },
        }
    ]
