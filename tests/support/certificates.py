"""A certificate authority of the tests' own, and folders of certificates as an operator provides them."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import grpc
import trustme

from services.runtime.addresses import connect
from services.runtime.rpc_tls import channel_credentials
from services.runtime.tls import TlsFiles, load

SERVICES = ("links", "analytics", "redirect", "compat", "gateway", "localhost")


@dataclass(frozen=True, slots=True)
class Folder:
    """Where certificate, key and authority are, replaced all at once through a link, as Kubernetes does."""

    path: Path

    @property
    def files(self) -> TlsFiles:
        """The three files."""
        return TlsFiles(certificate=self.path / "tls.crt", key=self.path / "tls.key", authority=self.path / "ca.crt")

    @property
    def settings(self) -> dict[str, str]:
        """The settings that name the files."""
        files = self.files
        return {
            "LINKMETER_TLS_CERT": str(files.certificate),
            "LINKMETER_TLS_KEY": str(files.key),
            "LINKMETER_TLS_CA": str(files.authority),
        }

    def issue(self, authority: trustme.CA, *names: str, trusted: tuple[trustme.CA, ...] = ()) -> None:
        """Put a new certificate in place of the present one; trust its authority, or those that are named."""
        self.path.mkdir(exist_ok=True)
        version = self.path / f"..{len(list(self.path.iterdir()))}"
        version.mkdir()
        leaf = authority.issue_cert(*(names or SERVICES))
        (version / "tls.crt").write_bytes(b"".join(pem.bytes() for pem in leaf.cert_chain_pems))
        (version / "tls.key").write_bytes(leaf.private_key_pem.bytes())
        (version / "ca.crt").write_bytes(b"".join(ca.cert_pem.bytes() for ca in trusted or (authority,)))
        following = self.path / "..following"
        following.symlink_to(version.name)
        following.rename(self.path / "..data")
        for name in ("tls.crt", "tls.key", "ca.crt"):
            if not (self.path / name).is_symlink():
                (self.path / name).symlink_to(f"..data/{name}")

    def channel(self, address: str, name: str) -> grpc.aio.Channel:
        """Open a channel that shows this certificate and expects the name."""
        options = [
            ("grpc.enable_http_proxy", 0),
            ("grpc.use_local_subchannel_pool", 1),
            ("grpc.ssl_target_name_override", name),
        ]
        return grpc.aio.secure_channel(address, channel_credentials(load(self.files)), options=options)

    def context(self) -> ssl.SSLContext:
        """Make the context of a TLS client that shows this certificate and expects no name."""
        context = ssl.create_default_context(cafile=self.files.authority)
        context.check_hostname = False
        context.load_cert_chain(self.files.certificate, self.files.key)
        return context


def issued(path: Path, authority: trustme.CA, *names: str) -> Folder:
    """Make a folder with a first certificate."""
    folder = Folder(path)
    folder.issue(authority, *names)
    return folder


def served_certificate(address: str, context: ssl.SSLContext) -> bytes:
    """Return the certificate that a server shows."""
    with connect(address, 5) as plain, context.wrap_socket(plain) as secured:
        return secured.getpeercert(binary_form=True) or b""
