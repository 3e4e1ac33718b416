"""python -m services.analytics, as a process."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from linkmeter.analytics.v1 import ingest_service_pb2_grpc
from services.common import errors
from services.runtime import rpc_client
from tests.support.clicks import ingest_request, recorded_click
from tests.support.ports import free_port
from tests.support.wait import eventually

SECRET = "a secret of the tests, long enough"


def started(*arguments: str, **settings: str) -> subprocess.Popen[str]:
    """Start the program with these settings and no others."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LINKMETER_")}
    return subprocess.Popen(
        [sys.executable, "-m", "services.analytics", *arguments],
        env={**plain, **settings},
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("arguments", "settings", "names"),
    [
        ((), {}, {"LINKMETER_LISTEN", "LINKMETER_POSTGRES_URL", "LINKMETER_SECRET", "LINKMETER_SEGMENTS"}),
        (("settle",), {}, {"LINKMETER_POSTGRES_URL", "LINKMETER_SEGMENTS"}),
        (("migrate",), {}, {"LINKMETER_POSTGRES_URL"}),
        (("reclassify",), {}, {"LINKMETER_POSTGRES_URL", "LINKMETER_SEGMENTS"}),
        (
            (),
            {
                "LINKMETER_LISTEN": "127.0.0.1:1",
                "LINKMETER_POSTGRES_URL": "postgresql://127.0.0.1/none",
                "LINKMETER_SECRET": SECRET,
                "LINKMETER_SEGMENTS": "/srv/segments",
                "LINKMETER_GEOIP_DB": __file__,
            },
            {"LINKMETER_GEOIP_DB"},
        ),
    ],
)
def test_a_wrong_setting_stops_the_start_by_name(
    arguments: tuple[str, ...], settings: dict[str, str], names: set[str]
) -> None:
    """One line for each, and nothing else."""
    process = started(*arguments, **settings)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert {line.split(": ")[1].split(" ")[0] for line in said.splitlines()} == names


async def test_migrates_serves_and_ends_gracefully(postgres_url: str, tmp_path: Path) -> None:
    """From an empty database to a stored click in the metrics, and on SIGTERM to a clean end."""
    migration = started("migrate", LINKMETER_POSTGRES_URL=postgres_url)
    migration.communicate(timeout=60)
    assert migration.returncode == 0
    address, metrics = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    process = started(
        LINKMETER_LISTEN=address,
        LINKMETER_METRICS_LISTEN=metrics,
        LINKMETER_POSTGRES_URL=postgres_url,
        LINKMETER_SECRET=SECRET,
        LINKMETER_SEGMENTS=str(tmp_path / "segments"),
    )
    try:
        async with rpc_client.open_channel(address) as channel:
            stub = ingest_service_pb2_grpc.IngestServiceStub(channel)
            request = ingest_request(uuid4(), [recorded_click(datetime.now(UTC)), b"poison"])

            async def acknowledged() -> int:
                try:
                    return (await stub.IngestClicks(request)).acknowledged_sequence
                except errors.Unavailable:
                    return 0

            assert await eventually(acknowledged) == 2
        async with httpx.AsyncClient(trust_env=False) as client:

            async def ledger_is_shown() -> str:
                text = (await client.get(f"http://{metrics}/metrics")).text
                return text if "linkmeter_clicks_stored 1.0" in text else ""

            shown = await eventually(ledger_is_shown)
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "rpc_server_stopped" in said
    assert "192.0.2.1" not in said
    assert "linkmeter_analytics_clicks_stored_total 1.0" in shown
    assert 'linkmeter_analytics_clicks_set_aside_total{fault="undecodable"} 1.0' in shown
    assert "linkmeter_analytics_lag_seconds_count 1.0" in shown
    assert "linkmeter_clicks_accepted 2.0" in shown


def test_an_unknown_command_is_refused() -> None:
    """With the ones that there are."""
    process = started("reclasify")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    commands = "settle | migrate | convert | reclassify | check | save-segments | segments"
    assert said == f"usage: python -m services.analytics [{commands}]\n"
