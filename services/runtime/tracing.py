"""OpenTelemetry traces, when an endpoint to send them to is set; else next to nothing."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from opentelemetry import propagate, trace

_NONE: Final = nullcontext()
_state: dict[str, trace.Tracer] = {}


def configure(service: str, endpoint: str) -> None:
    """Send spans to an OTLP endpoint (host:port, gRPC); an empty endpoint switches traces off."""
    if not endpoint:
        return
    # The SDK is slow to import and not needed without an endpoint.
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": f"linkmeter-{service}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, insecure=True)))
    _state["tracer"] = provider.get_tracer("linkmeter")


def is_on() -> bool:
    """Return whether spans are sent."""
    return bool(_state)


def server_span(name: str, metadata: Mapping[str, str]) -> AbstractContextManager[object]:
    """Open the span of a call that is being answered, as a child of its caller's."""
    tracer = _state.get("tracer")
    if tracer is None:
        return _NONE
    return tracer.start_as_current_span(name, propagate.extract(metadata), kind=trace.SpanKind.SERVER)


def outgoing() -> list[tuple[str, str]]:
    """Return the metadata that makes another service's span a child of the current one."""
    if not _state:
        return []
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return list(carrier.items())
