"""A real store of the S3 kind for the session: SeaweedFS, all of it in one process."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import obstore
from obstore.store import S3Store

from deploy.local.process import Command, Process
from deploy.local.readiness import answers_http, wait_ready
from tests.support.ports import free_port

BUCKET: Final = "linkmeter"
_KEY, _SECRET = "tests", "a secret of the tests"
_PARTS: Final = ("master", "volume", "filer", "s3")


@dataclass(slots=True)
class TestObjectStore:
    """A store, which may be killed and started again with what it holds."""

    __test__ = False

    folder: Path
    _ports: Mapping[str, int]
    _process: Process | None = field(default=None, init=False)
    bucket: S3Store = field(init=False)

    def __post_init__(self) -> None:
        # A client of the bucket that is no part of the product.
        self.bucket = S3Store(
            BUCKET,
            endpoint=self.endpoint,
            access_key_id=_KEY,
            secret_access_key=_SECRET,
            region="us-east-1",
            client_options={"allow_http": True},
        )

    @property
    def endpoint(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._ports['s3']}"

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that clients of S3 know."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": _KEY,
            "AWS_SECRET_ACCESS_KEY": _SECRET,
            "AWS_REGION": "us-east-1",
        }

    @property
    def pid(self) -> int:
        """The process that runs."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until its bucket takes objects."""
        self._process = Process(self._command(), self.folder)
        wait_ready(self._process, self._takes_objects)

    def kill(self) -> None:
        """Kill it as SIGKILL does, at once and without a word."""
        if self._process is not None:
            self._process.kill()

    def stop(self) -> None:
        """End it; nobody needs what it holds."""
        self.kill()
        for part in _PARTS:
            # Where these are is no setting of it.
            Path(f"/tmp/seaweedfs-{part}-grpc-{self._ports[f'{part} grpc']}.sock").unlink(missing_ok=True)  # noqa: S108

    def _takes_objects(self) -> bool:
        if not answers_http(self._ports["s3"], "/healthz"):
            return False
        try:
            # The first object makes the bucket.
            obstore.put(self.bucket, "ready", b"")
        except obstore.exceptions.BaseError:
            return False
        return True

    def _command(self) -> Command:
        arguments = [
            str(Path(sys.executable).with_name("weed")),
            "server",
            "-s3",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
        ]
        for part in _PARTS:
            arguments.append(f"-{part}.port={self._ports[part]}")
            arguments.append(f"-{part}.port.grpc={self._ports[f'{part} grpc']}")
        arguments += [
            f"-dir={self.folder / 'data'}",
            f"-s3.config={self.folder / 's3.json'}",
            f"-filer.localSocket={self.folder / 'filer.sock'}",
            f"-s3.localSocket={self.folder / 's3.sock'}",
            # Neither catalogues of tables nor a word to its makers.
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-master.telemetry=false",
            "-master.peers=none",
            "-master.volumeSizeLimitMB=64",
            "-volume.max=10",
        ]
        return Command(name="object-store", arguments=arguments)


@contextmanager
def running_object_store(folder: Path) -> Iterator[TestObjectStore]:
    """Run a store with one bucket."""
    (folder / "data").mkdir(parents=True)
    identity = {
        "name": "tests",
        "credentials": [{"accessKey": _KEY, "secretKey": _SECRET}],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    names = [name for part in _PARTS for name in (part, f"{part} grpc")]
    store = TestObjectStore(folder, {name: free_port() for name in names})
    try:
        store.start()
        yield store
    finally:
        store.stop()
