"""Promise S19: with certificates, services show them to each other and talk to nobody else."""

import json
import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
import trustme
from grpc_health.v1 import health_pb2, health_pb2_grpc

from deploy.local import programs
from deploy.local.process import Command, Process
from deploy.local.readiness import answers_http, wait_ready
from gateway.envoy.render import render
from gateway.envoy.settings import EnvoySettings
from gateway.envoy.upstream_tls import write_sds
from tests.support.certificates import Folder, issued, served_certificate
from tests.support.inside import http_client
from tests.support.ports import free_port
from tests.support.system import System, running_system
from tests.support.traffic import create_links, visitors
from tests.support.wait import eventually

GRPC_SERVICES = ("links", "analytics", "redirect", "compat")
_SERVING = health_pb2.HealthCheckResponse.SERVING


@dataclass(frozen=True, slots=True)
class Secured:
    """A running system with certificates."""

    system: System
    authority: trustme.CA
    folder: Folder
    scratch: Path


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """Run a system with certificates of an authority of its own."""
    path = tmp_path_factory.mktemp("secured")
    authority = trustme.CA()
    folder = issued(path / "tls", authority)
    with running_system(path / "data", **folder.settings) as system:
        yield Secured(system, authority, folder, path)


async def _status(channel: grpc.aio.Channel) -> int:
    async with channel:
        # The published types do not know the stub's methods.
        stub: Any = health_pb2_grpc.HealthStub(channel)
        answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=30)
        return int(answer.status)


async def _assert_refused(channel: grpc.aio.Channel) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await _status(channel)
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE


def _address(secured: Secured, service: str) -> str:
    return str(getattr(secured.system.stack.addresses, service))


async def _create_follow_count(system: System) -> None:
    async with system.client() as client:
        created = await client.post("/v1/links", json={"destination": "https://example.com/secured"})
        assert created.status_code == 200, created.text
        link = created.json()
        followed = await client.get(f"/{link['code']}")
        assert followed.status_code == 302

        async def clicks() -> int:
            stats = await client.get(f"/v1/links/{link['linkId']}/stats")
            assert stats.status_code == 200, stats.text
            return int(stats.json().get("clicks", 0))

        assert await eventually(clicks) == 1
        shortened = await client.post("/api/shorten", json={"url": "https://example.com/compat"})
        assert shortened.status_code in (200, 201), shortened.text


async def test_the_whole_journey_works_with_certificates(secured: Secured) -> None:
    """Create, follow, ship, count, authorize and a foreign dialect: every arrow between services, over TLS."""
    await _create_follow_count(secured.system)


@pytest.mark.parametrize("service", GRPC_SERVICES)
async def test_a_service_answers_who_shows_a_certificate(secured: Secured, service: str) -> None:
    """A peer with a certificate of the authority is let in, and the service's own names it."""
    assert await _status(secured.folder.channel(_address(secured, service), service)) == _SERVING


@pytest.mark.parametrize("service", GRPC_SERVICES)
async def test_plaintext_is_refused(secured: Secured, service: str) -> None:
    """A call without TLS gets no answer."""
    await _assert_refused(grpc.aio.insecure_channel(_address(secured, service)))


@pytest.mark.parametrize("service", GRPC_SERVICES)
async def test_no_certificate_is_refused(secured: Secured, service: str) -> None:
    """A caller that trusts the right authority but shows no certificate gets no answer."""
    credentials = grpc.ssl_channel_credentials(root_certificates=secured.authority.cert_pem.bytes())
    options = [("grpc.ssl_target_name_override", service)]
    await _assert_refused(grpc.aio.secure_channel(_address(secured, service), credentials, options=options))


@pytest.mark.parametrize("service", GRPC_SERVICES)
async def test_a_certificate_of_another_authority_is_refused(secured: Secured, service: str, tmp_path: Path) -> None:
    """A certificate with the right names that somebody else signed opens nothing."""
    stranger = Folder(tmp_path / "stranger")
    stranger.issue(trustme.CA(), trusted=(secured.authority,))
    await _assert_refused(stranger.channel(_address(secured, service), service))


async def test_gateway_and_redirect_agree_on_http2(secured: Secured) -> None:
    """They say so in the handshake, so that each may be of another version."""
    await _create_follow_count(secured.system)
    async with http_client(secured.system.stack.addresses.envoy_admin) as admin:
        stats = (await admin.get("/stats?filter=cluster.redirect.upstream_cx_http")).text
    assert int(stats.partition("upstream_cx_http2_total: ")[2].split()[0]) > 0


async def test_redirects_are_answered_to_proxies_with_a_certificate_only(secured: Secured, tmp_path: Path) -> None:
    """The HTTP data plane refuses plaintext, no certificate, and a stranger's."""
    address = secured.system.stack.addresses.redirect_http
    stranger = Folder(tmp_path / "stranger")
    stranger.issue(trustme.CA(), trusted=(secured.authority,))
    nameless = ssl.create_default_context(cafile=secured.folder.files.authority)
    nameless.check_hostname = False
    async with http_client(address, base_url="https://localhost", verify=secured.folder.context()) as client:
        assert (await client.get("/healthz")).status_code == 200
    for scheme, context in (("http", nameless), ("https", nameless), ("https", stranger.context())):
        async with http_client(address, base_url=f"{scheme}://localhost", verify=context) as client:
            with pytest.raises((httpx.TransportError, ssl.SSLError)):
                await client.get("/healthz")


@pytest.mark.parametrize("service", GRPC_SERVICES)
async def test_a_caller_refuses_a_server_of_another_name(secured: Secured, service: str) -> None:
    """A certificate of the authority is not enough: it must name the service that is meant."""
    await _assert_refused(secured.folder.channel(_address(secured, service), "somebody-else"))


async def test_the_gateway_refuses_services_of_another_name(secured: Secured, tmp_path: Path) -> None:
    """A server that was certified as somebody else gets no call of the gateway, while the others are called."""
    wrong = ("analytics", "compat", "redirect")
    with _gateway(secured, tmp_path, dict.fromkeys(wrong, "somebody-else")) as admin:
        refusals = [f"cluster.{name}.ssl.fail_verify_san" for name in wrong]
        await eventually(lambda: all(_counter(admin, name) > 0 for name in refusals), every=0.2)
        await eventually(lambda: _counter(admin, "cluster.links.health_check.success") > 0, every=0.2)
        assert [_counter(admin, f"cluster.{name}.health_check.success") for name in wrong] == [0, 0, 0]


async def test_renewed_certificates_are_used_without_a_restart(secured: Secured) -> None:
    """Services, data plane and gateway show new certificates on new connections, and no call fails meanwhile."""
    system, context = secured.system, secured.folder.context()
    at = system.stack.addresses
    addresses = [at.links, at.analytics, at.redirect, at.compat, at.redirect_http]
    processes = {name: process.pid for name, process in system.stack.processes.items()}
    before = {address: served_certificate(address, context) for address in addresses}
    shown = await _gateway_certificates(at.envoy_admin)
    links = await create_links(system, 1)
    async with visitors(system, list(links)) as traffic:
        secured.folder.issue(secured.authority)

        def are_renewed() -> bool:
            now = {address: served_certificate(address, context) for address in addresses}
            return all(now[address] != before[address] for address in addresses)

        await eventually(are_renewed, every=0.2, what="servers show new certificates")

        async def are_new() -> bool:
            return (await _gateway_certificates(at.envoy_admin)).isdisjoint(shown)

        await eventually(are_new, what="the gateway shows new certificates")
        enough = len(traffic.answered) + 100
        await eventually(lambda: len(traffic.answered) >= enough)
    assert not traffic.failed
    assert {name: process.pid for name, process in system.stack.processes.items()} == processes
    await _create_follow_count(system)


async def _gateway_certificates(admin: str) -> set[str]:
    """Return the serial numbers of the certificates that Envoy shows to services."""
    async with http_client(admin) as client:
        certificates = (await client.get("/certs")).json()["certificates"]
    return {chain["serial_number"] for item in certificates for chain in item.get("cert_chain", [])}


@contextmanager
def _gateway(secured: Secured, folder: Path, names: dict[str, str]) -> Iterator[str]:
    """Run another gateway for the same services, which expects other names; answer its admin address."""
    at, admin = secured.system.stack.addresses, free_port()
    settings = EnvoySettings(
        listen=f"127.0.0.1:{free_port()}",
        links=(at.links,),
        analytics=(at.analytics,),
        compat=(at.compat,),
        redirect=(at.redirect_http,),
        docs=secured.system.folder.run / "docs",
        admin=f"127.0.0.1:{admin}",
        access_log=False,
        tls=secured.folder.files,
        tls_names=names,
        http_tls="mutual",
        sds=folder,
    )
    write_sds(settings)
    config = folder / "envoy.yaml"
    config.write_text(render(settings))
    arguments = [str(programs.envoy()), "-c", str(config), "-l", "error", "--disable-hot-restart", "--concurrency", "1"]
    process = Process(Command(name="envoy", arguments=arguments), folder)
    try:
        wait_ready(process, lambda: answers_http(admin, "/server_info"))
        yield f"127.0.0.1:{admin}"
    finally:
        process.stop()


def _counter(admin: str, name: str) -> int:
    with urllib.request.urlopen(f"http://{admin}/stats?format=json&filter=^{name}$", timeout=5) as answer:
        return sum(int(stat.get("value", 0)) for stat in json.load(answer)["stats"])
