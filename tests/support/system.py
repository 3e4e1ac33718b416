"""The whole real system, started by the same code that `make run` uses."""

import asyncio
import functools
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import httpx

from deploy.local.addresses import Addresses
from deploy.local.data_folder import DataFolder
from deploy.local.process import tail
from deploy.local.settings import LocalSettings, read
from deploy.local.stack import Stack
from tests.support import inside
from tests.support.ports import free_port
from tests.support.wait import eventually

_TAIL_LINES = 15


class System:
    """A running installation: how to reach it, and how to hurt it."""

    def __init__(self, stack: Stack, folder: DataFolder, api_key: str) -> None:
        self.stack = stack
        self.folder = folder
        self.api_key = api_key

    @property
    def settings(self) -> LocalSettings:
        """What it was told."""
        return self.stack.settings

    @property
    def base_url(self) -> str:
        """The public address, through Envoy."""
        return f"http://localhost:{self.settings.port}"

    @property
    def redirect_url(self) -> str:
        """The data plane itself, past Envoy, in a system that was started on loopback."""
        return f"http://{self.stack.addresses.redirect_http}"

    def visitors(self) -> list[httpx.AsyncClient]:
        """Return a client of each worker of redirect, past Envoy, which would choose the worker."""
        return [inside.http_client(at) for at in self.stack.addresses.data_planes(self.settings.workers)]

    async def metrics(self, service: str) -> str:
        """Return what a service tells Prometheus."""
        async with inside.http_client(getattr(self.stack.addresses, f"{service}_metrics")) as client:
            return (await client.get("/metrics")).raise_for_status().text

    @property
    def public_target(self) -> str:
        """The public address as gRPC writes it."""
        return f"localhost:{self.settings.port}"

    def client(
        self, *, api_key: str | None = None, base_url: str | None = None, timeout: float = 60
    ) -> httpx.AsyncClient:
        """Return a client of the public port that shows the first owner's key, another one, or (empty) none."""
        key = self.api_key if api_key is None else api_key
        headers = {"authorization": f"Bearer {key}"} if key else {}
        # Settings of the machine for proxies have no say about loopback.
        return httpx.AsyncClient(base_url=base_url or self.base_url, headers=headers, timeout=timeout, trust_env=False)

    def channel(self, service: str = "") -> grpc.aio.Channel:
        """Return a channel to the public port, or directly to a service: links, analytics, redirect, compat."""
        target = str(getattr(self.stack.addresses, service)) if service else self.public_target
        return grpc.aio.insecure_channel(
            target, options=[("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1)]
        )

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        """What a native caller sends along to show the first owner's key."""
        return (("authorization", f"Bearer {self.api_key}"),)

    def kill(self, name: str) -> None:
        """Kill a program at once, by SIGKILL."""
        self.stack.kill_part(name)

    def stop(self, name: str) -> None:
        """End a program in order."""
        self.stack.stop_part(name)

    def start(self, name: str) -> None:
        """Start an ended program again, without waiting for it."""
        self.stack.start_part(name)

    async def ready(self, *names: str) -> None:
        """Wait until the programs answer; start those again that ended, as the supervisor would."""
        for name in names:
            await eventually(functools.partial(self._is_ready, name), every=0.05, what=f"{name} is ready")

    async def _is_ready(self, name: str) -> bool:
        if not self.stack.processes[name].is_running:
            self.start(name)
        return await asyncio.to_thread(self.stack.is_ready, name)

    def log(self, name: str) -> Path:
        """Return where a program logs to."""
        return self.folder.logs / f"{name}.log"

    def describe(self) -> str:
        """Return the end of every log."""
        ends = [f"{name}: {tail(self.log(name), _TAIL_LINES)}" for name in self.stack.parts]
        return "\n\n".join([f"logs in {self.folder.logs}", *ends])


@contextmanager
def running_system(
    path: Path, addresses: Addresses | None = None, /, *, api_key: str | None = None, **settings: str
) -> Iterator[System]:
    """Run a system on free ports in a data directory, which may hold an earlier one; settings as in the environment.

    Rate limits are off unless asked for: tests come from one address. Redirect is one process, so that a test knows
    what it kills. Its programs listen on Unix sockets, as in a local run, or at the addresses.
    """
    defaults = {
        "LINKMETER_PORT": str(free_port()),
        "LINKMETER_RATE_LIMITS": "off",
        "LINKMETER_WORKERS": "1",
        "LINKMETER_DATA_DIR": str(path),
    }
    folder = DataFolder(path)
    folder.take()
    key = api_key or f"lm_{secrets.token_hex(16)}"
    told = read({**defaults, **settings})
    stack = Stack(told, folder, api_key=key, addresses=addresses, say=lambda _: None)
    try:
        stack.start()
        yield System(stack, folder, key)
    finally:
        stack.stop()
        folder.release()
