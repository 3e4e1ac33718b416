"""With an endpoint set, calls become spans there; a real collector's contract stands at the other end."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

from tests.support.wait import eventually

ROOT = Path(__file__).resolve().parents[3]
# A service that calls another: both ends in one process, which is one service to the collector.
PROGRAM = """
import asyncio, sys
from linkmeter.links.v1 import access_service_pb2 as pb, access_service_pb2_grpc as pb_grpc
from services.runtime import rpc_client, tracing
from services.runtime.health import HealthPoller
from services.runtime.rpc_server import RpcServer

class Access(pb_grpc.AccessServiceServicer):
    async def Authenticate(self, request, context):
        return pb.AuthenticateResponse()

async def main():
    tracing.configure("links", sys.argv[1])
    server = RpcServer(address="127.0.0.1:0", health=HealthPoller())
    pb_grpc.add_AccessServiceServicer_to_server(Access(), server.server)
    await server.start(["linkmeter.links.v1.AccessService"])
    async with rpc_client.open_channel(f"127.0.0.1:{server.port}") as channel:
        with tracing.server_span("redirect", {}):
            await pb_grpc.AccessServiceStub(channel).Authenticate(pb.AuthenticateRequest())
    await server.stop()

asyncio.run(main())
"""


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.spans: dict[str, Any] = {}
        self.services: set[str] = set()

    async def Export(self, request: Any, _context: Any) -> Any:  # noqa: N802 - the name is the contract's
        """Take a batch of spans."""
        for resource in request.resource_spans:
            names = [item.value.string_value for item in resource.resource.attributes if item.key == "service.name"]
            self.services.update(names)
            self.spans |= {span.name: span for scope in resource.scope_spans for span in scope.spans}
        return trace_service_pb2.ExportTraceServiceResponse()


async def test_spans_of_caller_and_called_are_one_trace() -> None:
    """The called service's span is a child of its caller's, and both arrive when the program ends."""
    collector, server = Collector(), grpc.aio.server()
    add_to_server: Any = trace_service_pb2_grpc.add_TraceServiceServicer_to_server
    add_to_server(collector, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    command = [sys.executable, "-c", PROGRAM, f"127.0.0.1:{port}"]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    assert await process.wait() == 0
    method = "/linkmeter.links.v1.AccessService/Authenticate"
    await eventually(lambda: {"redirect", method} <= collector.spans.keys())
    await server.stop(None)
    caller, called = collector.spans["redirect"], collector.spans[method]
    assert called.trace_id == caller.trace_id
    assert called.parent_span_id == caller.span_id
    assert collector.services == {"linkmeter-links"}
