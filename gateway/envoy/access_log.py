"""The access log: no address, no credential, no query string, and only a sample of what is refused."""

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

_IS_NO_REDIRECT: Final[Json] = {
    "header_filter": {"header": {"name": ":path", "string_match": {"safe_regex": {"regex": "/[^/?]+/.*"}}}}
}
# Refusals cost a client nothing, so that whoever makes many would decide how much is written.
REFUSALS_LOGGED_PERCENT: Final = 10
_SAMPLE: Final[Json] = {
    "runtime_filter": {
        "runtime_key": "unused",
        "percent_sampled": {"numerator": REFUSALS_LOGGED_PERCENT, "denominator": "HUNDRED"},
        "use_independent_randomness": True,
    }
}


def access_log() -> list[Json]:
    """Return Envoy's access_log: all but redirects that went well, which are recorded as clicks, and some of 4xx."""
    condition = {
        "or_filter": {
            "filters": [
                {"and_filter": {"filters": [_IS_NO_REDIRECT, _status("LE", 399)]}},
                {"and_filter": {"filters": [_status("GE", 400), _SAMPLE]}},
                _status("GE", 500),
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


def _status(operator: str, value: int) -> Json:
    return {
        "status_code_filter": {
            "comparison": {"op": operator, "value": {"default_value": value, "runtime_key": "unused"}}
        }
    }
