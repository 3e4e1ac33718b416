"""The gateway as a program of a local run."""

from collections.abc import Sequence
from pathlib import Path

from deploy.local import programs
from deploy.local.addresses import Addresses
from deploy.local.ports import has_ipv6
from deploy.local.process import Command
from deploy.local.settings import LocalSettings
from gateway.envoy.dashboard import INDEX, SITE
from gateway.envoy.render import render
from gateway.envoy.settings import EnvoySettings
from gateway.envoy.upstream_tls import write_sds
from gateway.openapi.files import write_files
from services.common.hosts import PublicUrl


def envoy_command(
    settings: LocalSettings, addresses: Addresses, run_folder: Path, inherited_files: Sequence[int]
) -> Command:
    """Write the gateway's configuration and return what to run."""
    config = run_folder / "envoy.yaml"
    docs = run_folder / "docs"
    docs.mkdir(exist_ok=True)
    write_files(docs)
    ours = _envoy_settings(settings, addresses, docs, run_folder)
    write_sds(ours)
    config.write_text(render(ours))
    return Command(
        name="envoy",
        arguments=[
            str(programs.envoy()),
            "--config-path",
            str(config),
            # Two gateways on one machine would fight for the sockets of a hot restart.
            "--disable-hot-restart",
            "--concurrency",
            str(settings.gateway_threads),
            "--log-level",
            "warning",
        ],
        stop_seconds=10,
        inherited_files=inherited_files,
    )


def _envoy_settings(settings: LocalSettings, addresses: Addresses, docs: Path, sds: Path) -> EnvoySettings:
    data_planes = addresses.data_planes(settings.workers)
    return EnvoySettings(
        listen=f"[::]:{settings.port}" if has_ipv6() else f"0.0.0.0:{settings.port}",
        links=(addresses.links,),
        analytics=(addresses.analytics,),
        compat=(addresses.compat,),
        redirect=data_planes,
        redirect_http2=len(data_planes) == settings.workers,
        docs=docs,
        # `make run` has built it; a system that tests start alone need not have one.
        dashboard=SITE if (SITE / INDEX).exists() else None,
        default_host=PublicUrl.parse(settings.public_url).authority,
        admin=addresses.envoy_admin,
        metrics_listen=addresses.envoy_metrics,
        trusted_hops=settings.trusted_hops,
        access_log=settings.access_log,
        tls=settings.tls,
        tls_names=settings.tls_names,
        http_tls=settings.http_tls,
        sds=sds,
    )
