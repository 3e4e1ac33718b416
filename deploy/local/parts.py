"""The programs of a local run: what each is told, and how to see that it is ready."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.local.addresses import Addresses
from deploy.local.process import Command
from deploy.local.readiness import answers_http, answers_metrics, answers_postgres, answers_redis, serves_grpc
from deploy.local.settings import LocalSettings

ROOT = Path(__file__).resolve().parents[2]
# Longer than the services' own drain.
_DRAIN_SECONDS = 20.0
# Visitors wait for a redirect; clicks in the outbox can wait for a processor, though not for ever. With
# 2, analytics gets a third of a processor of which another program wants all: what it needs to take the clicks of as
# many redirects as two processors can serve. Settling can wait for both.
_NICENESS = {"analytics": 2, "settle": 10}


@dataclass(frozen=True, slots=True)
class Part:
    """A program of the system."""

    command: Command
    is_ready: Callable[[], bool]

    @property
    def name(self) -> str:
        """Its name in messages and the name of its log."""
        return self.command.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the programs have in common."""

    settings: LocalSettings
    addresses: Addresses
    secret: str
    postgres_url: str
    redis_url: str
    outbox: Path
    # What is fetched from a store of segments, and what does not fit into memory.
    cache: Path
    # Given to links when there is a key to be made known.
    api_key: str
    inherited_files: Sequence[int]


def service_parts(context: Context) -> list[Part]:
    """Return our own programs."""
    at = context.addresses
    data = {"LINKMETER_POSTGRES_URL": context.postgres_url, "LINKMETER_REDIS_URL": context.redis_url}
    peers = {"LINKMETER_LINKS_ADDRESS": at.links, "LINKMETER_ANALYTICS_ADDRESS": at.analytics}
    redis = {"LINKMETER_REDIS_URL": context.redis_url}
    links = {**data, "LINKMETER_ANALYTICS_ADDRESS": at.analytics, "LINKMETER_API_KEY": context.api_key}
    redirect = {
        **redis,
        **peers,
        "LINKMETER_HTTP_LISTEN": at.redirect_http,
        "LINKMETER_OUTBOX_DIR": str(context.outbox),
        "LINKMETER_WORKERS": str(context.settings.workers),
    }
    segments = {
        "LINKMETER_POSTGRES_URL": context.postgres_url,
        "LINKMETER_SEGMENTS": context.settings.segments,
        "LINKMETER_SEGMENT_CACHE_DIR": str(context.cache),
    }
    analytics = {
        **segments,
        **redis,
        "LINKMETER_GEOIP_DB": context.settings.geoip_db,
        "LINKMETER_IP_STORAGE": context.settings.ip_storage,
    }
    return [
        _service(context, "links", "services.links", at.links, at.links_metrics, links),
        _service(context, "analytics", "services.analytics", at.analytics, at.analytics_metrics, analytics),
        _settle(context, segments),
        _service(context, "redirect", "services.redirect", at.redirect, at.redirect_metrics, redirect),
        _service(context, "compat", "gateway.compat", at.compat, at.compat_metrics, {**redis, **peers}),
    ]


def operator_settings(context: Context) -> dict[str, str]:
    """Return what an operator's commands have to know."""
    common = _common(context)
    names = ("LINKMETER_PUBLIC_URL", "LINKMETER_EXTRA_HOSTS")
    data = {"LINKMETER_POSTGRES_URL": context.postgres_url, "LINKMETER_SEGMENTS": context.settings.segments}
    return {**data, **{name: common[name] for name in names}}


def admin(settings: Mapping[str, str], arguments: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Return the command of an operator and its environment."""
    return [sys.executable, "-m", "services.links", "admin", *arguments], _clean(settings)


def migration(service: Part) -> Command:
    """Return the command that brings a service's tables up to date."""
    return replace(service.command, name=f"{service.name}-migrate", arguments=[*service.command.arguments, "migrate"])


def segments_check(analytics: Part) -> Command:
    """Return the command that says which files of settled clicks are missing."""
    command = analytics.command
    return replace(command, name="segments-check", arguments=[*command.arguments, "check"])


def postgres_part(command: Command, address: str) -> Part:
    """Return the embedded PostgreSQL."""
    return Part(command, lambda: answers_postgres(address))


def valkey_part(command: Command, address: str) -> Part:
    """Return the embedded Valkey."""
    return Part(command, lambda: answers_redis(address))


def envoy_part(command: Command, port: int) -> Part:
    """Return the gateway; it is ready when what stands behind it is."""
    return Part(command, lambda: answers_http(port, "/readyz"))


def _service(context: Context, name: str, module: str, listen: str, metrics: str, more: Mapping[str, str]) -> Part:
    environment = {
        **_common(context),
        **dict(context.settings.passed_on),
        "LINKMETER_LISTEN": listen,
        "LINKMETER_METRICS_LISTEN": metrics,
        **more,
    }
    settings = context.settings
    command = _command(context, name, [module], environment)
    return Part(command, lambda: serves_grpc(listen, settings.tls, settings.tls_names.get(name, name)))


def _settle(context: Context, segments: Mapping[str, str]) -> Part:
    """Return the program that settles clicks; it serves nobody, and is told no secret but the database's."""
    metrics = context.addresses.settle_metrics
    environment = {**dict(context.settings.passed_on), "LINKMETER_METRICS_LISTEN": metrics, **segments}
    command = _command(context, "settle", ["services.analytics", "settle"], environment)
    return Part(command, lambda: answers_metrics(metrics))


def _command(context: Context, name: str, module: Sequence[str], environment: Mapping[str, str]) -> Command:
    return Command(
        name=name,
        arguments=[sys.executable, "-m", *module],
        niceness=_NICENESS.get(name, 0),
        is_batch=name in _NICENESS,
        environment=_clean(environment),
        stop_seconds=_DRAIN_SECONDS,
        inherited_files=context.inherited_files,
    )


def _common(context: Context) -> dict[str, str]:
    settings = context.settings
    return {
        "LINKMETER_SECRET": context.secret,
        "LINKMETER_PUBLIC_URL": settings.public_url,
        "LINKMETER_EXTRA_HOSTS": ",".join(settings.extra_hosts),
        "LINKMETER_RATE_LIMITS": "on" if settings.rate_limits else "off",
    }


def _clean(ours: Mapping[str, str]) -> dict[str, str]:
    """Add the machine's environment to ours, but no setting that is meant for another program."""
    machine = {name: value for name, value in os.environ.items() if not name.startswith("LINKMETER_")}
    paths = [str(ROOT), str(ROOT / "gen"), *filter(None, [machine.get("PYTHONPATH")])]
    return {**machine, "PYTHONPATH": os.pathsep.join(paths), **{name: value for name, value in ours.items() if value}}
