"""wrk, which puts load on HTTP servers at little cost of its own."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.load.measured import Measured

CONNECTIONS: Final = 64
_SCRIPT: Final = Path(__file__).with_name("wrk.lua")
_RESULT: Final = "RESULT "


class MissingWrkError(Exception):
    """The load generator is not installed."""

    def __init__(self) -> None:
        super().__init__("make bench needs the load generator wrk: apt install wrk (Debian), or your system's package")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What to ask, and how hard."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    # A file with one path per line, asked for at random; in order when first_path is given.
    paths: Path | None = None
    first_path: int | None = None
    # Posted, with a running number in place of %d.
    body: str = ""
    connections: int = CONNECTIONS
    rest_ms: int = 0


def require() -> None:
    """Raise MissingWrkError when wrk is not there."""
    if shutil.which("wrk") is None:
        raise MissingWrkError


def run(load: Load, seconds: float) -> Measured:
    """Put load on a server from one thread; wrk knows whole seconds only."""
    command = [
        "wrk",
        "-t1",
        f"-c{load.connections}",
        f"-d{max(1, round(seconds))}s",
        "--timeout",
        "5s",
        "-s",
        str(_SCRIPT),
    ]
    for name, value in load.headers.items():
        command += ["-H", f"{name}: {value}"]
    output = subprocess.run(
        [*command, load.url], check=True, capture_output=True, text=True, env={**os.environ, **_told(load)}
    ).stdout
    line = next(line for line in output.splitlines() if line.startswith(_RESULT))
    result = json.loads(line.removeprefix(_RESULT))
    return Measured(
        requests=result["requests"],
        seconds=result["microseconds"] / 1e6,
        failed=result["bad_statuses"] + result["broken"],
        p50=result["p50"] / 1000,
        p90=result["p90"] / 1000,
        p99=result["p99"] / 1000,
    )


def _told(load: Load) -> dict[str, str]:
    told = {"LM_REST_MS": str(load.rest_ms)}
    if load.paths:
        told["LM_PATHS"] = str(load.paths)
    if load.first_path is not None:
        told["LM_FIRST"] = str(load.first_path)
    if load.body:
        told["LM_BODY"] = load.body
    return told
