"""A real Envoy with the real configuration, in front of small servers that a test can look into."""

import asyncio
import importlib
import json
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import httpx
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import Message
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from deploy.local import programs
from deploy.local.process import Command, Process
from deploy.local.readiness import answers_http, wait_ready
from gateway.envoy.render import render
from gateway.envoy.settings import EnvoySettings
from gateway.openapi.contract import Contract
from gateway.openapi.files import write_files
from services.common import errors
from services.runtime import rpc_errors
from tests.support.loop_thread import LoopThread
from tests.support.ports import free_port

Context = grpc.aio.ServicerContext[Any, Any]
# Answers a call: gets the request and may look at the context, abort it or raise.
Behaviour = Callable[[Any, Context], Coroutine[Any, Any, Message]]


@dataclass(frozen=True, slots=True)
class Call:
    """A gRPC call that reached a service."""

    # Full name, for instance linkmeter.links.v1.LinkService/GetLink.
    method: str
    request: Any
    metadata: dict[str, str | bytes]


@dataclass(frozen=True, slots=True)
class Visit:
    """An HTTP request that reached redirect's data plane."""

    method: str
    # With query string, as it arrived.
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Services:
    """The servers behind Envoy. They answer every call with an empty message unless told otherwise."""

    calls: list[Call] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    # Whether redirect ends the connection instead of answering a visit.
    hangs_up: bool = False
    ports: dict[str, int] = field(default_factory=dict)
    _servers: list[Any] = field(default_factory=list)

    def reset(self) -> None:
        """Forget what happened and what was set."""
        self.calls.clear()
        self.visits.clear()
        self.behaviours.clear()
        self.hangs_up = False

    def on(self, method: str, behaviour: Behaviour) -> None:
        """Set how a method responds."""
        self.behaviours[method] = behaviour

    def fail(self, method: str, error: errors.LinkmeterError) -> None:
        """Let a method fail as services do."""

        async def behaviour(_request: object, context: Context) -> Message:
            details = (rpc_errors.STATUS_DETAILS_KEY, rpc_errors.status_of(error).SerializeToString())
            await context.abort(rpc_errors.code_of(error), error.description, trailing_metadata=(details,))
            raise AssertionError("abort raises")

        self.on(method, behaviour)

    def answer(self, method: str, message: Message) -> None:
        """Set the message that a method returns."""

        async def behaviour(_request: object, _context: Context) -> Message:
            return message

        self.on(method, behaviour)

    @property
    def work(self) -> list[Call]:
        """The calls that reached a service, but for questions about authorization."""
        return [call for call in self.calls if not call.method.startswith("envoy.")]

    @property
    def only_call(self) -> Call:
        """The one call that reached a service, but for questions about authorization."""
        calls = self.work
        assert len(calls) == 1, calls
        return calls[0]

    async def start(self, contract: Contract) -> None:
        """Listen on free ports: links, analytics and compat by gRPC, redirect by HTTP."""
        packages = {
            "links": ("linkmeter.links.v1", "envoy.service.auth.v3"),
            "analytics": ("linkmeter.analytics.v1",),
            "compat": ("linkmeter.compat",),
        }
        for name, prefixes in packages.items():
            self.ports[name] = await self._start_grpc(contract, prefixes)
        server = await asyncio.start_server(self._serve_http, "127.0.0.1", 0)
        self._servers.append(server)
        self.ports["redirect"] = server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End all servers."""
        for server in self._servers:
            if isinstance(server, asyncio.Server):
                server.close()
            else:
                await server.stop(None)

    async def _start_grpc(self, contract: Contract, prefixes: tuple[str, ...]) -> int:
        server = grpc.aio.server()
        names = [name for prefix in prefixes for name in contract.services(prefix, public_only=False)]
        for name in names:
            handlers = {method.name: self._handler(name, method) for method in contract.methods(name)}
            server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, handlers),))
        servicer = health.aio.HealthServicer()
        await servicer.set("", health_pb2.HealthCheckResponse.SERVING)
        health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
        reflection.enable_server_reflection((*names, reflection.SERVICE_NAME), server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        self._servers.append(server)
        return port

    def _handler(self, service: str, method: Any) -> Any:
        name = f"{service}/{method.name}"
        request_class, response_class = message_class(method.input_type), message_class(method.output_type)

        async def answer(request: object, context: Context) -> Message:
            metadata = {key: value for key, value in context.invocation_metadata() or ()}  # noqa: C416 - Not a mapping.
            self.calls.append(Call(name, request, metadata))
            behaviour = self.behaviours.get(name)
            return await behaviour(request, context) if behaviour else response_class()

        return grpc.unary_unary_rpc_method_handler(
            answer,
            request_deserializer=request_class.FromString,
            response_serializer=response_class.SerializeToString,
        )

    async def _serve_http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                visit = await _read_visit(head, reader)
                if visit.target == "/healthz":
                    body = b"ok"
                else:
                    self.visits.append(visit)
                    if self.hangs_up:
                        break
                    body = b"redirect was here"
                sent = b"" if visit.method == "HEAD" else body
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), sent))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@dataclass(frozen=True, slots=True)
class Edge:
    """Envoy and what stands behind it."""

    port: int
    admin_port: int
    services: Services
    process: Process

    @property
    def url(self) -> str:
        """The public address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        """The public address for gRPC."""
        return f"127.0.0.1:{self.port}"

    def client(self) -> httpx.AsyncClient:
        """Return a client of the public address; settings of the machine for proxies have no say about loopback."""
        return httpx.AsyncClient(base_url=self.url, timeout=60, trust_env=False)

    def channel(self) -> grpc.aio.Channel:
        """Return a channel to the public address."""
        return grpc.aio.insecure_channel(
            self.address, options=[("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1)]
        )

    async def raw(self, request: bytes) -> bytes:
        """Send bytes as they are and return the answer up to the end of its headers, empty when there is none."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            return await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""
        finally:
            writer.close()

    async def status_of(self, target: bytes, verb: bytes = b"GET") -> int:
        """Ask for a path byte for byte and return the status, 0 when the connection is closed instead."""
        answer = await self.raw(verb + b" " + target + b" HTTP/1.1\r\nhost: sho.rt\r\ncontent-length: 0\r\n\r\n")
        return int(answer.split(b" ", 2)[1]) if answer else 0

    def log(self) -> str:
        """Return what Envoy has logged."""
        return self.process.log_path.read_text()

    def counter(self, name: str) -> int:
        """Read one of Envoy's counters."""
        url = f"http://127.0.0.1:{self.admin_port}/stats?format=json&filter=^{name}$"
        with urllib.request.urlopen(url, timeout=60) as answer:
            return int(json.load(answer)["stats"][0]["value"])


@contextmanager
def running_edge(folder: Path, *, ready_path: str = "/readyz", **changes: Any) -> Iterator[Edge]:
    """Run Envoy and the servers; changes go into Envoy's settings."""
    services = Services()
    loop = LoopThread()
    loop.run(services.start(Contract.load()))
    try:
        with _envoy(folder, services, changes, ready_path) as edge:
            yield edge
    finally:
        loop.run(services.stop())
        loop.stop()


@contextmanager
def _envoy(folder: Path, services: Services, changes: dict[str, Any], ready_path: str) -> Iterator[Edge]:
    write_files(folder)
    upstreams = {name: (f"127.0.0.1:{port}",) for name, port in services.ports.items()}
    port, admin_port = free_port(), free_port()
    values: dict[str, Any] = {"listen": f"127.0.0.1:{port}", "admin": f"127.0.0.1:{admin_port}", "docs": folder}
    settings = EnvoySettings(**(values | upstreams | changes))
    config = folder / "envoy.yaml"
    config.write_text(render(settings))
    arguments = [
        str(programs.envoy()),
        "-c",
        str(config),
        "-l",
        "warning",
        "--disable-hot-restart",
        "--concurrency",
        "1",
    ]
    # So that a test sees at once what was logged.
    arguments += ["--file-flush-interval-msec", "50"]
    process = Process(Command(name="envoy", arguments=arguments), folder)
    try:
        wait_ready(process, lambda: answers_http(port, ready_path))
        yield Edge(port, admin_port, services, process)
    finally:
        process.stop()


async def _read_visit(head: bytes, reader: asyncio.StreamReader) -> Visit:
    request_line, *lines = head.decode("latin-1").rstrip().split("\r\n")
    method, target, _ = request_line.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    else:
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Visit(method, target, headers, body)


def message_class(descriptor: Any) -> Any:
    """Find the generated class, so that tests can compare with messages that they build."""
    importlib.import_module(descriptor.file.name.removesuffix(".proto").replace("/", ".") + "_pb2")
    return message_factory.GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(descriptor.full_name))
