"""A running installation, with as much of tests.support.system.System as tests of the journey use."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import grpc
import httpx

from tests.rehearsal.cluster import Cluster


@dataclass(frozen=True, slots=True)
class Settings:
    """What the installation was told."""

    public_url: str


class Installed:
    """How to reach the installation."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.settings = Settings(cluster.installation.find("ConfigMap", "links")["data"]["LINKMETER_PUBLIC_URL"])
        self.port = urlsplit(self.settings.public_url).port or 80
        self.api_key = cluster.installation.find("Secret", "installation")["stringData"]["api-key"]

    def client(self, *, api_key: str | None = None, timeout: float = 10) -> httpx.AsyncClient:
        """Return a client of the public port that shows the first owner's key, another one, or (empty) none."""
        key = self.api_key if api_key is None else api_key
        headers = {"authorization": f"Bearer {key}"} if key else {}
        return httpx.AsyncClient(base_url=self.settings.public_url, headers=headers, timeout=timeout, trust_env=False)

    def channel(self, service: str = "") -> grpc.aio.Channel:
        """Return a channel to the public port, or directly to a pod of a service, as another service has it."""
        options: list[tuple[str, str | int]] = [("grpc.enable_http_proxy", 0)]
        if not service:
            return grpc.aio.insecure_channel(f"localhost:{self.port}", options=options)
        target = f"{self.cluster.pods(service)[0].container.address}:9000"
        own = self.cluster.certificates.get("compat-tls")
        if own is None:
            return grpc.aio.insecure_channel(target, options=options)
        credentials = grpc.ssl_channel_credentials(own["ca.crt"], own["tls.key"], own["tls.crt"])
        options.append(("grpc.ssl_target_name_override", service))
        return grpc.aio.secure_channel(target, credentials, options=options)

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        """What a native caller sends along to show the first owner's key."""
        return (("authorization", f"Bearer {self.api_key}"),)
