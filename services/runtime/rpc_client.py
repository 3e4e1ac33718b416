"""Call other services the same way everywhere: with a deadline, the request id, and errors of our own."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

import grpc

from services.runtime import request_id, rpc_errors, tracing
from services.runtime.renewing_channel import RenewingChannel
from services.runtime.rpc_tls import channel_credentials
from services.runtime.tls import Credentials, TlsFiles

DEFAULT_DEADLINE_SECONDS: Final = 2.0


def open_channel(
    address: str,
    *,
    deadline_seconds: float = DEFAULT_DEADLINE_SECONDS,
    idempotent: Sequence[str] = (),
    tls: TlsFiles | None = None,
    peer_name: str = "",
) -> grpc.aio.Channel:
    """Open a channel; methods named in `idempotent` ("package.Service/Method") are tried again when unavailable.

    With TLS the server's certificate must hold the peer's name, whatever its address is called.
    """
    options = [
        ("grpc.service_config", json.dumps(_service_config(idempotent))),
        ("grpc.max_receive_message_length", 64 * 1024 * 1024),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.min_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 1000),
        # Of 30 s by default, which is longer than a roll takes: all pods that were known may be gone by then.
        ("grpc.dns_min_time_between_resolutions_ms", 2000),
        # Channels of one process share connections by default, and with them another channel's failures:
        # one that is new would be told that its peer is down because somebody's earlier attempt was refused.
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.keepalive_time_ms", 20_000),
        ("grpc.keepalive_timeout_ms", 5_000),
    ]
    interceptors = [_CallInterceptor(deadline_seconds)]
    if tls is None:
        return grpc.aio.insecure_channel(address, options=options, interceptors=interceptors)
    named = [*options, ("grpc.ssl_target_name_override", peer_name or address.rpartition(":")[0])]

    def secure(credentials: Credentials) -> grpc.aio.Channel:
        return grpc.aio.secure_channel(
            address, channel_credentials(credentials), options=named, interceptors=interceptors
        )

    return RenewingChannel(tls, secure)


class _CallInterceptor(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self, deadline_seconds: float) -> None:
        self._deadline_seconds = deadline_seconds

    async def intercept_unary_unary(
        self,
        continuation: Callable[[grpc.aio.ClientCallDetails, Any], Any],
        client_call_details: grpc.aio.ClientCallDetails,
        request: Any,
    ) -> Any:
        """Add what every call carries, and raise what the other side meant."""
        metadata = grpc.aio.Metadata(*(client_call_details.metadata or ()), *tracing.outgoing())
        if current := request_id.current():
            metadata.add(request_id.KEY, current)
        timeout = client_call_details.timeout
        details = grpc.aio.ClientCallDetails(
            method=client_call_details.method,
            timeout=self._deadline_seconds if timeout is None else timeout,
            metadata=metadata,
            credentials=client_call_details.credentials,
            wait_for_ready=client_call_details.wait_for_ready,
        )
        call = await continuation(details, request)
        try:
            return await call
        except grpc.aio.AioRpcError as error:
            raise rpc_errors.error_of(error) from error


def _service_config(idempotent: Sequence[str]) -> dict[str, object]:
    names = [dict(zip(("service", "method"), name.split("/"), strict=True)) for name in idempotent]
    retry = {
        "maxAttempts": 3,
        "initialBackoff": "0.05s",
        "maxBackoff": "0.5s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }
    config: dict[str, object] = {"loadBalancingConfig": [{"round_robin": {}}]}
    if names:
        config["methodConfig"] = [{"name": names, "retryPolicy": retry}]
    return config
