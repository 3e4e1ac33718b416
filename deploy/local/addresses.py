"""Where the programs of a local run listen."""

from dataclasses import dataclass, fields
from pathlib import Path

from services.runtime.addresses import of_worker, unix, unix_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the programs listen, but for the public port: each trusts whoever reaches it."""

    links: str
    analytics: str
    redirect: str
    redirect_http: str
    compat: str
    envoy_admin: str
    envoy_metrics: str
    links_metrics: str
    analytics_metrics: str
    settle_metrics: str
    redirect_metrics: str
    compat_metrics: str

    @classmethod
    def in_folder(cls, folder: Path) -> "Addresses":
        """Choose Unix sockets in a folder; each further worker of redirect has its number behind the name."""
        return cls(**{field.name: unix(folder / field.name.replace("_", "-")) for field in fields(cls)})

    def data_planes(self, workers: int) -> tuple[str, ...]:
        """Return where the workers of redirect take HTTP: they can share a port, but not a Unix socket."""
        if not unix_path(self.redirect_http):
            return (self.redirect_http,)
        return tuple(of_worker(self.redirect_http, index) for index in range(workers))
