"""python -m services.links, as a process."""

import os
import signal
import subprocess
import sys

import pytest

from linkmeter.links.v1 import link_service_pb2, link_service_pb2_grpc, links_pb2
from services.common import errors
from services.runtime import rpc_client
from tests.support.links_service import API_KEY, OWNER, SECRET
from tests.support.ports import free_port
from tests.support.wait import eventually


def started(*arguments: str, **settings: str) -> subprocess.Popen[str]:
    """Start the program with these settings and no others."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LINKMETER_")}
    return subprocess.Popen(
        [sys.executable, "-m", "services.links", *arguments],
        env={**plain, **settings},
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("arguments", [(), ("migrate",)])
def test_missing_settings_stop_the_start_by_name(arguments: tuple[str, ...]) -> None:
    """One line for each, and nothing else."""
    process = started(*arguments)
    _, said = process.communicate(timeout=60)
    assert process.returncode != 0
    lines = said.splitlines()
    assert any("LINKMETER_POSTGRES_URL is required" in line for line in lines)
    assert all("LINKMETER_" in line for line in lines)


async def test_migrates_serves_and_ends_gracefully(postgres_url: str, valkey_url: str) -> None:
    """From an empty database to a created link, and on SIGTERM to a clean end."""
    migration = started("migrate", LINKMETER_POSTGRES_URL=postgres_url)
    assert migration.wait(60) == 0
    migration.communicate()
    address = f"127.0.0.1:{free_port()}"
    process = started(
        LINKMETER_LISTEN=address,
        LINKMETER_POSTGRES_URL=postgres_url,
        LINKMETER_REDIS_URL=valkey_url,
        LINKMETER_ANALYTICS_ADDRESS="127.0.0.1:1",
        LINKMETER_SECRET=SECRET,
        LINKMETER_PUBLIC_URL="https://sho.rt",
        LINKMETER_API_KEY=API_KEY,
        LINKMETER_RATE_LIMITS="off",
    )
    try:
        async with rpc_client.open_channel(address) as channel:
            stub = link_service_pb2_grpc.LinkServiceStub(channel)
            request = link_service_pb2.CreateLinkRequest(link=links_pb2.Link(destination="https://example.com/"))

            async def created() -> links_pb2.Link | None:
                try:
                    return await stub.CreateLink(request, metadata=OWNER)
                except errors.Unavailable:
                    return None

            link = await eventually(created)
            assert link
            assert link.domain == "sho.rt"
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "rpc_server_stopped" in said
