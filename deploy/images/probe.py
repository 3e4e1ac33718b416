"""Ask the service in this container for its health: probe.py [NAME]. Kubernetes' own gRPC probes do not speak TLS."""

import os
import sys

import grpc
from grpc_health.v1 import health_pb2

_SECONDS = 3.0


def main() -> int:
    """Return 0 when the server in this container reports SERVING."""
    service = sys.argv[1] if len(sys.argv) > 1 else ""
    port = os.environ["LINKMETER_LISTEN"].rpartition(":")[2]
    with _channel(f"127.0.0.1:{port}") as channel:
        check = channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        try:
            answer = check(health_pb2.HealthCheckRequest(service=service), timeout=_SECONDS)
        except grpc.RpcError as problem:
            sys.stderr.write(f"{problem}\n")
            return 1
    return 0 if answer.status == health_pb2.HealthCheckResponse.SERVING else 1


def _channel(address: str) -> grpc.Channel:
    options: list[tuple[str, str | int]] = [("grpc.enable_http_proxy", 0)]
    certificate = os.environ.get("LINKMETER_TLS_CERT", "")
    if not certificate:
        return grpc.insecure_channel(address, options=options)
    # The container's own certificate, which is good for localhost, too.
    credentials = grpc.ssl_channel_credentials(
        root_certificates=_read("LINKMETER_TLS_CA"),
        private_key=_read("LINKMETER_TLS_KEY"),
        certificate_chain=_read("LINKMETER_TLS_CERT"),
    )
    return grpc.secure_channel(address, credentials, options=[*options, ("grpc.ssl_target_name_override", "localhost")])


def _read(variable: str) -> bytes:
    with open(os.environ[variable], "rb") as file:  # noqa: PTH123 - pathlib would cost a third of the start
        return file.read()


if __name__ == "__main__":
    sys.exit(main())
